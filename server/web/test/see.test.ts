import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/api";
import { layoutEdges, senseOf } from "../src/graph/sense";
import { Seer, groupings, notDrawn, timed } from "../src/see/ask";
import { type Step, elementsMost, fanMost, formatKeys, formatSteps, parseKeys, parseSteps, stepOf, usualSteps, withStep, withoutStep, withoutStepsOf } from "../src/see/steps";
import { formatHash, parseHash } from "../src/view_state";

const step = (kind: Step["kind"], key: string, type = "", most = fanMost): Step => ({ kind, key, type, most });

test("steps come back from the address, whatever keys and types are called", () => {
    for (const key of ["svc-booking", "1:n:7", "a,b:c", "100%", "日本 x", "none"]) {
        const steps = [step("below", key), step("out", key, "RUNS_ON"), step("in", key, "A:B,*", 140), step("above", key, "", 80)];
        const { state } = parseHash(formatHash({ view: "see", of: [key], own: { open: formatSteps(steps, [key]) } }));
        assert.deepEqual(parseSteps(state.own.open, state.of), { steps, complaints: [] });
    }
});

test("what is usual is not in the address, and nothing is something", () => {
    const of = ["a", "b"];
    assert.equal(formatSteps(usualSteps(of), of), "");
    assert.deepEqual(parseSteps("", of).steps, usualSteps(of));
    assert.equal(formatSteps([], of), "none");
    assert.deepEqual(parseSteps("none", of).steps, []);
});

test("what an address says wrongly is told, and the rest holds", () => {
    const { steps, complaints } = parseSteps("below:a,sideways:b,out:,in:c:T:-1,in:c:T:x,in:c:T:9:9,above:d::999999", ["a"]);
    assert.deepEqual(steps, [step("below", "a"), step("above", "d", "", elementsMost)]);
    assert.deepEqual(complaints, ["sideways:b", "out:", "in:c:T:-1", "in:c:T:x", "in:c:T:9:9"]);
});

test("a step is there once, and can be widened and left out", () => {
    const one = withStep([step("below", "a")], step("out", "a", "T"));
    assert.equal(withStep(one, step("out", "a", "T", 140)).length, 2);
    assert.equal(stepOf(withStep(one, step("out", "a", "T", 140)), "out", "a", "T")!.most, 140);
    assert.deepEqual(withoutStep(one, step("out", "a", "T", 7)), [step("below", "a")]);
    assert.deepEqual(withoutStepsOf([...one, step("in", "b")], "a"), [step("in", "b")]);
    assert.deepEqual(parseKeys(formatKeys(["a,b", "c"])), ["a,b", "c"]);
});

test("a statement is about the times that are looked at, and says them as parameters", () => {
    assert.deepEqual(timed("MATCH (n) RETURN n", { a: 1 }, {}), ["MATCH (n) RETURN n", { a: 1 }]);
    assert.deepEqual(timed("RETURN 1", {}, { validAt: "2026-09-01", asOf: "12" }), ["AS OF TRANSACTION 12 FOR VALID_TIME AS OF $validAt RETURN 1", { validAt: "2026-09-01" }]);
    assert.deepEqual(timed("RETURN 1", {}, { asOf: "2026-09-01T00:00Z') DETACH" }), ["AS OF datetime($asOf) RETURN 1", { asOf: "2026-09-01T00:00Z') DETACH" }]);
});

const sense = senseOf({
    classes: [{ name: "ServiceLayer" }, { name: "Rack" }],
    relationship_types: [{ name: "USES", depends: "source" }, { name: "HOSTS", depends: "target" }, { name: "PEERS", depends: "both" }, { name: "OWNED_BY", depends: "none" }, { name: "LOCATED_IN", depends: "source" }],
});
test("who depends stands above, whichever way a relationship is stored", () => {
    const rel = (type: string) => ({ id: type, type, source: "s", target: "t", properties: {} });
    assert.deepEqual(layoutEdges([rel("USES")], sense), [{ above: "s", below: "t" }]);
    assert.deepEqual(layoutEdges([rel("HOSTS")], sense), [{ above: "t", below: "s" }]);
    assert.deepEqual(layoutEdges([rel("PEERS")], sense), [{ above: "s", below: "t" }, { above: "t", below: "s" }]);
    for (const type of ["OWNED_BY", "UNHEARD_OF"]) assert.deepEqual(layoutEdges([rel(type)], sense), [{ above: "s", below: "t", isWeak: true }]);
});

