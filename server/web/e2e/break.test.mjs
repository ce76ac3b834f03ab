// Break: what fails when something fails, on the page, compared with what `mainstay impact` and the HTTP interface say.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { addAccounts, assertAccessible, assertFits, debianFolder, importDebian, picture, serving, signIn, sizes, themes, whereDebian, withServer } from "./browser.mjs";

const limits = { timeout: 480_000 };
const day = "2026-09-01";
const isService = (ci) => ["BusinessService", "FlightService", "ExternalService"].includes(ci.labels[0]);
const keyOf = (ci) => ci.properties.id ?? ci.id;

// What the command says: [key, state, hops] by key.
const impactOf = (server, keys, ...options) => JSON.parse(server.run("impact", ...keys, "--format", "json", "--all", ...options)).rows
    .map(([ci, state, , hops, cause, margin]) => ({ ci, key: keyOf(ci), name: ci.properties.name, state, hops, cause, margin }));
const rowsIn = (page, panel) => page.locator(`[data-panel="${panel}"] tr[data-key]`).evaluateAll((rows) => rows.map((row) => [row.dataset.key, row.dataset.state, Number(row.querySelector("td.number").textContent)]));
const sorted = (rows) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
const wanted = (rows) => sorted(rows.map(({ key, state, hops }) => [key, state, hops]));
const answered = (page) => page.locator(".sentence").waitFor();
const drawnCount = (page, n) => page.locator(`.graph-canvas[data-elements="${n}"]:not([data-placed="0"])`).waitFor();
const filled = (page) => page.locator('[data-panel="services"] tr[data-key] .because:not(:empty)').first().waitFor();

