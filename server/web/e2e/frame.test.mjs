// The page's frame, start and search, on the airline, in a browser against `mainstay serve`.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addAccounts, assertAccessible, assertFits, makeToken, picture, serving, signIn, sizes, themes, withServer } from "./browser.mjs";

const limits = { timeout: 180_000 };
const firstPaintMost = 1_000;  // ms

describe("the explorer on the airline", () => {
    const served = serving("airline", limits);
    const { open } = served;

    test("the start page counts what is there, and names what matters most", limits, async () => {
        const { page, close } = await open();
        const [[elements], [relationships]] = ["MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)"]
            .map((statement) => JSON.parse(served.server.run("query", statement, "--format", "json")).rows[0]);
        await page.locator(".figures b").nth(1).waitFor();
        const figures = await page.locator(".figures b").allTextContents();
        assert.deepEqual(figures.map((text) => Number(text.replaceAll(",", ""))), [elements, relationships]);
        assert.match(await page.locator(".figures").textContent(), /6 more relationships on other days/);
        await page.locator('[data-panel="services"] tbody tr').first().waitFor();
        const services = await page.locator('[data-panel="services"] tbody tr').allTextContents();
        assert.equal(services.length, 10);
        assert.ok(services.every((row) => row.endsWith("high")), services.join());
        assert.ok(services.some((row) => row.startsWith("Booking and reservations")));
        const [[most, dependents]] = JSON.parse(served.server.run("query", "MATCH (s:BusinessService {criticality: 'high'}) DEPENDENTS OF s YIELD ci RETURN s.name, count(ci) AS dependents ORDER BY dependents DESC LIMIT 1", "--format", "json")).rows;
        assert.equal(services[0], `${most}BusinessService${dependents}high`);
        assert.deepEqual(await page.locator('[data-panel="commits"] li .what > span:first-child').allTextContents(), ["first load", "first load", "new database"]);
        assert.match(await page.locator('[data-panel="classes"] li').first().textContent(), /^VirtualServer\D*73$/);
        await close();
    });

    test("something is seen within a second", limits, async (t) => {
        const { page, close } = await open();
        await page.locator('[data-panel="services"] tbody tr').first().waitFor();
        const paints = [];
        for (let i = 0; i < 5; ++i) {
            await page.reload();
            await page.locator('[data-panel="services"] tbody tr').first().waitFor();
            paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
        }
        const median = paints.sort((a, b) => a - b)[2];
        t.diagnostic(`first contentful paint: ${median.toFixed(0)} ms (median of 5), at most ${firstPaintMost}`);
        assert.ok(median < firstPaintMost, `${median} ms`);
        await close();
    });

    test("an element is found and opened by the keyboard alone, and remembered", limits, async () => {
        const { page, close } = await open();
        await page.locator(".figures").waitFor();
        await page.keyboard.press("/");
        await page.keyboard.type("BOOKING AP");
        await page.locator(".search:not([data-waiting])").getByRole("option", { name: /Booking API/ }).waitFor();  // of all that was typed
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "Booking API" }).waitFor();
        assert.match(page.url(), /#\/element\?of=app-book-api$/);
        assert.match(await page.title(), /^app-book-api/);
        await page.keyboard.press("/");
        assert.deepEqual(await page.getByRole("option").allTextContents(), ["Booking APIapp-book-apiRecentApplication"]);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Pin" }).click();
        await page.reload();
        await page.getByRole("button", { name: "Unpin" }).waitFor();
        await page.goBack();
        await page.locator(".figures").waitFor();
        await close();
    });

    test("all results, and the elements of a class, have addresses", limits, async () => {
        const { page, base, close } = await open();
        await page.locator(".figures").waitFor();
        await page.keyboard.press("/");
        await page.keyboard.type("book");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "Results for “book”" }).waitFor();
        await page.locator('[data-panel="results"] tbody tr').first().waitFor();
        const rows = await page.locator('[data-panel="results"] tbody tr').count();
        const wanted = await (await fetch(`${base}v1/search?q=book&limit=201`)).json();
        assert.equal(rows, wanted.rows.length);
        await page.goto(`${base}#/find?class=PDU`);
        await page.getByRole("heading", { level: 1, name: "Class PDU" }).waitFor();
        await page.locator('tr[data-class="PDU"]').first().waitFor();
        assert.equal(await page.locator('tr[data-class="PDU"]').count(), 18);
        await close();
    });

    test("an element shows its attributes and who is related to it", limits, async () => {
        const { page, close } = await open({ hash: "#/element?of=svc-booking" });
        await page.locator('[data-panel="neighbours"] .linked li').nth(5).waitFor();
        assert.match(await page.locator('[data-panel="attributes"]').textContent(), /criticalityhigh/);
        assert.equal(await page.locator('[data-panel="neighbours"] .linked li').count(), 6);
        await page.locator('[data-panel="neighbours"]').getByRole("link", { name: "Commerce" }).click();
        await page.getByRole("heading", { level: 1, name: "Commerce" }).waitFor();
        await close();
    });

    test("what cannot be shown is said", limits, async () => {
        const { page, base, close } = await open({ hash: "#/element?of=nobody", expected: [/404/] });
        assert.match(await page.getByRole("alert").textContent(), /Not found.*nobody/);
        await page.goto(`${base}#/teleport?fail=broken:x`);
        assert.match(await page.getByRole("alert").textContent(), /not known: fail=broken:x, teleport/);
        await page.keyboard.press("/");
        await page.keyboard.type("zzzz");
        await page.getByText("Nothing has “zzzz” in its name or key.").waitFor();
        await close();
    });

    test("the theme can be chosen, and stays", limits, async () => {
        const { page, close } = await open({ theme: "light" });
        const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const light = await ground();
        for (let i = 0; i < 2; ++i) await page.getByRole("button", { name: /^Theme/ }).click();
        const dark = await ground();
        assert.notEqual(dark, light);
        await page.reload();
        await page.locator(".figures").waitFor();
        assert.equal(await ground(), dark);
        await close();
    });

    for (const size of Object.keys(sizes))
        for (const theme of themes)
            test(`every view is accessible and fits: ${size}, ${theme}`, limits, async () => {
                const { page, base, close } = await open({ size, theme });
                const views = { start: ["#/", '[data-panel="services"] tbody tr'], find: ["#/find?q=book", '[data-panel="results"] tbody tr'], element: ["#/element?of=svc-booking", '[data-panel="neighbours"] .linked li'] };
                for (const [name, [hash, part]] of Object.entries(views)) {
                    await page.goto(base + hash);
                    await page.locator(part).first().waitFor();
                    await assertAccessible(page, name);
                    await assertFits(page, name);
                    await picture(page, `${name}-${size}-${theme}`);
                }
                await page.keyboard.press("/");
                await page.keyboard.type("book");
                await page.locator(".search:not([data-waiting])").getByRole("option").first().waitFor();
                await page.keyboard.press("ArrowDown");
                await assertAccessible(page, "search");
                await picture(page, `search-${size}-${theme}`);
                await close();
            });
});

