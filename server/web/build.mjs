// node build.mjs [--packages DIR] [--out DIR] [--embed FILE.cpp]   bundles the page; FILE.cpp is it for the binary
// node build.mjs --serve [--api http://127.0.0.1:7474] [--port 7480]   bundles at each change, serves the page, and passes
//                                                                     everything else on to a running `mainstay serve`

import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";
import zlib from "node:zlib";
import { builtFiles, bundle, esbuildOf, mediaTypes, optionsOf, source, usualPackages, writePage } from "./bundle.mjs";

const { values: given } = parseArgs({
    options: {
        packages: { type: "string", default: usualPackages },
        out: { type: "string", default: path.join(usualPackages, "page") },
        embed: { type: "string" },
        serve: { type: "boolean", default: false },
        api: { type: "string", default: "http://127.0.0.1:7474" },
        port: { type: "string", default: "7480" },
    },
});

// Bytes as a C++ string literal: octal, for a hexadecimal escape takes all the digits that follow.
function literal(bytes) {
    let out = "", line = "";
    for (let i = 0; i < bytes.length; ++i) {
        const byte = bytes[i], next = bytes[i + 1];
        const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
        if (isPlain) line += String.fromCharCode(byte);
        else line += "\\" + (next >= 0x30 && next <= 0x37 ? byte.toString(8).padStart(3, "0") : byte.toString(8));
        if (line.length > 110) {
            out += `\n        "${line}"`;
            line = "";
        }
    }
    return out + `\n        "${line}"`;
}

function embed(out, file) {
    let rows = "";
    for (const { name, mediaType, content, etag } of builtFiles(out)) {
        const packed = zlib.gzipSync(content, { level: 9 });
        rows += `    {"${name}", "${mediaType}", "${etag}", std::string_view{${literal(packed)}, ${packed.length}}},\n`;
    }
    fs.writeFileSync(file, `// Made by server/web/build.mjs.
#include "http/web_assets.hpp"

namespace {
constexpr mainstay::server::WebAsset assets[] = {
${rows}};
}  // namespace

std::span<const mainstay::server::WebAsset> mainstay::server::web_assets() { return assets; }
`);
}

async function serve() {
    const esbuild = esbuildOf(given.packages);
    const out = path.resolve(given.out);
    fs.rmSync(path.join(out, "assets"), { recursive: true, force: true });
    const options = optionsOf(esbuild, given.packages, out, { minify: false });
    const page = { name: "page", setup: (build) => build.onEnd(({ metafile, errors }) => {
        if (errors.length > 0) return;
        writePage(out, metafile);
        console.log(`${new Date().toTimeString().slice(0, 8)} bundled`);
    }) };
    const context = await esbuild.context({ ...options, sourcemap: "inline", plugins: [...options.plugins, page] });
    await context.watch();
    const api = new URL(given.api);
    // The real server's policy, so that what it forbids is seen here.
    const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'";
    http.createServer((request, response) => {
        const { pathname } = new URL(request.url, "http://localhost");
        const file = pathname === "/" ? "index.html" : /^\/assets\/[\w.-]+$/.test(pathname) ? pathname.slice(1) : undefined;
        if (file) {
            fs.readFile(path.join(out, file), (error, bytes) => {
                if (error) response.writeHead(404).end(`${file} is not there`);
                else response.writeHead(200, { "content-type": mediaTypes[path.extname(file)], "cache-control": "no-store", "content-security-policy": policy }).end(bytes);
            });
            return;
        }
        const headers = { ...request.headers, host: api.host };
        delete headers.origin;
        const asked = http.request(new URL(request.url, api), { method: request.method, headers }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        asked.on("error", (error) => { if (response.headersSent) response.destroy(); else response.writeHead(502).end(String(error)); });
        response.on("close", () => asked.destroy());
        request.pipe(asked);
    }).listen(Number(given.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${given.port} (asks ${given.api}; sources in ${source})`));
}

if (given.serve) {
    await serve();
} else {
    await bundle({ packages: given.packages, out: given.out });
    if (given.embed) embed(given.out, given.embed);
}
