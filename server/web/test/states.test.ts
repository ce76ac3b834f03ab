import assert from "node:assert/strict";
import { test } from "node:test";
import { lookOf, severity, stateText, states } from "../src/graph/states";

test("each state has a colour, a shape, an outline and a word of its own", () => {
    for (const part of ["colour", "shape", "outline"] as const)
        assert.equal(new Set(states.map((state) => lookOf(state)![part])).size, states.length, part);
    assert.equal(new Set(states.map(stateText)).size, states.length);
});

test("a word that is no state never looks like one", () => {
    for (const word of ["", "Up", "constructor", "toString", null, undefined]) {
        assert.equal(lookOf(word), undefined);
        assert.equal(stateText(word), "not known");
    }
});

test("the worse a state, the more severe", () => {
    const ranks = ["unheard of", "up", "at_risk", "degraded", "down"].map(severity);
    assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
    assert.equal(new Set(ranks).size, ranks.length);
});
