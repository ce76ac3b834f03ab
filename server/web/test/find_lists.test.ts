import assert from "node:assert/strict";
import { test } from "node:test";
import type { Model } from "../src/api";
import { classEntries, matchingClasses } from "../src/find/classes";
import { attributeGroups, kindOfClass, readsAs, roleOf, timesClause, timesParameters } from "../src/find/element";
import { listColumns, pageOf, sortOf, sorted } from "../src/find/list";
import { valueText } from "../src/find/values";
import { attributeChanges } from "../src/start/commit";
import { stateOf, statusOf } from "../src/start/estate";

const model: Model = {
    classes: [
        { name: "Item", keys: [["id"]], attributes: [{ name: "id" }, { name: "name" }] },
        { name: "CI", parent: "Item", status: { attribute: "health", down: ["dead"], degraded: ["ill"] }, attributes: [{ name: "health" }] },
        { name: "Server", parent: "CI", keys: [["bios"], ["id"]], attributes: [{ name: "bios" }, { name: "memory", unit: "GB" }] },
        { name: "BladeServer", parent: "Server", attributes: [{ name: "bay" }] },
        { name: "Party", parent: "Item" }, { name: "Team", parent: "Party" },
        { name: "Odd", parent: "Odd" },
    ],
    relationship_types: [
        { name: "RUNS_ON", inverse: "RUNS", depends: "source", effect: "hard" }, { name: "CONTAINS", depends: "target" },
        { name: "LINKED", depends: "both" }, { name: "OWNED_BY", inverse: "OWNS" }, { name: "NOTED_BY", depends: "source", effect: "none" },
    ],
};
const element = (labels: string[], properties: Record<string, string | number | string[]>) => ({ id: "1:n:1", labels, properties });

test("a class counts its own elements and those below it; one that only elements know counts too", () => {
    const entries = classEntries(model, [{ name: "Server", count: 3 }, { name: "BladeServer", count: 4 }, { name: "Stray", count: 1 }, { name: "", count: 9 }, { name: "Odd", count: 2 }]);
    assert.deepEqual(entries.map(({ name, own, count }) => [name, own, count]), [["BladeServer", 4, 4], ["CI", 0, 7], ["Item", 0, 7], ["Odd", 2, 2], ["Server", 3, 7], ["Stray", 1, 1]]);
    assert.deepEqual(entries.find(({ name }) => name === "BladeServer")?.above, ["Server", "CI", "Item"]);
    assert.deepEqual(entries.find(({ name }) => name === "Item")?.below, ["CI"]);
});

test("classes are found as people write them, the nearest first", () => {
    const entries = classEntries(model, [{ name: "Server", count: 3 }, { name: "BladeServer", count: 4 }, { name: "Team", count: 1 }]);
    const found = (typed: string) => matchingClasses(entries, typed, 5).map(({ name }) => name);
    assert.deepEqual(found("blade servers"), ["BladeServer"]);
    assert.deepEqual(found("server"), ["Server", "BladeServer"]);
    assert.deepEqual(found("BLADE_S"), ["BladeServer"]);
    assert.deepEqual(found("  "), []);
    assert.deepEqual(found("xyz"), []);
});

test("attributes are grouped by what they are for, and by the class that declares them", () => {
    const groups = attributeGroups(model, element(["BladeServer"], { bay: 3, site: "E", env: "prod", memory: 64, wattage: 200, bios: "B1", health: "ill", name: "b1", id: "srv-1" }));
    assert.deepEqual(groups.map(({ title, attributes }) => [title, attributes.map(({ name }) => name)]), [
        ["Identification", ["name", "id", "bios"]], ["State", ["env", "health"]], ["Ownership and place", ["site"]],
        ["As BladeServer", ["bay"]], ["As Server", ["memory"]], ["Not in the class model", ["wattage"]]]);
    assert.equal(groups.find(({ title }) => title === "As Server")?.attributes[0]?.unit, "GB");
    assert.deepEqual(attributeGroups(model, element([], {})), []);
});

