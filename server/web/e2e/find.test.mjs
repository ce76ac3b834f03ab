// Find, the start page and the page of an element, on the airline, on a large database and on the Debian services snapshot.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import zlib from "node:zlib";
import { assertAccessible, assertFits, debianIndex, importDebian, picture, serving, sizes, themes, whereDebian, withServer } from "./browser.mjs";

const limits = { timeout: 420_000 };
const rowsOf = (server, statement) => JSON.parse(server.run("query", statement, "--format", "json")).rows;
const type = async (page, text) => {
    await page.locator(".figures").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(text);
};

describe("finding things in the airline", () => {
    const served = serving("airline", limits);
    const { open } = served;

    test("a class is found by its name as people say it, and leads to its elements", limits, async () => {
        const { page, close } = await open();
        await type(page, "virtual servers");
        const option = page.getByRole("option", { name: /^VirtualServer/ });
        await option.waitFor();
        assert.equal(await option.textContent(), "VirtualServer73 elementsClass");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "Class VirtualServer" }).waitFor();
        await page.locator('tr[data-class="VirtualServer"]').first().waitFor();
        assert.equal(await page.locator('tr[data-class="VirtualServer"]').count(), 73);
        await close();
    });

    test("a word that only classes have leads to them", limits, async () => {
        const { page, close } = await open({ size: "narrow", theme: "dark", hash: "#/find?q=server" });
        const classes = page.locator('[data-panel="classes-named"] a');
        await classes.first().waitFor();
        assert.deepEqual(await classes.allTextContents(), ["Server 14", "VirtualServer 73", "PhysicalServer 14"]);
        await assertAccessible(page, "classes found");
        await assertFits(page, "classes found");
        await classes.first().click();
        await page.getByRole("heading", { level: 1, name: "Class Server" }).waitFor();
        await close();
    });

    test("a key, an address and a part of a name are found, the exact one first, what was typed marked", limits, async () => {
        const { page, close } = await open();
        await type(page, "HV-E01");
        await page.locator(".search:not([data-waiting])").getByRole("option").first().waitFor();
        assert.match(await page.getByRole("option").first().textContent(), /^Hypervisor host E01hv-e01PhysicalServer$/);
        assert.equal(await page.getByRole("option").first().locator("mark").textContent(), "hv-e01");
        await page.keyboard.press("Control+A");
        await page.keyboard.type("10.1.0.1");
        await page.locator(".search:not([data-waiting])").getByRole("option", { name: /10\.1\.0\.1\D/ }).waitFor();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "hv-e01.larkspur.example" }).waitFor();
        await close();
    });

    test("the last key counts: questions before it are not asked, or stopped", limits, async () => {
        const { page, close } = await open();
        await page.locator(".figures").waitFor();
        const asked = [];
        page.on("request", (request) => { if (request.url().includes("/v1/search")) asked.push(new URL(request.url()).searchParams.get("q")); });
        await page.keyboard.press("/");
        await page.keyboard.type("check-in and boarding");
        await page.locator(".search:not([data-waiting])").getByRole("option", { name: /Tarnby/ }).waitFor();
        assert.equal(asked.at(-1), "check-in and boarding");
        assert.ok(asked.length < 12, asked.join());
        await close();
    });

    test("results are counted by class, and narrowed to one", limits, async () => {
        const { page, close } = await open({ hash: "#/find?q=book" });
        const facets = page.getByRole("navigation", { name: "Results by class" });
        await facets.waitFor();
        const wanted = rowsOf(served.server, "MATCH (n) WHERE toLower(n.name) CONTAINS 'book' OR toLower(n.id) CONTAINS 'book' RETURN labels(n)[0] AS c, count(*) AS k ORDER BY k DESC, c");
        assert.deepEqual(await facets.locator("a").allTextContents(), ["All classes", ...wanted.map(([name, count]) => `${name} ${count}`)]);
        await facets.getByRole("link", { name: /^Application/ }).click();
        await page.locator('[data-panel="results"] h2').filter({ hasText: "4 elements" }).waitFor();
        assert.match(page.url(), /#\/find\?q=book&class=Application$/);
        await facets.getByRole("link", { name: "All classes" }).click();
        await page.locator('[data-panel="results"] h2').filter({ hasText: "18 elements" }).waitFor();
        await close();
    });

    test("a class is listed page by page and sorted by the server, and the address keeps both", limits, async () => {
        const { page, close } = await open({ hash: "#/find?class=ConfigurationItem" });
        const results = page.locator('[data-panel="results"]'), names = () => results.locator("tbody tr td:first-child").allTextContents();
        const count = rowsOf(served.server, "MATCH (n:ConfigurationItem) RETURN count(n)")[0][0];
        await results.getByRole("heading", { name: `1 to 100 of ${count} elements` }).waitFor();
        await results.getByRole("button", { name: "Name" }).click();
        await results.locator('th[aria-sort="descending"]').waitFor();
        await page.getByRole("button", { name: "Next" }).click();
        await results.getByRole("heading", { name: `101 to 200 of ${count} elements` }).waitFor();
        assert.match(page.url(), /#\/find\?class=ConfigurationItem&page=2&sort=-name$/);
        const wanted = rowsOf(served.server, "MATCH (n:ConfigurationItem) RETURN n.name ORDER BY n.name DESC, elementId(n) SKIP 100 LIMIT 100").map(([name]) => name);
        assert.deepEqual(await names(), wanted);
        await page.reload();
        await results.getByRole("heading", { name: /^101 to 200/ }).waitFor();
        assert.deepEqual(await names(), wanted);
        await page.goBack();
        await results.getByRole("heading", { name: /^1 to 100/ }).waitFor();
        await close();
    });

    test("an element shows what it stands on, who owns it, its asset and its contract", limits, async () => {
        const { page, close } = await open({ hash: "#/element?of=hv-e01&at=2026-09-01" });
        const panel = (name) => page.locator(`[data-panel="${name}"]`);
        await panel("behind").getByText("Contracts and costs").waitFor();
        const groups = rowsOf(served.server, `FOR VALID_TIME AS OF date('2026-09-01') MATCH (n {id: 'hv-e01'})-[r]-(m) RETURN type(r) + CASE startNode(r) = n WHEN true THEN ' out' ELSE ' in' END AS way, count(*) ORDER BY way`);
        await panel("neighbours").locator(".linked li").nth(15).waitFor();
        const shown = await panel("neighbours").locator(".linked-group").evaluateAll((all) => all.map((each) => [`${each.dataset.type} ${each.dataset.direction}`, Number(each.querySelector(".number").textContent), each.querySelectorAll("li").length]));
        assert.deepEqual(shown.sort(([a], [b]) => (a < b ? -1 : 1)), groups.map(([way, count]) => [way, count, count]));
        assert.equal(await panel("neighbours").locator('[data-role="on"] .linked-group[data-type="DEPENDS_ON"] li').count(), 2);
        assert.equal(await panel("neighbours").locator('[data-role="under"] .linked-group[data-type="RUNS_ON"] li').count(), 6);
        assert.match(await panel("behind").textContent(), /People and teams.*Platform.*Assets.*HardwareAsset.*Contracts and costs.*Contract/);
        const titles = await panel("attributes").locator("h3").allTextContents();
        assert.deepEqual(titles, ["Identification", "State", "Ownership and place"]);
        assert.deepEqual(await page.getByRole("navigation", { name: "Classes above" }).locator("a").allTextContents(), ["Item", "ConfigurationItem", "ComputeCI", "Server", "PhysicalServer"]);
        await panel("element-commits").getByText("bulk load; may have changed it").waitFor();
        await close();
    });

    test("the start page lists incidents and alerts that are open", limits, async () => {
        const { page, close } = await open();
        const count = rowsOf(served.server, "MATCH (n:Incident|Alert) WHERE n.status IN ['open', 'firing'] RETURN count(n)")[0][0];
        await page.locator('[data-panel="health"]').getByText(`${count} open incidents and alerts`).waitFor();
        const [[incident, affected]] = rowsOf(served.server, "MATCH (n:Incident {status: 'open'})-[:AFFECTS]->(m) RETURN n.id, m.name ORDER BY n.priority, n.id LIMIT 1");
        assert.match(await page.locator('[data-panel="health"] li').filter({ hasText: incident }).textContent(), new RegExp(`affects${affected}`));
        await close();
    });

    for (const size of Object.keys(sizes))
        for (const theme of themes)
            test(`lists, a class and an element are accessible and fit: ${size}, ${theme}`, limits, async () => {
                const { page, base, close } = await open({ size, theme });
                const views = {
                    classes: ["#/find", '[data-panel="classes"] tbody tr'],
                    class: ["#/find?class=ConfigurationItem", '[data-panel="results"] tbody tr'],
                    host: ["#/element?of=hv-e01&at=2026-09-01", '[data-panel="behind"] li'],
                };
                for (const [name, [hash, part]] of Object.entries(views)) {
                    await page.goto(base + hash);
                    await page.locator(part).first().waitFor();
                    await assertAccessible(page, name);
                    await assertFits(page, name);
                    await picture(page, `${name}-${size}-${theme}`);
                }
                await close();
            });
});

