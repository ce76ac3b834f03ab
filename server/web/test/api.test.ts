import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiError, basic, linesOf, mayWrite } from "../src/api";

interface Sent { url: string; init: RequestInit }
const answering = (answer: (sent: Sent) => Response | Promise<Response>) => {
    const sent: Sent[] = [];
    const api = new Api("http://cmdb.example/x/", async (url, init) => {
        const one = { url: String(url), init: init ?? {} };
        sent.push(one);
        return answer(one);
    });
    return { api, sent };
};
const json = (value: unknown, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers });
const failing = async (work: Promise<unknown>): Promise<ApiError> => {
    const error = await work.then(() => assert.fail("it did not fail"), (problem: unknown) => problem);
    assert.ok(error instanceof ApiError, String(error));
    return error;
};

test("an error of the server keeps code, message, hint, place and status", async () => {
    const { api } = answering(() => json({ error: { code: "undefined_variable", message: "`sv` is not defined here", hint: "did you mean `srv`?", line: 2, column: 8 } }, 400));
    const error = await failing(api.query("MATCH (srv)\nRETURN sv"));
    assert.deepEqual({ ...error, message: error.message, name: error.name },
        { name: "ApiError", kind: "asked", code: "undefined_variable", message: "`sv` is not defined here", hint: "did you mean `srv`?", line: 2, column: 8, status: 400 });
});

test("kinds of error follow the status", async () => {
    const kinds = { 400: "asked", 401: "refused", 403: "refused", 404: "missing", 408: "time-out", 409: "asked", 413: "asked", 429: "busy", 500: "failed", 503: "failed" };
    for (const [status, kind] of Object.entries(kinds)) {
        const { api } = answering(() => json({ error: { code: "c", message: "m" } }, Number(status)));
        const error = await failing(api.model());
        assert.equal(error.kind, kind, status);
        assert.equal(error.needsSignIn, status === "401");
    }
});

test("an answer that explains nothing is still an error with its status", async () => {
    const { api } = answering(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    const error = await failing(api.model());
    assert.deepEqual([error.kind, error.status], ["failed", 502]);
    assert.match(error.message, /502/);
});

test("a server that does not answer is gone; what was stopped is no error of the server", async () => {
    const { api } = answering(() => { throw new TypeError("fetch failed"); });
    assert.equal((await failing(api.model())).kind, "gone");
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(answering(() => { throw new DOMException("stopped", "AbortError"); }).api.model({ signal: stop.signal }), { name: "AbortError" });
});

test("an error behind the first rows is thrown, not shown as a result", async () => {
    const { api } = answering(() => json({ columns: ["a"], rows: [[1]], error: { code: "division_by_zero", message: "by zero" } }));
    assert.equal((await failing(api.query("RETURN 1/0"))).code, "division_by_zero");
    const cut = answering(() => new Response('{"columns":["a"],"rows":[[1]'));
    assert.equal((await failing(cut.api.query("RETURN 1"))).code, "unreadable");
});

test("rows come one by one, and an error among them is thrown", async () => {
    const rows: unknown[] = [];
    const { api } = answering(() => new Response('{"a":1}\n{"error":"a column of that name"}\n{"error":{"code":"time_out","message":"too long"}}\n'));
    const error = await failing((async () => { for await (const row of api.queryRows("RETURN 1")) rows.push(row); })());
    assert.deepEqual(rows, [{ a: 1 }, { error: "a column of that name" }]);
    assert.equal(error.kind, "time-out");
});

test("lines are whole whatever pieces they come in", async () => {
    const bytes = new TextEncoder().encode("ä\r\nb\n\nend");
    const body = new ReadableStream<Uint8Array>({ start(c) { for (const byte of bytes) c.enqueue(Uint8Array.of(byte)); c.close(); } });
    const lines = [];
    for await (const line of linesOf(body)) lines.push(line);
    assert.deepEqual(lines, ["ä", "b", "", "end"]);
});

test("requests go to the server that the page came from, and only read unless told to write", async () => {
    const { api, sent } = answering(() => json({ columns: [], rows: [["x"]], notices: [] }, 200, { "mainstay-transaction": "7" }));
    assert.equal((await api.query("RETURN $a", { a: 1 })).transaction, 7);
    await api.query("CREATE (:N)", {}, { access: "write", reason: "test" });
    await api.node("Gi0/1");
    assert.deepEqual(sent.map(({ url }) => url), ["http://cmdb.example/x/v1/query", "http://cmdb.example/x/v1/query", "http://cmdb.example/x/v1/nodes/Gi0%2F1"]);
    const bodies = sent.slice(0, 2).map(({ init }) => JSON.parse(String(init.body)));
    assert.deepEqual(bodies[0], { statement: "RETURN $a", parameters: { a: 1 }, access: "read" });
    assert.equal(bodies[1].access, "write");
    assert.ok(sent.every(({ init }) => init.credentials === "omit"));
});

test("who has signed in says so with every request, whatever letters the name has", async () => {
    const { api, sent } = answering(() => json({ columns: ["user", "roles"], rows: [["jörg", ["reader"]]], notices: [] }));
    api.signInAs(basic("jörg", "p:ß"));
    const who = await api.who();
    assert.deepEqual(who, { name: "jörg", role: "reader" });
    assert.equal(mayWrite(who), false);
    assert.equal(mayWrite({ name: "", role: "" }), true);
    const header = (sent[0]!.init.headers as Record<string, string>).authorization!;
    assert.equal(Buffer.from(header.slice("Basic ".length), "base64").toString("utf8"), "jörg:p:ß");
    api.signInAs(null);
    await api.who();
    assert.equal("authorization" in (sent[1]!.init.headers as object), false);
});

test("the log comes newest first, by the names of its columns", async () => {
    const { api } = answering(() => json({ columns: ["reason", "tx", "time", "nodes_created", "bulk_load"], rows: [["a", 1, "t", 2, false], [null, 2, "t", 0, true]], notices: [] }));
    const log = await api.log(2);
    assert.deepEqual(log.map(({ tx, reason, nodesCreated, bulkLoad }) => [tx, reason, nodesCreated, bulkLoad]), [[2, null, 0, true], [1, "a", 2, false]]);
});