test("an empty database says how to fill it", limits, () => withServer("empty", async ({ open }) => {
    const { page, close } = await open();
    await page.getByRole("heading", { level: 1, name: "This database is empty" }).waitFor();
    assert.match(await page.locator('[data-panel="import"]').textContent(), /mainstay import/);
    await assertAccessible(page, "empty");
    await picture(page, "empty");
    await close();
}));

test("where accounts are on, the page asks who is there, and shows no data before", limits, () => {
    let token;
    return withServer("airline", async ({ open }) => {
        const { page, close } = await open({ hash: "#/element?of=svc-booking", expected: [/401/] });
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
        assert.doesNotMatch(await page.locator("body").textContent(), /Booking/);
        await assertAccessible(page, "sign in");
        await picture(page, "sign-in");
        await page.getByLabel("Name").fill("ann");
        await page.getByLabel("Password").fill("wrong");
        await page.keyboard.press("Enter");
        await page.getByText("Name or password is wrong.").waitFor();
        await signIn(page, "ann");
        await page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();
        assert.match(await page.locator(".who").textContent(), /ann, reader/);
        await page.reload();
        await page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
        await page.getByRole("button", { name: "Use a token" }).click();
        await page.getByLabel("Token").fill(token);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();
        await close();
    }, (folder, file) => {
        addAccounts(folder, file);
        token = makeToken(file, "ann");
        return [];
    });
});

test("a server that has gone is said, and asked again", limits, () => withServer("airline", async ({ server, open }) => {
    const { page, close } = await open({ expected: [/net::ERR_/] });
    await page.locator(".figures").waitFor();
    const port = server.httpPort;
    server.process.kill("SIGTERM");
    await server.ended;
    await page.evaluate(() => { location.hash = "#/element?of=svc-booking"; });
    await page.getByRole("alert").first().waitFor();
    assert.match(await page.getByRole("alert").first().textContent(), /does not answer/);
    await server.serve(["--http", `127.0.0.1:${port}`]);
    await page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();  // nobody has to ask
    await close();
}));