test("a relationship says from either end who stands on whom", () => {
    const roles = (type: string) => [roleOf(model, type, true), roleOf(model, type, false)];
    assert.deepEqual(roles("RUNS_ON"), ["on", "under"]);
    assert.deepEqual(roles("CONTAINS"), ["under", "on"]);
    assert.deepEqual(roles("LINKED"), ["on", "on"]);
    for (const type of ["OWNED_BY", "NOTED_BY", "UNKNOWN"]) assert.deepEqual(roles(type), ["other", "other"]);
    assert.deepEqual([readsAs(model, "RUNS_ON", true), readsAs(model, "RUNS_ON", false), readsAs(model, "CONTAINS", false)], ["runs on", "runs", "← contains"]);
});

test("times stand in front of a statement as the language has them", () => {
    const both = (validAt: string, asOf: string) => [timesClause({ validAt, asOf }), timesParameters({ validAt, asOf })];
    assert.deepEqual(both("", ""), ["", {}]);
    assert.deepEqual(both("2026-09-01", "12"), ["AS OF TRANSACTION 12 FOR VALID_TIME AS OF $at ", { at: "2026-09-01" }]);
    assert.deepEqual(both("", "2026-09-01T12:00Z"), ["AS OF $asof ", { asof: "2026-09-01T12:00Z" }]);
});

test("people, assets and contracts are told by the classes above them, or by name where the model has none", () => {
    assert.deepEqual(["Team", "Server", "Person"].map((name) => kindOfClass(model, name)), ["Party", undefined, undefined]);
    const plain: Model = { classes: [{ name: "CI" }, { name: "Person", parent: "CI" }, { name: "SupportContract" }, { name: "SoftwareLicense" }], relationship_types: [] };
    assert.deepEqual(["Person", "SupportContract", "SoftwareLicense", "CI"].map((name) => kindOfClass(plain, name)), ["Party", "Commercial", "Asset", undefined]);
});

test("an element's own state is what the nearest class says its value means", () => {
    const status = statusOf(model, "BladeServer")!;
    assert.equal(status.attribute, "health");
    assert.deepEqual(["dead", "ill", "fine"].map((value) => stateOf(status, value)), ["down", "degraded", undefined]);
    assert.equal(statusOf(model, "Team"), undefined);
});

test("a list is sorted and paged by what its address says, and by nothing else", () => {
    assert.deepEqual(["", "name", "-memory"].map(sortOf), [{ attribute: "name", isDown: false }, { attribute: "name", isDown: false }, { attribute: "memory", isDown: true }]);
    assert.equal(sorted(sortOf("-a`b")), "ORDER BY n.`a``b` DESC, n.name, elementId(n)");
    assert.deepEqual(["", "1", "12", "0", "-3", "x", "1e9"].map(pageOf), [1, 1, 12, 1, 1, 1, 1]);
});

test("columns are the attributes that say most, and that many have", () => {
    const elements = [element(["S"], { name: "a", id: "1", wattage: 1, status: "up", rare: "x" }), ...Array.from({ length: 5 }, () => element(["S"], { name: "b", status: "up", wattage: 2, zone: "z" }))];
    assert.deepEqual(listColumns(elements), ["status", "wattage", "zone"]);
});

test("values are read in one line", () => {
    assert.deepEqual([valueText("x"), valueText(true), valueText(null), valueText(["a", 1]), valueText({ a: 1 })], ["x", "yes", "", "a, 1", '{"a":1}']);
});

test("what a commit changed is what differs", () => {
    const before = element(["S"], { a: 1, b: ["x"], c: "old" }), after = element(["S"], { a: 1, b: ["x", "y"], d: "new" });
    assert.deepEqual(attributeChanges(before, after), [{ name: "b", before: ["x"], after: ["x", "y"] }, { name: "c", before: "old", after: undefined }, { name: "d", before: undefined, after: "new" }]);
    assert.deepEqual(attributeChanges(undefined, undefined), []);
});
