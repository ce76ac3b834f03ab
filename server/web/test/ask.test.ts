// The editor's knowledge of the language, completion, parameters, history, and results as they come.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiError, type Model } from "../src/api";
import { choicesAt, variablesOf } from "../src/ask/complete";
import { examplesOf, namedOf } from "../src/ask/examples";
import { type Asked, searched, withAsked } from "../src/ask/history";
import { inksOf, meantOf, parametersOf, placeOf, tokensOf } from "../src/ask/mql";
import { parametersFrom, valueOf, valuesOf } from "../src/ask/parameters";
import { linesOf, ownTime } from "../src/ask/plan_tree";
import { drawnOf } from "../src/ask/drawn";
import { type Plan, ResultReader } from "../src/ask/result_stream";
import { ask, rowsMost, textOf } from "../src/ask/run";
import { vocabularyOf } from "../src/ask/vocabulary";
import type { Value } from "../src/graph/model";

const kinds = (statement: string) => tokensOf(statement).filter((token) => token.kind !== "space").map((token) => `${token.kind}:${statement.slice(token.from, token.to)}`);
const inked = (statement: string, ink: string) => inksOf(statement).filter((span) => span.ink === ink).map((span) => statement.slice(span.from, span.to));

test("tokens cover a statement without a gap, whatever is typed", () => {
    for (const statement of ["MATCH (n:`odd ``name`) WHERE n.x = 'it\\'s' RETURN n // end", "'open", "\"", "`", "/* never", "$", "$`a b`", "1..3 1.5e-3 .5 0x1F", "é漢字 = 🙂", "'a\\", "RETURN '\\\\' + \"b\""]) {
        const tokens = tokensOf(statement);
        assert.equal(tokens.map((token) => statement.slice(token.from, token.to)).join(""), statement);
        assert.ok(tokens.every((token, i) => token.from === (tokens[i - 1]?.to ?? 0) && token.to > token.from));
    }
    assert.deepEqual(kinds("[*1..3]"), ["symbol:[", "symbol:*", "number:1", "symbol:.", "symbol:.", "number:3", "symbol:]"]);
    assert.deepEqual(kinds("1.5e-3+2"), ["number:1.5e-3", "symbol:+", "number:2"]);
    assert.deepEqual(kinds("'it\\'s' x"), ["text:'it\\'s'", "word:x"]);
    assert.deepEqual(["'a'", "'a", "'a\\'", "'\\\\'", "`a`", "`a", "/* a */", "/* a"].map((statement) => tokensOf(statement)[0]!.isClosed), [true, false, false, true, true, false, true, false]);
});

test("keywords, labels, functions and parameters are told apart by where they stand", () => {
    const statement = "match (s:Server|Rack {name: $part})-[:USES]->() IMPACT OF s WHEN down YIELD ci, hops RETURN count(ci), s.status, hops";
    assert.deepEqual(inked(statement, "label"), ["Server", "Rack", "USES"]);
    assert.deepEqual(inked(statement, "function"), ["count"]);
    assert.deepEqual(inked(statement, "parameter"), ["$part"]);
    assert.deepEqual(inked(statement, "keyword"), ["match", "IMPACT", "OF", "WHEN", "down", "YIELD", "RETURN"]);
    assert.deepEqual(inked("WITH {match: 1} AS m RETURN m.match", "keyword"), ["WITH", "AS", "RETURN"]);
});

test("parameters are listed once, quoted ones without their quotes, none out of texts and comments", () => {
    assert.deepEqual(parametersOf("RETURN $b, $a, $b, $`c d`, '$no' // $neither"), ["b", "a", "c d"]);
});

test("the place of an error is a word of the statement, in characters", () => {
    const at = (statement: string, line: number, column: number) => { const { from, to } = placeOf(statement, line, column); return statement.slice(from, to); };
    assert.equal(at("MATCH (s:Servr)", 1, 10), "Servr");
    assert.equal(at("MATCH (s)\nRETURN sv", 2, 8), "sv");
    assert.equal(at("RETURN '🙂é' + sv", 1, 15), "sv");
    assert.equal(at("RETURN", 1, 7), "RETURN");  // at the end: the last that is there
    assert.equal(at("RETURN 1", 9, 99), "1");
    assert.equal(at("", 1, 1), "");
    assert.deepEqual(meantOf("did you mean `Server`?"), ["Server"]);
    assert.deepEqual(meantOf("write `x` in front"), []);
});

