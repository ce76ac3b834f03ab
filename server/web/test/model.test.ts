import assert from "node:assert/strict";
import { test } from "node:test";
import { type Element, Graph, classOf, keyOf, nameOf, usualType } from "../src/graph/model";

const element = (id: string, properties: Element["properties"] = {}): Element => ({ id, labels: ["Server"], properties });
const rel = (id: string, source: string, target: string) => ({ id, type: "RUNS_ON", source, target, properties: {} });

test("an element is called by its name, else by what identifies it", () => {
    assert.equal(nameOf(element("1:n:1", { name: "db", id: "x" })), "db");
    assert.equal(nameOf(element("1:n:1", { name: "", hostname: "db.example" })), "db.example");
    assert.equal(nameOf(element("1:n:1", { name: 7 })), "1:n:1");
    assert.equal(keyOf(element("1:n:1", { id: "x" })), "x");
    assert.equal(classOf({ id: "1", labels: [], properties: {} }), "");
});

test("a graph takes elements, relationships and paths out of any value, each once", () => {
    const graph = new Graph(), a = element("a"), b = element("b"), ab = rel("ab", "a", "b");
    graph.addValue([a, { nodes: [a, b], relationships: [ab] }, [[ab]], { inside: b }, null, 1, "text"]);
    assert.deepEqual([...graph.elements.keys()], ["a", "b"]);
    assert.deepEqual([...graph.relationships.keys()], ["ab"]);
});

test("a relationship is drawn when both of its ends are there", () => {
    const graph = new Graph();
    graph.addRelationship(rel("ab", "a", "b"));
    graph.addElement(element("a"));
    assert.deepEqual(graph.drawable(), []);
    graph.addElement(element("b"));
    assert.equal(graph.drawable().length, 1);
    graph.removeElement("a");
    assert.equal(graph.relationships.size, 0);
});

test("what is there keeps its place when it comes again", () => {
    const graph = new Graph();
    for (const id of ["c", "a", "b", "c"]) graph.addElement(element(id));
    assert.deepEqual([...graph.elements.keys()], ["c", "a", "b"]);
});

test("of many relationships the type of most is usual; of few, or mixed ones, none is", () => {
    const many = (type: string, count: number) => Array.from({ length: count }, (_, i) => ({ ...rel(`${type}${i}`, "a", "b"), type }));
    assert.equal(usualType([...many("RUNS_ON", 4), ...many("DEPENDS_ON", 9)]), "DEPENDS_ON");
    assert.equal(usualType(many("DEPENDS_ON", 11)), undefined);
    assert.equal(usualType([...many("A", 6), ...many("B", 6), ...many("C", 1)]), undefined);
    assert.equal(usualType([]), undefined);
});
