// duckdb.mjs DATABASE STATEMENTS: the statements on a copy of the benchmark's DuckDB database, with two threads. To be run where
// node_modules has @duckdb/node-api.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
const { DuckDBInstance } = createRequire(path.join(process.cwd(), "x.js"))("@duckdb/node-api");
const [database, file] = process.argv.slice(2);
const statements = JSON.parse(fs.readFileSync(file));
const tuned = path.join(path.dirname(database), "statements.duckdb");

const numberOf = (cidr) => cidr.split("/")[0].split(".").reduce((n, part) => n * 256 + Number(part), 0);
if (!fs.existsSync(tuned)) {
    fs.copyFileSync(database, `${tuned}.new`);
    if (fs.existsSync(`${database}.wal`)) fs.copyFileSync(`${database}.wal`, `${tuned}.new.wal`);
    const instance = await DuckDBInstance.create(`${tuned}.new`), c = await instance.connect();
    await c.run("CREATE TABLE address(id INTEGER, first BIGINT, last BIGINT)");
    for (const [id, cidr] of (await c.runAndReadAll("SELECT id, s1 FROM node WHERE class = 'Subnet'")).getRows()) {
        const first = numberOf(cidr);
        await c.run(`INSERT INTO address VALUES (${id}, ${first}, ${first + 2 ** (32 - Number(cidr.split("/")[1])) - 1})`);
    }
    await c.run("CHECKPOINT");
    c.closeSync();
    instance.closeSync();
    fs.renameSync(`${tuned}.new`, tuned);
}
const instance = await DuckDBInstance.create(tuned, { threads: "2", memory_limit: "12GB" }), c = await instance.connect();
const plain = (value) => (typeof value === "bigint" ? Number(value) : value);
for (const s of statements) {
    const prepared = await c.prepare(s.duckdb ?? s.sql);
    const times = [];
    let rows = (await prepared.runAndReadAll()).getRows();
    for (let i = 0; i < 5; ++i) {
        const begun = performance.now();
        rows = (await prepared.runAndReadAll()).getRows();
        times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    console.log(JSON.stringify({ engine: "duckdb", name: s.name, ms: Number(times[2].toPrecision(5)), rows: rows.map((row) => row.map(plain)) }));
}
process.exit(0);