test("a large database is searched, listed and opened on the server", limits, (t) => withServer("empty", async ({ server, open }) => {
    const many = 200_000, fan = 30_000;
    const run = async (statement) => {
        const answer = await fetch(`http://127.0.0.1:${server.httpPort}/v1/query`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ statement, limits: { time_ms: 120_000 } }) });
        assert.equal(answer.status, 200, await answer.text());
    };
    await run(`UNWIND range(1, ${many}) AS i CREATE (:Server {id: 'srv-' + toString(i), name: 'Machine ' + toString(i), serial: 'SN' + toString(i)})`);
    await run(`CREATE (s:NetworkDevice {id: 'core', name: 'Core', serial: 'CORE-1'}) WITH s MATCH (n:Server) WHERE n.id STARTS WITH 'srv-1' WITH s, n LIMIT ${fan} CREATE (n)-[:DEPENDS_ON]->(s)`);
    const { page, base, close } = await open();
    await page.locator(".figures").waitFor();
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
    await type(page, "srv-199999");
    await page.locator(".search:not([data-waiting])").getByRole("option", { name: /Machine 199999/ }).waitFor();
    const took = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/v1/search")).at(-1).duration);
    t.diagnostic(`${many} elements: first contentful paint ${paint.toFixed(0)} ms, search ${took.toFixed(0)} ms`);
    assert.ok(took < 1_000, `${took} ms`);
    await page.goto(`${base}#/find?class=Server&page=2000`);
    await page.getByRole("heading", { name: "199,901 to 200,000 of 200,000 elements" }).waitFor();
    await page.goto(`${base}#/element?of=core`);
    const group = page.locator('.linked-group[data-type="DEPENDS_ON"]');
    await group.getByText("30,000").waitFor();
    assert.equal(await group.locator("li").count(), 0);
    await group.getByRole("button", { name: /used by/ }).click();
    await group.locator("li").nth(49).waitFor();
    assert.equal(await group.locator("li").count(), 50);
    await group.getByRole("button", { name: "Show 150 more of 30,000" }).click();
    await group.locator("li").nth(199).waitFor();
    await close();
}));