describe("break, on the airline", () => {
    const served = serving("airline", limits);
    const { open } = served;

    test("a cut duct: the page lists what the command says, services first and by criticality", limits, async () => {
        const rows = impactOf(served.server, ["cnd-river-07"], "--valid-at", day);
        const { page, close } = await open({ hash: `#/break?fail=down:cnd-river-07&at=${day}` });
        await answered(page);
        assert.equal(await page.locator(".sentence").textContent(), "River crossing duct 07 down takes down 13 services and 10 other elements.");
        assert.equal(rows.length, 23);
        const services = await rowsIn(page, "services");
        assert.deepEqual(sorted(services), wanted(rows.filter(({ ci }) => isService(ci))));
        assert.deepEqual(sorted(await rowsIn(page, "others")), wanted(rows.filter(({ ci }) => !isService(ci))));
        const criticalities = await page.locator('[data-panel="services"] tr[data-key] td:nth-child(3)').allTextContents();
        assert.deepEqual(criticalities, [...Array(12).fill("high"), "medium"]);
        assert.deepEqual(services[0], ["svc-booking", "down", 5]);
        // The state by colour, shape and word.
        const mark = page.locator('[data-panel="services"] tr[data-key="svc-booking"] .state');
        assert.equal(await mark.textContent(), "down");
        assert.equal(await mark.locator("path").getAttribute("style"), "fill: var(--state-down);");
        await drawnCount(page, 24);
        await close();
    });

    test("a click shows the chain of causes, as a list and drawn, as the command has it", limits, async () => {
        const rows = impactOf(served.server, ["cnd-river-07"], "--valid-at", day);
        const { page, close } = await open({ hash: `#/break?fail=down:cnd-river-07&at=${day}` });
        await filled(page);
        await page.getByRole("button", { name: "Booking and reservations" }).click();
        const chain = page.getByRole("list", { name: "Why Booking and reservations" });
        await chain.locator(".group").first().waitFor();
        const { cause } = rows.find(({ key }) => key === "svc-booking");
        assert.deepEqual(await chain.locator("li").evaluateAll((steps) => steps.map((step) => step.dataset.id)), cause.nodes.map(({ id }) => id));
        assert.match(await chain.textContent(), /failed by youRiver crossing duct 07.*ROUTED_THROUGH.*lines: 0 of 2 left, needs 1 lost: Interconnect East-West 1, Interconnect East-West 2/);
        assert.match(page.url(), /chain=svc-booking&in=services/);
        await page.getByText("Booking and reservations, BusinessService, down").waitFor({ state: "attached" });  // the canvas says who is selected
        // From the drawing: its keyboard walks, and the chain stands below it.
        await drawnCount(page, 24);
        const drawing = page.getByRole("application");
        await drawing.focus();
        await page.keyboard.press("ArrowDown");
        await page.locator(".chain-beside ol li").first().waitFor();
        assert.match(page.url(), /in=drawing/);
        // The link opens the same again.
        const heading = await page.locator(".chain-beside h3").textContent();
        await page.reload();
        await page.locator(".chain-beside ol li").first().waitFor();
        assert.equal(await page.locator(".chain-beside h3").textContent(), heading);
        await close();
    });

    test("margins lost are said as so many of so many", limits, async () => {
        const rows = impactOf(served.server, ["link-ic-1"], "--valid-at", day);
        assert.deepEqual(wanted(rows), [["net-ic", "at_risk", 1]]);
        const { page, close } = await open({ hash: `#/break?fail=down:link-ic-1&at=${day}` });
        await answered(page);
        assert.equal(await page.locator(".sentence").textContent(), "Interconnect East-West 1 down takes nothing else down; leaves 1 element working with less redundancy.");
        await page.locator('[data-panel="weaker"]').getByText("lines: 1 of 2 left, needs 1").waitFor();
        assert.match(await page.locator('[data-panel="services"]').textContent(), /No service is affected/);
        await close();
    });

    test("two lines together do what neither does alone, and that is marked", limits, async () => {
        const rows = impactOf(served.server, ["link-ic-1", "link-ic-2"], "--valid-at", day);
        const { page, close } = await open({ hash: `#/break?fail=down:link-ic-1&at=${day}` });
        await answered(page);
        await page.getByRole("combobox", { name: "Add what fails" }).fill("link-ic-2");
        await page.getByRole("option", { name: /Interconnect East-West 2/ }).waitFor();
        await page.keyboard.press("Enter");
        await page.getByText("take down 13 services and 8 other elements").waitFor();
        assert.match(page.url(), /fail=down:link-ic-1&fail=down:link-ic-2/);
        assert.deepEqual(sorted([...await rowsIn(page, "services"), ...await rowsIn(page, "others")]), wanted(rows));
        assert.equal(await page.locator("tr[data-key] .together").count(), rows.length);
        await page.getByText("All 21 are hit so hard only because several fail together").waitFor();
        await page.getByRole("button", { name: "Remove Interconnect East-West 2" }).click();
        await page.getByText("leaves 1 element working with less redundancy").waitFor();
        await page.goBack();
        await page.getByText("take down 13 services and 8 other elements").waitFor();
        await close();
    });

    test("a degraded one, by a button, as the command says", limits, async () => {
        const rows = impactOf(served.server, ["app-bus"], "--valid-at", day, "--when", "degraded");
        const { page, close } = await open({ hash: `#/break?fail=down:app-bus&at=${day}` });
        await page.getByText("Message bus down takes down").waitFor();
        await page.getByRole("group", { name: "State of Message bus" }).getByRole("button", { name: "degraded" }).click();
        await page.getByText("Message bus degraded takes nothing else down; degrades 13 services").waitFor();
        assert.deepEqual(sorted([...await rowsIn(page, "services"), ...await rowsIn(page, "others")]), wanted(rows));
        await close();
    });

    test("one down and one degraded: no less than either alone, and down only by what is down", limits, async () => {
        const down = impactOf(served.server, ["util-e1"], "--valid-at", day), both = impactOf(served.server, ["util-e1", "link-ic-1"], "--valid-at", day, "--when", "degraded");
        const { page, close } = await open({ hash: `#/break?fail=down:util-e1&fail=degraded:link-ic-1&at=${day}` });
        await answered(page);
        const shown = new Map([...await rowsIn(page, "services"), ...await rowsIn(page, "others")].map(([key, state]) => [key, state]));
        const expected = new Map(both.map(({ key, state }) => [key, state]));
        for (const { key, state } of down) if (state === "down") expected.set(key, state);
        assert.ok(expected.size > 50 && new Set(expected.values()).size > 1);
        assert.deepEqual([...shown].sort(), [...expected].sort());
        await close();
    });

    test("single points of failure: the server's, ranked, and from there to breaking one", limits, async () => {
        const { page, base, close } = await open({ hash: `#/break?fail=down:cnd-river-07&at=${day}&chain=svc-booking&in=services` });
        await page.locator(".chain-row").getByRole("link", { name: "Single points of failure" }).click();
        await page.getByRole("heading", { level: 1, name: "Single points of failure of Booking and reservations" }).waitFor();
        await page.locator('[data-panel="points"] tr[data-key]').first().waitFor();
        const { rows } = await (await fetch(`${base}v1/spof`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ for: ["svc-booking"], valid_at: day }) })).json();
        assert.equal(rows.length, 29);
        const shown = await page.locator('[data-panel="points"] tr[data-key]').evaluateAll((all) => all.map((row) => [row.dataset.key, ...[...row.querySelectorAll("td.number")].map((cell) => Number(cell.textContent))]));
        assert.deepEqual(shown.map(([key]) => key).sort(), rows.map(([ci]) => keyOf(ci)).sort());
        assert.deepEqual(shown, [...shown].sort(([, a, x], [, b, y]) => b - a || y - x));
        const duct = impactOf(served.server, ["cnd-river-07"], "--valid-at", day).filter(({ state }) => state === "down");
        assert.deepEqual(shown.find(([key]) => key === "cnd-river-07"), ["cnd-river-07", duct.filter(({ ci }) => isService(ci)).length, duct.length]);
        await page.getByRole("link", { name: "Break this: Storage array E1" }).click();
        await page.getByText("Storage array E1 down takes down").waitFor();
        assert.match(page.url(), new RegExp(`#/break\\?fail=down:san-e1&at=${day}`));
        await close();
    });

    test("an element's page leads here, and an empty page to a first failure, all by keyboard", limits, async () => {
        const { page, close } = await open({ hash: "#/element?of=cnd-river-07" });
        await page.getByRole("link", { name: "Break it" }).click();
        await answered(page);
        await page.getByRole("button", { name: "Remove River crossing duct 07" }).press("Enter");
        await page.getByText("Nothing is marked as failed yet.").waitFor();
        await page.getByRole("button", { name: /^River crossing duct 07/ }).waitFor();  // opened last
        await page.getByRole("combobox", { name: "Add what fails" }).focus();
        await page.keyboard.type("HV-E01");
        await page.getByRole("option").first().waitFor();
        await page.keyboard.press("Enter");
        await page.getByText("Hypervisor host E01 down").waitFor();
        await page.getByLabel("On the day").fill(day);
        await page.waitForURL(/at=2026-09-01/);
        await answered(page);
        await page.locator('[data-panel="services"] button.disclose').first().focus();
        await page.keyboard.press("Enter");
        await page.locator(".chain-row ol li").first().waitFor();
        await close();
    });

    test("other elements are filtered by name, class and state", limits, async () => {
        const rows = impactOf(served.server, ["util-e1"], "--valid-at", day).filter(({ ci }) => !isService(ci));
        const { page, close } = await open({ hash: `#/break?fail=down:util-e1&at=${day}` });
        await answered(page);
        const others = page.locator('[data-panel="others"]');
        await others.getByRole("group", { name: "Class" }).getByRole("button", { name: /^Rack / }).click();
        assert.deepEqual(sorted(await rowsIn(page, "others")), wanted(rows.filter(({ ci }) => ci.labels[0] === "Rack")));
        await others.getByLabel("State").selectOption("at_risk");
        assert.deepEqual(sorted(await rowsIn(page, "others")), wanted(rows.filter(({ ci, state }) => ci.labels[0] === "Rack" && state === "at_risk")));
        await others.getByRole("button", { name: "All classes" }).click();
        await others.getByLabel("State").selectOption("");
        await others.getByLabel("Filter by name or key").fill("pdu");
        assert.deepEqual(sorted(await rowsIn(page, "others")), wanted(rows.filter(({ key, name }) => /pdu/i.test(key) || /pdu/i.test(name))));
        await others.getByLabel("Filter by name or key").fill("nothing like it");
        await others.getByText("None of them fits the filter.").waitFor();
        await close();
    });

    test("as it was recorded earlier, and what was not there then is said", limits, async () => {
        const { page, base, close } = await open({ hash: `#/break?fail=down:cnd-river-07&at=${day}&asof=1` });
        assert.match(await page.getByRole("alert").textContent(), /River crossing duct 07 was not there at that time.*Choose another time/);
        await page.getByRole("button", { name: "As recorded at: Now" }).click();
        await answered(page);
        const before = JSON.parse(served.server.run("query", "SHOW CURRENT USER", "--format", "json"));
        assert.ok(before.rows.length === 1);
        const tx = Number((await (await fetch(`${base}v1/log?limit=1`)).json()).rows[0][0]);
        served.server.run("query", "MATCH (:NetworkLink {id: 'link-ic-2'})-[r:ROUTED_THROUGH]->(:Conduit {id: 'cnd-river-07'}) DELETE r");
        await page.goto(`${base}#/break?fail=down:cnd-river-07&at=${day}&asof=${tx}`);
        await page.getByText("takes down 13 services and 10 other elements").waitFor();
        await page.goto(`${base}#/break?fail=down:cnd-river-07&at=${day}`);
        await page.getByText("River crossing duct 07 down takes down 1 element; leaves 1 element working with less redundancy.").waitFor();
        // The answer to now follows commits by itself.
        served.server.run("query", "MATCH (l:NetworkLink {id: 'link-ic-2'}), (c:Conduit {id: 'cnd-river-07'}) CREATE (l)-[:ROUTED_THROUGH {valid_from: date('2025-01-01')}]->(c)");
        await page.getByText("takes down 13 services and 10 other elements").waitFor();
        await close();
    });

    test("what cannot be answered is said, with a way out", limits, async () => {
        const { page, base, close } = await open({ size: "narrow", hash: "#/break?fail=down:nobody", expected: [/404/] });
        assert.equal(await page.locator('[data-key="nobody"] .who').textContent(), "nobody");
        assert.ok(await page.locator('[data-key="nobody"] .who').getByText("nobody").isVisible());
        assert.match(await page.getByRole("alert").textContent(), /Not found.*nobody/);
        await page.getByRole("button", { name: "Remove nobody" }).click();
        await page.getByText("Nothing is marked as failed yet.").waitFor();
        await page.goto(`${base}#/break?fail=down:app-bus&at=soon`);
        assert.match(await page.getByRole("alert").textContent(), /“soon” is no day or time.*2026-09-01/);
        await page.goto(`${base}#/spof?of=nobody`);
        assert.match(await page.getByRole("alert").first().textContent(), /Not found.*nobody/);
        await close();
    });

    test("copied as text, Markdown and link; pictures are files", limits, async () => {
        const { page, close } = await open({ hash: `#/break?fail=down:cnd-river-07&at=${day}` });
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
        await filled(page);
        const copied = async (name) => {
            await page.getByRole("button", { name, exact: true }).click();
            await page.getByRole("status").filter({ hasText: `Copied: ${name}` }).waitFor({ state: "attached" });
            return page.evaluate(() => navigator.clipboard.readText());
        };
        const plain = await copied("As text"), markdown = await copied("As Markdown");
        for (const { name, key, ci, cause } of impactOf(served.server, ["cnd-river-07"], "--valid-at", day)) {
            for (const text of [plain, markdown]) assert.ok(text.includes(name), `${name} in ${text}`);
            if (!isService(ci)) continue;
            assert.ok(plain.includes(`${name} (${key}): down`), key);
            assert.ok(plain.includes(cause.nodes.map(({ properties }) => properties.name).join(" → ")), key);
        }
        assert.match(plain, /As recorded at: now, transaction \d+/);
        assert.equal(await copied("Link"), page.url());
        await drawnCount(page, 24);
        const [svg] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "SVG" }).click()]);
        assert.equal(svg.suggestedFilename(), "impact-cnd-river-07.svg");
        const drawing = fs.readFileSync(await svg.path(), "utf8");
        assert.match(drawing, /^<svg .*River crossing duct 07 down.*Data centre.*takes down 13 services/s);
        const [png] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "PNG" }).click()]);
        assert.deepEqual([...fs.readFileSync(await png.path()).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
        if (process.env.MAINSTAY_PICTURES) await png.saveAs(path.join(process.env.MAINSTAY_PICTURES, "break-ticket.png"));
        await close();
    });

    test("on paper: the question, the answer and the lists, no buttons", limits, async () => {
        const { page, close } = await open({ theme: "dark", hash: `#/break?fail=down:cnd-river-07&at=${day}&chain=svc-booking&in=services` });
        await filled(page);
        await drawnCount(page, 24);
        await page.emulateMedia({ media: "print" });
        // The drawing is one for paper, whatever the theme: all of it, dark on white.
        const paper = page.locator(".graph-paper > svg");
        await paper.waitFor();
        assert.equal(await paper.locator("g > path[transform]").count(), 24);
        assert.equal(await paper.locator("rect").first().getAttribute("fill"), "rgb(255, 255, 255)");
        const fills = new Set(await paper.locator("g > path[transform]").evaluateAll((all) => all.map((each) => each.getAttribute("fill"))));
        assert.deepEqual([...fills].sort(), ["rgb(123, 31, 162)", "rgb(179, 38, 30)"]);  // failed, down: those of the light theme
        assert.equal(await page.locator(".graph-frame").isVisible(), false);
        assert.ok(await page.locator(".sentence").isVisible());
        assert.ok(await page.getByText("Booking and reservations").first().isVisible());
        for (const name of ["As text", "PNG", "Print"]) assert.equal(await page.getByText(name, { exact: true }).filter({ visible: true }).count(), 0, name);
        await picture(page, "break-print");
        await page.emulateMedia({ media: "screen" });
        await page.locator(".graph-frame").waitFor();
        assert.equal(await paper.count(), 0);
        await close();
    });

    for (const size of Object.keys(sizes))
        for (const theme of themes)
            test(`break and single points of failure are accessible and fit: ${size}, ${theme}`, limits, async () => {
                const { page, base, close } = await open({ size, theme });
                const views = {
                    "break-empty": ["#/break", '[data-panel="failing"]', 0],
                    break: [`#/break?fail=down:cnd-river-07&at=${day}&chain=svc-booking&in=services`, ".chain-row ol li", 24],
                    "break-joint": [`#/break?fail=down:util-e1&fail=degraded:link-ic-1&at=${day}`, '[data-panel="weaker"] tr[data-key]', 64],
                    spof: [`#/spof?of=svc-booking&at=${day}`, '[data-panel="points"] tr[data-key]', 0],
                };
                for (const [name, [hash, part, drawn]] of Object.entries(views)) {
                    await page.goto(base + hash);
                    await page.locator(part).first().waitFor();
                    if (drawn) await drawnCount(page, drawn);
                    await assertAccessible(page, name);
                    await assertFits(page, name);
                    await picture(page, `${name}-${size}-${theme}`);
                    if (process.env.MAINSTAY_PICTURES && name === "break") {
                        await page.locator('[data-panel="drawing"]').scrollIntoViewIfNeeded();
                        await picture(page, `break-drawing-${size}-${theme}`);
                    }
                }
                await page.goto(`${base}#/break`);
                await page.getByRole("combobox", { name: "Add what fails" }).fill("rack");
                await page.getByRole("option").first().waitFor();
                await assertAccessible(page, "picker");
                await close();
            });
});

