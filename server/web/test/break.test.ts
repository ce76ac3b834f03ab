import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, type Model } from "../src/api";
import { groupText, redundancyText } from "../src/break/chain";
import { localOf, utcOf } from "../src/break/failing";
import { groupsBehind, groupsOf, needOf } from "../src/break/groups";
import { type Hit, type Impact, askImpact, byCriticality, countsOf, markTogether, merged, servicesOf, timesBefore, timesProblem, withFailure } from "../src/break/impact";
import { escaped, sentenceOf, ticketMarkdown, ticketText, wrapped } from "../src/break/ticket";
import type { Element } from "../src/graph/model";
import { startState } from "../src/view_state";

const hit = (id: string, more: Partial<Hit> = {}): Hit => ({
    id, key: id, name: id, class: "Server", criticality: "", isService: false, state: "down", stateBefore: "up", hops: 1, margin: null, marginBefore: null, because: "down", onlyTogether: false, ...more,
});
const element = (id: string, label = "Server"): Element => ({ id, labels: [label], properties: { id, name: `the ${id}` } });
const impactOf = (hits: Hit[], failed = ["x"]): Impact => ({
    failed: failed.map((key) => ({ failure: { key, state: "down" as const }, element: element(key) })), hits, counts: countsOf(hits), total: hits.length, notices: [], questions: { down: failed }, alone: "one", transaction: 7,
});

// -- mixed states: the rules of docs/failure-semantics.md, applied to every element round by round, against two questions put together

interface World { n: number; edges: { of: number; on: number; isSoft: boolean; group: string }[]; needs: Map<string, number> }
const ranks = ["up", "at_risk", "degraded", "down"];

function fixpoint({ n, edges, needs }: World, injected: Map<number, number>) {
    let states = Array.from({ length: n }, (_, i) => injected.get(i) ?? 0);
    for (;;) {
        const next = states.map((own, v) => {
            let worst = Math.max(own, injected.get(v) ?? 0);
            const groups = new Map<string, { states: number[]; isSoft: boolean }>();
            for (const { of, on, isSoft, group } of edges) {
                if (of !== v) continue;
                if (group === "") {
                    const passed = states[on]! >= 2 ? (isSoft ? 2 : states[on]!) : 0;
                    worst = Math.max(worst, passed);
                } else {
                    const known = groups.get(group) ?? { states: [], isSoft: true };
                    known.states.push(states[on]!);
                    known.isSoft &&= isSoft;
                    groups.set(group, known);
                }
            }
            for (const [name, { states: members, isSoft }] of groups) {
                const need = needs.get(`${v} ${name}`) ?? 1;
                const notDown = members.filter((each) => each < 3).length, working = members.filter((each) => each < 2).length;
                worst = Math.max(worst, notDown < need ? (isSoft ? 2 : 3) : working < need ? 2 : working < members.length ? 1 : 0);
            }
            return worst;
        });
        if (next.every((state, i) => state === states[i])) return states;
        states = next;
    }
}

test("some down, others degraded: two questions of one state each have the answer, on random graphs", () => {
    let seed = 20261130;
    const random = (below: number) => {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        return (seed >> 8) % below;
    };
    let differing = 0;
    for (let round = 0; round < 3_000; ++round) {
        const n = 4 + random(9), world: World = { n, edges: [], needs: new Map() }, seen = new Set<string>();
        for (let i = random(3 * n) + n; i > 0; --i) {
            const of = random(n), on = random(n), group = random(2) === 0 ? "" : `g${random(2)}`;
            if (of === on || seen.has(`${of} ${on}`)) continue;
            seen.add(`${of} ${on}`);
            world.edges.push({ of, on, isSoft: random(4) === 0, group });
            if (group !== "") world.needs.set(`${of} ${group}`, 1 + random(2));
        }
        const before = fixpoint(world, new Map());
        const down = new Set([random(n)]), degraded = new Set([random(n), random(n)].filter((each) => !down.has(each)));
        const rowsOf = (states: number[], failed: ReadonlySet<number>, because: "down" | "degraded") => states.flatMap((state, i) =>
            (failed.has(i) || state <= before[i]! ? [] : [hit(String(i), { state: ranks[state]!, stateBefore: ranks[before[i]!]!, because })]));
        const failed = new Set([...down, ...degraded]), failedIds = new Set([...failed].map(String));
        const whole = fixpoint(world, new Map([...[...degraded].map((each): [number, number] => [each, 2]), ...[...down].map((each): [number, number] => [each, 3])]));
        const all = rowsOf(fixpoint(world, new Map([...failed].map((each) => [each, 2]))), failed, "degraded");
        const only = rowsOf(fixpoint(world, new Map([...down].map((each) => [each, 3]))), down, "down");
        const wanted = rowsOf(whole, failed, "down").map(({ id, state }) => `${id} ${state}`).sort();
        assert.deepEqual(merged(all, only, failedIds).map(({ id, state }) => `${id} ${state}`).sort(), wanted, `round ${round}`);
        if (all.length > 0 && only.length > 0 && degraded.size > 0) ++differing;
    }
    assert.ok(differing > 500, String(differing));
});

