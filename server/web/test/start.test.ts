import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/api";
import { askEstate, askMostNeeded, askServices } from "../src/start/estate";

interface Asked { statement: string; limits?: { time_ms?: number } }
// answer: rows, or undefined for a time-out.
const answering = (answer: (asked: Asked) => unknown[][] | undefined) => {
    const asked: Asked[] = [];
    const api = new Api("http://server/", async (_, init) => {
        const question = JSON.parse(String(init?.body)) as Asked;
        asked.push(question);
        const rows = answer(question);
        return rows ? new Response(JSON.stringify({ columns: [], rows })) : new Response(JSON.stringify({ error: { code: "time_out", message: "too long" } }), { status: 408 });
    });
    return { api, asked };
};
const service = { id: "1:n:1", labels: ["BusinessService"], properties: { name: "Shop" } };

test("services are ranked by all that depends on them, as long as that is quick", async () => {
    const quick = answering(() => [[service, 12, 3]]);
    assert.deepEqual(await askServices(quick.api, ["BusinessService"], {}), [{ element: service, dependents: 12, related: 3 }]);
    assert.ok(quick.asked[0]!.limits!.time_ms! > 0);
    const slow = answering(({ statement }) => (statement.includes("DEPENDENTS OF") ? undefined : [[service, null, 3]]));
    assert.deepEqual(await askServices(slow.api, ["BusinessService"], {}), [{ element: service, dependents: null, related: 3 }]);
    assert.equal(slow.asked.length, 2);
    assert.deepEqual(await askServices(slow.api, [], {}), []);
});

test("what most depends on is left out where it takes too long", async () => {
    assert.equal((await askMostNeeded(answering(() => [[service, 12, 3]]).api, {}))[0]!.dependents, 12);
    assert.deepEqual(await askMostNeeded(answering(() => undefined).api, {}), []);
});

test("what is dated and not valid now is counted beside", async () => {
    const { api } = answering(({ statement }) => (statement.includes("labels(n)") ? [["Server", 5], ["Rack", 2]] : [[statement.includes("[r]") ? (statement.startsWith("FOR") ? 10 : 4) : 8]]));
    assert.deepEqual(await askEstate(api, {}), { classes: [{ name: "Server", count: 5 }, { name: "Rack", count: 2 }], elements: 7, relationships: 4, otherDays: { elements: 1, relationships: 6 } });
});