const model: Model = {
    classes: [
        { name: "Item", attributes: [{ name: "id", type: "string" }, { name: "name", type: "string" }] },
        { name: "Server", parent: "Item", attributes: [{ name: "status", type: "string", enum: ["in_service", "retired"] }] },
        { name: "Odd class", parent: "Item" },
    ],
    relationship_types: [{ name: "USES", attributes: [{ name: "port", type: "integer" }] }],
};
const words = vocabularyOf(model, [{ name: "toUpper", detail: "(text)", info: "" }, { name: "date.truncate", detail: "()", info: "" }], [{ name: "db.labels", detail: "()", info: "" }]);
// `|` is where the cursor stands.
const offered = (marked: string, isAsked = false) => choicesAt(marked.replace("|", ""), marked.indexOf("|"), words, isAsked, ["part"])?.choices.map((each) => each.apply);

test("completion offers what may stand there", () => {
    assert.deepEqual(offered("MATCH (s:|"), ["Item", "Server", "`Odd class`"]);
    assert.deepEqual(offered("MATCH (s:Ser|)"), ["Item", "Server", "`Odd class`"]);
    assert.deepEqual(offered("MATCH (s)-[r:|]->()"), ["DEPENDENCY", "USES"]);
    assert.deepEqual(offered("MATCH (s) WHERE s:|"), ["Item", "Server", "`Odd class`"]);
    assert.deepEqual(offered("MATCH (s:Server) RETURN s.|"), ["status", "id", "name"]);
    assert.deepEqual(offered("MATCH (s:Server {|"), ["status", "id", "name"]);
    assert.deepEqual(offered("MATCH (s:Server {id: 1, na|"), ["status", "id", "name"]);
    assert.deepEqual(offered("MATCH ()-[r:USES {|"), ["port"]);
    assert.deepEqual(offered("MATCH ()-[r:USES]->() RETURN r.|"), ["port"]);
    assert.deepEqual(offered("MATCH (s:Server {status: '|'})"), ["in_service", "retired"]);
    assert.deepEqual(offered("MATCH (s:Server) WHERE s.status = 'in|"), ["in_service", "retired"]);
    assert.deepEqual(offered("MATCH (s:Server) WHERE s.status IN ['retired', '|"), ["in_service", "retired"]);
    assert.equal(offered("MATCH (s:Server) WHERE s.name = '|"), undefined);
    assert.deepEqual(offered("CALL |"), ["db.labels"]);
    assert.deepEqual(offered("RETURN date.|"), ["truncate"]);
    assert.deepEqual(offered("RETURN $|"), ["$part"]);
    assert.equal(offered("RETURN 1 // no|"), undefined);
    assert.equal(offered("RETURN |"), undefined);
    const any = offered("MATCH (server:Server) RETURN se|")!;
    assert.ok(any.includes("server") && any.includes("RETURN") && any.includes("toUpper"));
    assert.ok(offered("|", true)!.includes("MATCH"));
    // A word that is whole already is left alone.
    for (const statement of ["MATCH|", "MATCH (n) RETURN n|", "RETURN 1 AS total|"]) assert.equal(offered(statement), undefined, statement);
});

test("variables of a statement are found with their labels", () => {
    const found = variablesOf("MATCH p = (s:Server:Item)-[r:USES]->(b), (s)-->() IMPACT OF s YIELD ci, state UNWIND [1] AS one RETURN size(s.x)");
    assert.deepEqual(found.map(({ name, kind, labels }) => `${name} ${kind} ${labels.join(",")}`), ["p other ", "s node Server,Item", "r relationship USES", "b node ", "ci other ", "state other ", "one other "]);
});

const read = (chunks: string[]) => {
    const rows: Value[][] = [], reader = new ResultReader((row) => rows.push(row));
    chunks.forEach((chunk) => reader.push(chunk));
    return { rows, columns: reader.columns, summary: reader.end() };
};
const body = JSON.stringify({ columns: ['"rows":[', "b]"], rows: [['"]}\\', { a: [1, [2]], b: "[" }], [null, []], ["é🙂", "\\\""]], notices: [{ code: "x", message: "a ] in \" it" }], counters: { nodes_created: 1 } });

test("rows come out of a body the same wherever it is cut", () => {
    const whole = JSON.parse(body) as { columns: string[]; rows: Value[][]; notices: unknown; counters: unknown };
    for (let cut = 0; cut <= body.length; ++cut)
        for (const second of [cut, Math.min(body.length, cut + 1), Math.min(body.length, cut + 7)]) {
            const { rows, columns, summary } = read([body.slice(0, cut), body.slice(cut, second), body.slice(second)]);
            assert.deepEqual({ columns, rows }, { columns: whole.columns, rows: whole.rows }, `cut at ${cut} and ${second}`);
            assert.deepEqual(summary, { notices: whole.notices, counters: whole.counters });
        }
});

test("a body that ends in the middle is told from one that is whole", () => {
    for (let cut = 0; cut < body.length; ++cut) assert.equal(read([body.slice(0, cut)]).summary, undefined, `cut at ${cut}`);
    assert.deepEqual(read(['{"columns":["a"],"rows":[\n[1]\n],"error":{"code":"time_out","message":"late"}}\n']).summary, { notices: [], error: { code: "time_out", message: "late" } });
    assert.deepEqual(read(['{"columns":[],"rows":[],"notices":[]}\n']).rows, []);
});

