// Bundles the page: OUT/index.html and OUT/assets/NAME-HASH.EXT, as the server gives them. esbuild comes from the folder
// where ./dev has put the packages, so that nothing but sources lies beside this file.

import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const source = path.dirname(fileURLToPath(import.meta.url));
export const usualPackages = path.join(source, "..", "..", "build", "web");

export function esbuildOf(packages) {
    try {
        return createRequire(path.join(path.resolve(packages), "package.json"))("esbuild");
    } catch (error) {
        throw new Error(`esbuild is not in ${packages}; run ./dev setup (${error.message})`);
    }
}

export const settings = (packages) => ({
    absWorkingDir: source,
    bundle: true,
    format: "esm",
    target: ["es2022", "chrome115", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    nodePaths: [path.join(path.resolve(packages), "node_modules")],
    tsconfigRaw: { compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact" } },
    logLevel: "warning",
});

const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

// import url from "./layout_worker.ts?worker": the file as a bundle of its own, and where it is, for new Worker(url).
const workers = (esbuild, packages, minify, assets) => ({
    name: "workers",
    setup(build) {
        build.onResolve({ filter: /\?worker$/ }, ({ path: name, resolveDir }) => ({
            path: path.join(resolveDir, name.replace(/\?worker$/, "")),
            namespace: "worker",
        }));
        build.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path: file }) => {
            const made = await esbuild.build({
                ...settings(packages), entryPoints: [file], minify, write: false, outdir: assets, metafile: true,
            });
            const bytes = made.outputFiles[0].contents;
            const name = `${path.basename(file).replace(/\.tsx?$/, "")}-${hashOf(bytes)}.js`;
            fs.mkdirSync(assets, { recursive: true });
            fs.writeFileSync(path.join(assets, name), bytes);
            return {
                contents: `export default new URL(${JSON.stringify(name)}, import.meta.url).href;`,
                watchFiles: Object.keys(made.metafile.inputs).map((input) => path.resolve(source, input)),
            };
        });
    },
});

// What a browser loads before it shows something: the entry and what it imports at once.
function firstFiles(outputs, entry) {
    const found = new Set(), open = [entry];
    while (open.length > 0) {
        const name = open.pop();
        if (found.has(name)) continue;
        found.add(name);
        for (const each of outputs[name].imports) if (each.kind === "import-statement" && !each.external) open.push(each.path);
    }
    return [...found];
}

export const optionsOf = (esbuild, packages, out, { minify }) => ({
    ...settings(packages),
    entryPoints: [{ in: "src/main.tsx", out: "main" }, { in: "src/icon.svg", out: "icon" }],
    loader: { ".svg": "copy" },
    outdir: path.join(out, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    splitting: true,
    minify,
    legalComments: "eof",
    metafile: true,
    plugins: [workers(esbuild, packages, minify, path.join(out, "assets"))],
});

// The page out of index.html, with the names that the files have now.
export function writePage(out, metafile) {
    const outputs = metafile.outputs;
    const entryOf = (from, extension) => {
        const name = Object.keys(outputs).find((each) => outputs[each].entryPoint === from && each.endsWith(extension));
        if (!name) throw new Error(`${from} has made no ${extension}`);
        return name;
    };
    const script = entryOf("src/main.tsx", ".js"), style = outputs[script].cssBundle;
    const address = (name) => `assets/${path.basename(name)}`;
    const preload = firstFiles(outputs, script).filter((name) => name !== script)
        .map((name) => `<link rel="modulepreload" href="${address(name)}">`).join("\n");
    const icon = Object.keys(outputs).find((name) => name.endsWith(".svg"));
    const values = { script: address(script), style: address(style), icon: address(icon), preload };
    const page = fs.readFileSync(path.join(source, "index.html"), "utf8")
        .replace(/\{(\w+)\}\n?/g, (all, name) => (values[name] === undefined ? all : values[name] + (all.endsWith("\n") && values[name] ? "\n" : "")));
    fs.writeFileSync(path.join(out, "index.html"), page);
    fs.writeFileSync(path.join(out, "sizes.json"), JSON.stringify({
        first: [...firstFiles(outputs, script), style].map((name) => path.basename(name)),
        files: Object.fromEntries(Object.entries(outputs).map(([name, { inputs }]) => [path.basename(name), Object.keys(inputs)])),
    }, null, 1));
}

export async function bundle({ packages = usualPackages, out, minify = true }) {
    const esbuild = esbuildOf(packages);
    fs.rmSync(path.join(out, "assets"), { recursive: true, force: true });
    fs.mkdirSync(out, { recursive: true });
    const { metafile } = await esbuild.build(optionsOf(esbuild, packages, path.resolve(out), { minify }));
    writePage(out, metafile);
    return metafile;
}

export const mediaTypes = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
};

// [{ name, mediaType, content }], "" is the page; in an order that is always the same.
export function builtFiles(out) {
    const assets = path.join(out, "assets");
    return ["", ...fs.readdirSync(assets).sort()].map((name) => {
        const file = name === "" ? path.join(out, "index.html") : path.join(assets, name);
        const mediaType = mediaTypes[path.extname(file)];
        if (!mediaType) throw new Error(`no media type is known for ${name}`);
        return { name, mediaType, content: fs.readFileSync(file), etag: hashOf(fs.readFileSync(file)) };
    });
}
