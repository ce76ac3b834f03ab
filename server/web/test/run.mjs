// node test/run.mjs [--packages DIR] [NAME]: bundles the tests of this folder, all or those whose names have NAME in them, and
// runs them with Node.js's own runner.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { esbuildOf, settings, source, usualPackages } from "../bundle.mjs";

const { values: { packages }, positionals: [part = ""] } = parseArgs({
    options: { packages: { type: "string", default: usualPackages } }, allowPositionals: true,
});
const files = fs.readdirSync(path.join(source, "test")).filter((name) => /\.test\.tsx?$/.test(name) && name.includes(part));
if (files.length === 0) throw new Error(`there is no test called ${part}`);
const out = fs.mkdtempSync(path.join(os.tmpdir(), "mainstay-web-test-"));
let status = 1;
try {
    await esbuildOf(packages).build({
        ...settings(packages), entryPoints: files.map((name) => `test/${name}`), outdir: out, outExtension: { ".js": ".mjs" },
        platform: "node", target: "node18", sourcemap: "inline", define: { "import.meta.source": JSON.stringify(source) },
    });
    const made = files.map((name) => path.join(out, name.replace(/\.tsx?$/, ".mjs")));
    ({ status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", ...made], { stdio: "inherit" }));
} finally {
    fs.rmSync(out, { recursive: true, force: true });
}
process.exitCode = status ?? 1;
