"use strict";
// What other tools read of our graphs is the graph: the airline, and one of whatever is awkward.

const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { describe, test } = require("node:test");
const cytoscape = require("cytoscape");
const { MultiDirectedGraph } = require("graphology");

const mainstay = process.env.MAINSTAY;
const example = path.join(__dirname, "..", "..", "examples", "airline");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mainstay-graphs-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));

const run = (...command) => execFileSync(mainstay, command, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
const rows = (file, text) => JSON.parse(run("query", file, text, "--format", "json")).rows;

function make(name) {
    const file = path.join(folder, `${name}.mst`);
    if (name === "airline")
        run("import", file, "--map", path.join(example, "import.json"), example);
    else
        run("query", file, "--no-model", `CREATE (a:Server:Linux {name: 'db "01" <é> & 日本 🚀', cores: 8, load: 0.5, on: true}),
            (b:Server {name: 'back\\\\slash', note: 'line\\nbreak', cores: 16}), (a)-[:LINK {speed: 10}]->(b),
            (a)-[:LINK {speed: 20}]->(b), (b)-[:LINK]->(b), (a)-[:\`odd "type"\`]->(b)`);
    return file;
}

// What is told of a graph: of each node its id and name, of each relationship its ends and type, sorted.
const told = (nodes, edges) => ({ nodes: nodes.map(([id, name]) => `${id} ${name ?? ""}`).sort(), edges: edges.map((e) => e.join(" ")).sort() });

for (const name of ["airline", "awkward"])
    describe(`the graph of ${name}`, () => {
        const file = make(name);
        const wanted = told(rows(file, "MATCH (n) RETURN elementId(n), n.name"),
            rows(file, "MATCH (a)-[r]->(b) RETURN elementId(a), type(r), elementId(b)"));
        const exported = (format) => {
            const target = path.join(folder, `${name}.${format}`);
            run("export", file, target, "--format", format, "--force");
            return target;
        };
        const whole = fs.readFileSync(exported("cytoscape"), "utf8");
        test("is read by cytoscape", () => {
            const cy = cytoscape({ headless: true, ...JSON.parse(whole) });
            assert.deepEqual(told(cy.nodes().map((n) => [n.id(), n.data("properties").name]),
                cy.edges().map((e) => [e.data("source"), e.data("label"), e.data("target")])), wanted);
        });
        test("is read by graphology", () => {
            const graph = MultiDirectedGraph.from(JSON.parse(fs.readFileSync(exported("graphology"), "utf8")));
            assert.deepEqual(told(graph.mapNodes((id, { properties }) => [id, properties.name]),
                graph.mapEdges((_, { label: type }, source, target) => [source, type, target])), wanted);
        });
        test("is read by Graphviz", () => {
            const graph = JSON.parse(execFileSync("dot", ["-Tdot_json", exported("dot")], { encoding: "utf8", maxBuffer: 1 << 28 }));
            // The escapes of its strings: \\n for a line's end, \\\\ for a backslash.
            const text = (escaped) => escaped?.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
            assert.deepEqual(told(graph.objects.map((n) => [n.name, text(n["property.name"])]),
                graph.edges.map((e) => [graph.objects[e.tail].name, text(e.label), graph.objects[e.head].name])), wanted);
        });
        for (const format of ["graphml", "gexf"])
            test(`is read by networkx as ${format}`, () => {
                const script = `import json, sys, networkx as nx
g = ${format === "graphml" ? "nx.read_graphml(sys.argv[1], force_multigraph=True)" : "nx.read_gexf(sys.argv[1])"}
json.dump({"nodes": [[n, a.get("name")] for n, a in g.nodes(data=True)],
           "edges": [[a, d["type"], b] for a, b, d in g.edges(data=True)],
           "types": sorted({type(v).__name__ for _, a in g.nodes(data=True) for v in a.values()})}, sys.stdout)`;
                const read = JSON.parse(execFileSync("/usr/bin/python3", ["-c", script, exported(format)], { encoding: "utf8", maxBuffer: 1 << 28 }));
                assert.deepEqual(told(read.nodes, read.edges), wanted);
                if (name === "awkward") assert.deepEqual(read.types, ["bool", "float", "int", "str"]);
            });
    });