test("only together: what none of them does alone, or not as badly", () => {
    const hits = [hit("a"), hit("b", { state: "degraded" }), hit("c", { state: "at_risk" })];
    const marked = markTogether(hits, [new Map([["a", "at_risk"], ["b", "degraded"]]), new Map([["a", "degraded"]])]);
    assert.deepEqual(marked.map((each) => each.onlyTogether), [true, false, true]);
});

test("services stand by criticality, then by how bad it is, then by how near", () => {
    const hits = [hit("far", { criticality: "High", hops: 9 }), hit("unsaid"), hit("low", { criticality: "low" }), hit("shaky", { criticality: "high", state: "at_risk" }), hit("near", { criticality: "high" })];
    assert.deepEqual([...hits].sort(byCriticality).map((each) => each.id), ["near", "far", "shaky", "low", "unsaid"]);
});

const model: Model = {
    classes: [{ name: "ServiceLayer" }, { name: "Web", parent: "ServiceLayer" }, { name: "Server" }, { name: "OldService" }],
    relationship_types: [{ name: "NEEDS", depends: "source", effect: "hard" }, { name: "MEMBER_OF", depends: "target", effect: "hard", grouped: { need: "need" } }, { name: "ALL_OF", depends: "source", effect: "hard", grouped: { need: "all" } }],
};

test("a service is what the model has in its service layer, or what is called one and not in the model", () => {
    const { isService, parameters } = servicesOf(model);
    assert.deepEqual(["Web", "ServiceLayer", "Server", "OldService", "ShopService", "Shop"].map(isService), [true, true, false, false, true, false]);
    assert.deepEqual(parameters.services, ["ServiceLayer", "Web"]);
});

test("how many a group needs", () => {
    assert.deepEqual([2, "50%", "1%", "100%", "all"].map((said) => needOf(said, 5)), [2, 3, 1, 5, 5]);
    for (const nonsense of [0, -1, 1.5, "0%", "101%", "two", null, undefined]) assert.equal(needOf(nonsense, 5), undefined);
});

test("groups by their name and by their type, members once, the largest need", () => {
    const edge = (type: string, to: string, properties = {}) => ({ relationship: { id: `${type}${to}`, type, source: "d", target: to, properties }, provider: { id: to, name: to } });
    const dependent = { ...element("d"), properties: { need: 2 } };
    const groups = groupsOf({ dependent, edges: [
        edge("NEEDS", "a", { group: "lines", role: "uplink" }), edge("NEEDS", "b", { group: "lines", need: 2 }), edge("NEEDS", "c", { group: "lines", need: 1 }), edge("NEEDS", "c", { group: "lines" }),
        edge("NEEDS", "e", { group: "lines", effect: "none", need: 9 }), edge("NEEDS", "f"),
        edge("MEMBER_OF", "g"), edge("MEMBER_OF", "h"), edge("MEMBER_OF", "i", { group: "ignored", need: 7 }), edge("ALL_OF", "j"), edge("ALL_OF", "k"),
    ] }, model, (id) => (id === "a" ? "down" : id === "g" ? "at_risk" : "up"));
    assert.deepEqual(groups.map(({ name, left, need, members }) => [name, left, members.length, need]), [["uplink", 2, 3, 2], ["MEMBER_OF", 3, 3, 2], ["ALL_OF", 2, 2, 2]]);
    assert.equal(groupText(groups[0]!), "uplink: 2 of 3 left, needs 2");
    // The number of the server decides whether that may be said.
    assert.deepEqual(groupsBehind(groups, 0).map((each) => each.name), ["uplink"]);
    assert.deepEqual(groupsBehind(groups, -1), []);
    assert.equal(redundancyText(hit("d", { margin: 0, marginBefore: 1 }), groups), "uplink: 2 of 3 left, needs 2");
    assert.equal(redundancyText(hit("d", { margin: -1, marginBefore: 1 }), groups), "lacks 1");
    assert.equal(redundancyText(hit("d", { margin: 1, marginBefore: 1 }), groups), "");
});

