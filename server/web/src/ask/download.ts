// A file for the browser to keep.

export type Exported = "csv" | "json" | "graphml" | "png" | "svg";

export function download(blob: Blob, name: string) {
    const address = URL.createObjectURL(blob), link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);  // the browser may still be reading it
}