test("whole numbers that JavaScript would round stay as they are written", () => {
    const { rows } = read(['{"columns":["a"],"rows":[\n[9007199254740993,-9223372036854775808,1234567890123456,1.2345678901234567,"9007199254740993"]\n],"notices":[]}']);
    assert.deepEqual(rows, [["9007199254740993", "-9223372036854775808", 1234567890123456, 1.2345678901234567, "9007199254740993"]]);
});

// A server that answers with `chunks`, one after the other.
const served = (chunks: string[], { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {}) => {
    const asked: { body: Record<string, unknown>; signal: AbortSignal }[] = [];
    let taken = 0;
    const api = new Api("http://x/", async (_, init) => {
        asked.push({ body: JSON.parse(String(init!.body)) as Record<string, unknown>, signal: init!.signal! });
        const stream = new ReadableStream<Uint8Array>({
            async pull(controller) {
                await new Promise((resolve) => setTimeout(resolve));
                if (init!.signal!.aborted) return controller.error(new DOMException("aborted", "AbortError"));
                const chunk = chunks[taken++];
                if (chunk === undefined) controller.close();
                else controller.enqueue(new TextEncoder().encode(chunk));
            },
        });
        return new Response(stream, { status, headers });
    });
    return { api, asked, taken: () => taken };
};
const question = { statement: "MATCH (n)\nRETURN n", parameters: {}, access: "read", prefix: "" } as const;
const quiet = () => undefined;

test("of a result that is too long the first rows are kept, and the rest is not read", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => `[${i}]`).join(",");
    const server = served(['{"columns":["i"],"rows":[', ...Array.from({ length: 50 }, (_, i) => (i > 0 ? "," : "") + rows)]);
    const answer = await ask(server.api, question, { signal: new AbortController().signal, onRows: quiet });
    assert.equal(answer.rows.length, rowsMost);
    assert.ok(answer.isCut && answer.error === undefined && !answer.isStopped);
    assert.ok(server.taken() < 20, `${server.taken()} parts were read`);
    assert.ok(server.asked[0]!.signal.aborted);
});

test("a writing statement is read to its end, whose counters are wanted", async () => {
    const rows = Array.from({ length: rowsMost + 5 }, (_, i) => `[${i}]`).join(",");
    const server = served([`{"columns":["i"],"rows":[${rows}`, '],"notices":[],"counters":{"nodes_created":3}}'], { headers: { "mainstay-transaction": "12" } });
    const answer = await ask(server.api, { ...question, access: "write", reason: "why" }, { signal: new AbortController().signal, onRows: quiet });
    assert.deepEqual([answer.rows.length, answer.isCut, answer.counters, answer.transaction], [rowsMost, true, { nodes_created: 3 }, 12]);
    assert.equal(server.asked[0]!.body.reason, "why");
});

test("what is stopped is no error; what breaks off is one", async () => {
    const stop = new AbortController();
    const endless = served(Array.from({ length: 1000 }, (_, i) => (i === 0 ? '{"columns":["i"],"rows":[[0]' : `,[${i}]`)));
    const stopped = await ask(endless.api, question, { signal: stop.signal, onRows: () => stop.abort() });
    assert.ok(stopped.isStopped && stopped.error === undefined && !stopped.isRunning);
    const broken = await ask(served(['{"columns":["i"],"rows":[[1],']).api, question, { signal: new AbortController().signal, onRows: quiet });
    assert.ok(broken.error instanceof ApiError && broken.error.code === "cut");
    assert.deepEqual(broken.rows, [[1]]);
    const late = await ask(served(['{"columns":["i"],"rows":[[1]],"error":{"code":"division_by_zero","message":"no"}}']).api, question, { signal: new AbortController().signal, onRows: quiet });
    assert.ok(late.error instanceof ApiError && late.error.code === "division_by_zero");
});

test("EXPLAIN stands on a line of its own, which places of errors do not count", async () => {
    assert.equal(textOf({ ...question, prefix: "PROFILE" }), "PROFILE\nMATCH (n)\nRETURN n");
    assert.equal(textOf({ ...question, statement: "// why\nexplain RETURN 1", prefix: "PROFILE" }), "// why\nexplain RETURN 1");
    const server = served(['{"error":{"code":"syntax","message":"no","line":3,"column":8}}'], { status: 400 });
    const { error } = await ask(server.api, { ...question, prefix: "EXPLAIN" }, { signal: new AbortController().signal, onRows: quiet });
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.line, error.column], [2, 8]);
});

