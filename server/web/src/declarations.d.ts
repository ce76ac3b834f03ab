declare module "*.css";
declare module "*?worker" {
    const url: string;  // for new Worker(url)
    export default url;
}
