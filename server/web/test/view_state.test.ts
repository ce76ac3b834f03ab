import assert from "node:assert/strict";
import { test } from "node:test";
import { type ViewState, formatHash, parseHash, startState } from "../src/view_state";

const again = (hash: string) => formatHash(parseHash(hash).state);

test("nothing is the start page", () => {
    for (const hash of ["", "#", "#/", "#/start"]) assert.deepEqual(parseHash(hash), { state: startState, complaints: [] });
    assert.equal(formatHash({}), "#/");
});

test("a state comes back from its own address, whatever is in it", () => {
    const keys = ["svc-booking", "1:n:81924", "Gi0/1", "a b", "100%", "ä&=#?", "rack 12+13", "down:x", "日本"];
    for (const key of keys) {
        const state: ViewState = {
            view: "impact", of: [key, "other"], q: key, class: "Server", failures: [{ key, state: "degraded" }, { key: "b", state: "down" }],
            layout: "layers", validAt: "2026-09-01T12:00:00+02:00", asOf: "12", own: { open: key, statement: "MATCH (n)\nRETURN n" },
        };
        const { state: read, complaints } = parseHash(formatHash(state));
        assert.deepEqual(read, state);
        assert.deepEqual(complaints, []);
    }
});

test("an address is the same for the same state, and readable", () => {
    const hash = "#/impact?of=svc-booking&fail=down:cnd-river-07&layout=layers&at=2026-09-01";
    assert.equal(again(hash), hash);
    assert.equal(formatHash({ view: "x", own: { b: "2", a: "1" } }), "#/x?a=1&b=2");
    assert.equal(formatHash({ view: "find", q: "a b" }), "#/find?q=a%20b");
});

test("an element is looked at, and fails, once", () => {
    const { state } = parseHash("#/impact?of=a&of=a&fail=down:a&fail=degraded:a");
    assert.deepEqual(state.of, ["a"]);
    assert.deepEqual(state.failures, [{ key: "a", state: "down" }]);
});

test("what an address says wrongly is told, and the rest holds", () => {
    const { state, complaints } = parseHash("#/impact?of=a&fail=broken:b&fail=down:&fail=c");
    assert.deepEqual(complaints, ["fail=broken:b", "fail=down:", "fail=c"]);
    assert.deepEqual(state.of, ["a"]);
    assert.deepEqual(parseHash("#/../x").complaints, ["../x"]);
});