test("groupings are those that the model has classes for", () => assert.deepEqual(groupings(sense), ["", "class", "rack"]));

// A server that knows hub -USES-> n0 … n99 and hub -OWNED_BY-> team.
function server() {
    const element = (id: string) => ({ id, labels: ["Server"], properties: { id: id.slice(2), name: id.slice(2) } });
    const uses = Array.from({ length: 100 }, (_, i) => ({ id: `r${i}`, type: "USES", source: "1:hub", target: `1:n${i}`, properties: {} }));
    const asked: string[] = [];
    const send = async (address: string, init?: RequestInit) => {
        const node = /nodes\/(\w+)$/.exec(address);
        const answer = (rows: unknown[][]) => new Response(JSON.stringify({ columns: [], rows, notices: [] }));
        if (node) return answer([[element(`1:${node[1]}`)]]);
        const { statement, parameters } = JSON.parse(String(init!.body)) as { statement: string; parameters: { ids: string[]; most: number } };
        asked.push(statement);
        if (/RETURN n$/.test(statement)) return answer(parameters.ids.map((id) => [element(id)]));
        if (/RETURN count\(r\)$/.test(statement)) return answer([[100]]);
        if (/RETURN r, m/.test(statement)) return answer(uses.slice(0, parameters.most).map((r) => [r, element(r.target)]));
        if (/RETURN r$/.test(statement)) return answer(uses.filter((r) => parameters.ids.includes(r.source) && parameters.ids.includes(r.target)).map((r) => [r]));
        if (/->\(\).*count\(r\)$/.test(statement)) return answer([["1:hub", "USES", 100], ["1:hub", "OWNED_BY", 1]]);
        return answer([]);
    };
    return { api: new Api("http://server/", send as typeof fetch), asked };
}
const question = (steps: Step[], hidden: string[] = []) => ({ of: ["hub"], steps, hidden, times: {}, grouping: "" as const, sense, several: "several" });

test("a fan says how many it has, shows as many as asked for, and tells what is left", async () => {
    const { api, asked } = server(), seer = new Seer(api);
    const some = await seer.ask(question([step("out", "hub", "USES")]), {});
    assert.equal(some.graph.elements.size, fanMost + 1);
    assert.deepEqual(some.stepCounts.map(({ shown, total }) => [shown, total]), [[40, 100]]);
    assert.equal(some.graph.drawable().length, fanMost);
    assert.equal(notDrawn(some, sense).get("1:hub"), "+60");  // of what carries failure
    const before = asked.filter((each) => /RETURN r, m/.test(each)).length;
    await seer.ask(question([step("out", "hub", "USES")]), {});
    assert.equal(asked.filter((each) => /RETURN r, m/.test(each)).length, before, "what was answered is not asked again");
    seer.forget();
    await seer.ask(question([step("out", "hub", "USES")]), {});
    assert.equal(asked.filter((each) => /RETURN r, m/.test(each)).length, before + 1);
});

test("a step of an element that is not shown brings nothing; who is hidden is counted", async () => {
    const { api } = server(), seer = new Seer(api);
    const nothing = await seer.ask(question([step("out", "n1", "USES")]), {});
    assert.equal(nothing.graph.elements.size, 1);
    const less = await seer.ask(question([step("out", "hub", "USES")], ["n0", "n1"]), {});
    assert.equal(less.hidden, 2);
    assert.equal(less.graph.elements.size, fanMost - 1);
});