test("times are said before the statement, and those that are none are refused", () => {
    assert.deepEqual(timesBefore({ validAt: "", asOf: "" }), { clause: "", parameters: {} });
    assert.deepEqual(timesBefore({ validAt: "2026-09-01", asOf: "12" }), { clause: "AS OF TRANSACTION 12 FOR VALID_TIME AS OF date($valid_at) ", parameters: { valid_at: "2026-09-01" } });
    assert.deepEqual(timesBefore({ validAt: "2026-09-01T10:00Z", asOf: "2026-11-24" }),
        { clause: "AS OF datetime($as_of) FOR VALID_TIME AS OF datetime($valid_at) ", parameters: { valid_at: "2026-09-01T10:00Z", as_of: "2026-11-24" } });
    for (const validAt of ["tomorrow", "2026-13-01", "12", "2026-9-1"]) assert.match(timesProblem({ validAt })!.message, /no day or time/);
    assert.match(timesProblem({ asOf: "-3" })!.message, /“-3”/);
    assert.equal(timesProblem({ validAt: "2026-09-01", asOf: "3" }), undefined);
    assert.equal(utcOf(localOf("2026-11-24T12:34Z")), "2026-11-24T12:34Z");
    assert.equal(utcOf(""), "");
    assert.equal(localOf("17"), "");
});

test("a failure is marked once, in its newest state", () => {
    const one = withFailure([], "a"), both = withFailure(one, "b", "degraded");
    assert.deepEqual(withFailure(both, "a", "degraded"), [{ key: "a", state: "degraded" }, { key: "b", state: "degraded" }]);
});

test("what happens is said in words", () => {
    const service = { isService: true, class: "Web" };
    assert.equal(sentenceOf(impactOf([])), "the x down affects nothing else.");
    assert.equal(sentenceOf(impactOf([hit("a", { state: "at_risk" })])), "the x down takes nothing else down; leaves 1 element working with less redundancy.");
    assert.equal(sentenceOf(impactOf([hit("a", service), hit("b"), hit("c"), hit("d", { ...service, state: "degraded" }), hit("e", { state: "up" })], ["x", "y"])),
        "the x down and the y down together take down 1 service and 2 other elements; degrade 1 service; leave 1 element working with less redundancy.");
});

test("a ticket has it all, as text and as Markdown that names cannot break", () => {
    const web = hit("web", { name: "Shop | *front*", isService: true, class: "Web", criticality: "high", hops: 2, onlyTogether: true });
    const impact = { ...impactOf([web, hit("a"), hit("b", { state: "at_risk", margin: 0, marginBefore: 1 })], ["x", "y"]), alone: "compared" as const };
    const causes = new Map([["web", { nodes: [element("x"), element("a"), element("web", "Web")], relationships: [] }]]);
    const told = { impact, causes, state: { ...startState, validAt: "2026-09-01" }, link: "http://h/#/break?fail=down:x", redundancy: () => "2 of 3 left, needs 2" };
    const plain = ticketText(told);
    for (const part of ["Fails: the x (x, Server): down", "On the day: 2026-09-01", "As recorded at: now, transaction 7", "Shop | *front* (web): down, criticality high, 2 hops, only together", "because: the x → the a → the web",
        "Server: down (1): a", "b (b): 2 of 3 left, needs 2", "Link: http://h/#/break?fail=down:x"]) assert.ok(plain.includes(part), `${part} in\n${plain}`);
    const markdown = ticketMarkdown(told);
    assert.ok(markdown.includes("| Shop \\| \\*front\\* (web) | down, only together | high | 2 | the x → the a → the web |"), markdown);
    assert.ok(markdown.includes("[Link](<http://h/#/break?fail=down:x>)"));
    assert.equal(escaped("a_b\n# <c>"), "a\\_b \\# \\<c\\>");
    assert.deepEqual(wrapped("one two three four", 9), ["one two", "three", "four"]);
});

test("a failure that is not there at that time is an error, not a smaller answer", async () => {
    const api = new Api("http://h/", async (address) => new Response(JSON.stringify(String(address).includes("/nodes/")
        ? { columns: ["n"], rows: [[element("x")]] } : { columns: ["id"], rows: [] })));
    await assert.rejects(askImpact(api, [{ key: "x", state: "down" }], servicesOf(model), { asOf: "1" }), /the x was not there at that time/);
});