test("packages of the Debian services snapshot are found", { ...limits, ...whereDebian }, () => withServer("empty", async ({ server, open }) => {
    const names = [...zlib.gunzipSync(debianIndex()).toString().matchAll(/^Package: (.*)$/gm)].map(([, name]) => name);
    const { page, base, close } = await open();
    await page.getByRole("heading", { name: "What most depends on" }).waitFor();  // there are no services
    const [[dependents]] = JSON.parse(server.run("query", "MATCH (n:Package {name: 'libc6'}) DEPENDENTS OF n YIELD ci RETURN count(ci)", "--format", "json")).rows;
    assert.equal(await page.locator('[data-panel="services"] tbody tr').first().textContent(), `libc6Package${dependents.toLocaleString("en")}`);
    await type(page, "postgresql");
    await page.locator(".search:not([data-waiting])").getByRole("option").nth(7).waitFor();
    assert.match(await page.getByRole("option").first().textContent(), /^postgresql(?!-)/);
    await page.keyboard.press("Enter");
    const wanted = names.filter((name) => name.includes("postgresql")).length;
    await page.locator('[data-panel="results"] h2').filter({ hasText: wanted > 200 ? "The first 200 elements" : `${wanted} elements` }).waitFor();
    await page.goto(`${base}#/find?class=Package`);
    await page.getByRole("heading", { name: `1 to 100 of ${names.length.toLocaleString("en")} elements` }).waitFor();
    await page.goto(`${base}#/element?of=libc6`);
    await page.locator('.linked-group[data-direction="in"] h4').first().waitFor();
    await assertAccessible(page, "package");
    await assertFits(page, "package");
    await close();
}, importDebian));