test("parameters are what their type says, or nothing", () => {
    assert.deepEqual(valueOf({ type: "text", typed: " 1 " }), { value: " 1 " });
    assert.deepEqual(valueOf({ type: "number", typed: " -1.5e3 " }), { value: -1500 });
    for (const typed of ["", "one", "0x", "Infinity", "NaN", "1 2", "9007199254740993"]) assert.equal(valueOf({ type: "number", typed }), undefined, typed);
    assert.deepEqual(valueOf({ type: "json", typed: '["a", {"b": 1}]' }), { value: ["a", { b: 1 }] });
    assert.equal(valueOf({ type: "json", typed: "[" }), undefined);
    assert.deepEqual(valuesOf(["a", "b", "constructor"], { a: { type: "number", typed: "x" }, c: { type: "text", typed: "" } }), { values: { b: "", constructor: "" }, wrong: ["a"] });
    assert.deepEqual(parametersFrom('{"a":1,"b":null,"c":["x"],"d":true,"e":"t"}'), {
        a: { type: "number", typed: "1" }, b: { type: "null", typed: "" }, c: { type: "json", typed: '["x"]' }, d: { type: "boolean", typed: "true" }, e: { type: "text", typed: "t" },
    });
    for (const json of ["", "[", "[]", "null", "7", undefined]) assert.deepEqual(parametersFrom(json), {});
});

test("the history has a statement once, the pinned first, and ends somewhere", () => {
    const one = (statement: string, isPinned = false): Asked => ({ statement, parameters: {}, at: "2026-09-01T00:00:00Z", ms: 1, rows: 1, outcome: "read", isPinned });
    let list = ["a", "b", "c"].reduce<Asked[]>((all, name) => withAsked(all, one(name)), [one("kept", true)]);
    list = withAsked(list, one("a"));
    assert.deepEqual(list.map((each) => each.statement), ["kept", "a", "c", "b"]);
    assert.ok(withAsked(list, one("kept"))[0]!.isPinned);
    for (let i = 0; i < 300; ++i) list = withAsked(list, one(`s${i}`));
    assert.equal(list.length, 200);
    assert.equal(list[0]!.statement, "kept");
    assert.deepEqual(withAsked([], one("x".repeat(30_000))), []);
    assert.deepEqual(searched([one("MATCH (Server)"), one("RETURN 1")], "server match").map((each) => each.statement), ["MATCH (Server)"]);
});

test("a plan is a tree with lines, and a step's own time is without that of those below", () => {
    const leaf = (operator: string, time_ms: number): Plan => ({ operator, details: "", estimated_rows: 1, rows: 1, time_ms, children: [] });
    const plan: Plan = { ...leaf("Top", 10), children: [{ ...leaf("Join", 9), children: [leaf("A", 4), leaf("B", 3)] }] };
    assert.deepEqual(linesOf(plan).map((line) => line.lead + line.plan.operator), ["Top", "└─ Join", "   ├─ A", "   └─ B"]);
    assert.deepEqual(linesOf(plan).map((line) => ownTime(line.plan)), [1, 2, 4, 3]);
});

test("the graph of a result has the states of its rows, and says how much it left out", () => {
    const node = (id: string): Value => ({ id, labels: ["Server"], properties: {} });
    const drawn = drawnOf(["ci", "state"], [[node("a"), "down"], [node("b"), "no state"], [[node("c")], "degraded"]], 2);
    assert.deepEqual([...drawn.graph.elements.keys()], ["a", "b"]);
    assert.equal(drawn.all, 3);
    assert.deepEqual([...drawn.looks], [["a", "down"]]);
});

test("examples name what is there, by a key of its class, quoted", () => {
    const keyed: Model = { ...model, classes: [...model.classes, { name: "Keyed", parent: "Item", keys: [["a", "b"], ["it's"]] }] };
    const service = namedOf({ id: "1:n:1", labels: ["Keyed"], properties: { a: "1", "it's": "x'y\\" } }, keyed)!;
    const provider = namedOf({ id: "1:n:2", labels: ["Odd class"], properties: { name: "n" } }, keyed)!;
    const all = examplesOf({ service, provider, largest: "Server", validAt: "2026-09-01" });
    assert.ok(all.length >= 7);
    assert.ok(all.every((each) => each.statement.startsWith("FOR VALID_TIME AS OF date('2026-09-01')\n")));
    assert.ok(all.some((each) => each.statement.includes("MATCH (s:Keyed {`it's`: 'x\\'y\\\\'})")));
    assert.ok(all.some((each) => each.statement.includes("MATCH (x:`Odd class`) WHERE elementId(x) = '1:n:2'")));
    assert.equal(namedOf(undefined, keyed), undefined);
    assert.deepEqual(examplesOf({ validAt: "" }).map((each) => each.statement.includes("DEPENDENC")), [false, false]);
});
