// node size.mjs OUT: how much a browser loads, packed, against its ceilings. "all" is everything but the editor, which loads when
// it is asked for.

import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const ceilings = { first: 60_000, all: 400_000 };  // bytes, packed
const out = process.argv[2];
const { first, files } = JSON.parse(fs.readFileSync(path.join(out, "sizes.json"), "utf8"));
const packed = (name) => zlib.gzipSync(fs.readFileSync(path.join(out, "assets", name)), { level: 9 }).length;
const isEditor = (inputs) => inputs.some((input) => /node_modules\/@?(codemirror|lezer)\b/.test(input));

const sums = { first: 0, all: 0, editor: 0 };
for (const name of fs.readdirSync(path.join(out, "assets")).sort()) {
    const size = packed(name), part = isEditor(files[name] ?? []) ? "editor" : "all";
    sums[part] += size;
    if (first.includes(name)) sums.first += size;
    console.log(`${String(size).padStart(8)}  ${part === "editor" ? "editor  " : first.includes(name) ? "at first" : "later   "}  ${name}`);
}
for (const [what, sum] of Object.entries(sums)) {
    const ceiling = ceilings[what];
    console.log(`${what}: ${(sum / 1000).toFixed(1)} kB packed${ceiling ? `, at most ${ceiling / 1000}` : ""}`);
    if (ceiling && sum > ceiling) process.exitCode = 1;
}