test("a reader may break everything: nothing of it is written", limits, () => withServer("airline", async ({ open }) => {
    const { page, close } = await open({ hash: `#/break?fail=down:cnd-river-07&at=${day}`, expected: [/401/] });
    await signIn(page, "ann");
    await page.getByText("takes down 13 services and 10 other elements").waitFor();
    await filled(page);
    await close();
}, addAccounts));

test("on the Debian services snapshot: few, many, and what only several do", { ...limits, ...whereDebian }, (t) => withServer("empty", async ({ server, open }) => {
    const expected = JSON.parse(fs.readFileSync(path.join(debianFolder, "impact.expected.json"), "utf8")).services;
    const { page, base, close } = await open();
    const listed = () => page.locator('[data-panel="others"] tr[data-state="down"] .disclose').allTextContents();
    const downCount = async () => Number(/(\d[\d,]*) elements?/.exec(await page.locator(".sentence").textContent())[1].replaceAll(",", ""));
    const ask = async (names, state = "down") => {
        await page.goto(`${base}#/break`);
        await page.getByText("Nothing is marked as failed yet.").waitFor();
        await page.goto(`${base}#/break?${names.map((name) => `fail=${state}:${name}`).join("&")}`);
        await answered(page);
    };
    for (const { removed, uninstallable, names } of [...expected.single.filter((each) => ["apache2", "ruby"].includes(each.removed[0])), expected.joint.find((each) => each.removed.includes("xinetd"))]) {
        await ask(removed);
        assert.equal(await downCount(), uninstallable, removed.join());
        if (names) assert.deepEqual((await listed()).sort(), names, removed.join());
    }
    // Several that back each other up: each is taken down only by all of them.
    const joint = expected.joint.find((each) => each.removed.includes("bsd-mailx"));
    await ask(joint.removed);
    assert.equal(await downCount(), joint.uninstallable);
    assert.ok((await page.locator('tr[data-state="down"] .together').count()) > 0);
    // Ten thousand: counted whole, listed by pages, drawn in part, and all that is said.
    const began = Date.now();
    await ask(["libc6"]);
    assert.equal(await downCount(), 10_828);
    t.diagnostic(`10,844 affected elements answered and shown after ${Date.now() - began} ms`);
    assert.deepEqual(JSON.parse(server.run("query", "MATCH (p:Package {name: 'libc6'}) IMPACT OF p WHEN down YIELD state RETURN state, count(*) AS n ORDER BY n", "--format", "json")).rows, [["at_risk", 16], ["down", 10_828]]);
    assert.equal(await page.locator('[data-panel="others"] tr[data-key]').count(), 100);
    await page.getByText("30 of 10,844 affected elements are drawn").waitFor();
    await page.getByRole("button", { name: "Show 100 more of 10,844" }).click();
    assert.equal(await page.locator('[data-panel="others"] tr[data-key]').count(), 200);
    await page.getByLabel("Filter by name or key").fill("apache2-");
    await page.getByRole("button", { name: /^apache2-bin/ }).click();
    await page.locator(".chain-row ol li").first().waitFor();
    assert.match(await page.locator(".chain-row ol").textContent(), /^failed by youlibc6/);
    await assertAccessible(page, "debian");
    await assertFits(page, "debian");
    await picture(page, "break-debian-wide-light");
    await page.goto(`${base}#/spof?of=apache2`);
    await page.locator('[data-panel="points"] tr[data-key]').first().waitFor();
    const { rows } = await (await fetch(`${base}v1/spof`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ for: ["apache2"] }) })).json();
    assert.equal(await page.locator('[data-panel="points"] tr[data-key]').count(), rows.length);
    await close();
}, importDebian));
