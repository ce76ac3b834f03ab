// Ask: the editor, results as they come, in all forms, exports, and who may write. On the airline, and on Debian's services.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { addAccounts, assertAccessible, assertFits, debianFolder, importDebian, picture, serving, signIn, sizes, themes, whereDebian, withServer } from "./browser.mjs";

const limits = { timeout: 400_000 };  // a busy machine looks at nine forms in minutes

const at = "FOR VALID_TIME AS OF date('2026-09-01')\n";
const impact = `${at}MATCH (x:Site {id: 'site-dc-east'})\nIMPACT OF x WHEN down YIELD ci, state, hops, cause\nRETURN ci, state, hops, cause ORDER BY hops, ci.name`;
const endless = "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j WITH i WHERE i < 0 RETURN i";
const hashOf = (statement, more = "") => `#/ask?s=${encodeURIComponent(statement)}${more}`;

const editorOf = (page) => page.locator(".cm-content");
const result = (page) => page.locator('[data-panel="result"][data-running="false"]');
const rowsOf = (page) => page.locator(".result-table tbody tr:not(.room)");
const statusOf = (page) => result(page).locator(".status");
// The editor closes brackets by itself, as a person who types on finds.
async function typeIn(page, statement) {
    await editorOf(page).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type(statement);
}
async function put(page, statement) {
    await editorOf(page).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(statement);
    await page.keyboard.press("Escape");
}
// Takes what is offered; the editor passes over a key that comes at once, as nobody can have meant it.
async function take(page, word) {
    for (let tries = 0; tries < 20 && !(await editorOf(page).innerText()).includes(word); ++tries) await page.keyboard.press("Tab");
}
async function runIn(page, statement) {
    await put(page, statement);
    await page.keyboard.press("Control+Enter");
    await result(page).waitFor();
}
async function saved(page, name) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".exports").getByRole("button", { name, exact: true }).click()]);
    return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
}

describe("Ask on the airline", () => {
    const served = serving("airline", limits);
    const open = (options) => served.open({ hash: "#/ask", ...options });
    const asked = (statement, ...more) => JSON.parse(served.server.run("query", statement, "--format", "json", ...more));

    test("a statement is written with completion and run by the keyboard alone", limits, async () => {
        const { page, close } = await open();
        const choices = page.locator(".cm-tooltip-autocomplete li");
        await typeIn(page, "MATCH (s:BusinessSer");
        await choices.filter({ hasText: /^BusinessService/ }).waitFor();
        await take(page, "BusinessService");
        await page.keyboard.type(" {");
        await choices.filter({ hasText: /^criticality/ }).waitFor();  // of the class, or one above it
        await page.keyboard.type("lifecycle_stage: '");
        await choices.filter({ hasText: /^operate/ }).waitFor();  // the model lists its values
        await typeIn(page, "MATCH (s:BusinessService {criticality: 'high'}) RETURN s.");
        await choices.filter({ hasText: /^name/ }).waitFor();
        await page.keyboard.type("name AS n, toUp");
        await choices.filter({ hasText: /^toUpper/ }).waitFor();
        await take(page, "toUpper");
        await page.keyboard.type("(s.id) ORDER BY n");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+Enter");
        await result(page).waitFor();
        const statement = (await editorOf(page).innerText()).trim();
        assert.equal(statement, "MATCH (s:BusinessService {criticality: 'high'}) RETURN s.name AS n, toUpper(s.id) ORDER BY n");
        const wanted = asked(statement).rows;
        assert.ok(wanted.length > 3);
        assert.deepEqual(await rowsOf(page).evaluateAll((rows) => rows.map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))), wanted);
        assert.match(await statusOf(page).textContent(), new RegExp(`^${wanted.length} rows\\d+ msread$`));
        await close();
    });

    test("keywords, texts and parameters are inked", limits, async () => {
        const { page, close } = await open();
        await put(page, "MATCH (s:Server) WHERE s.name = $name OR s.id = 'x' // why\nRETURN count(s)");
        const inked = (ink) => page.locator(`.ink-${ink}`).allTextContents();
        assert.deepEqual(await inked("keyword"), ["MATCH", "WHERE", "OR", "RETURN"]);
        assert.deepEqual([await inked("label"), await inked("parameter"), await inked("text"), await inked("comment"), await inked("function")], [["Server"], ["$name"], ["'x'"], ["// why"], ["count"]]);
        await close();
    });

    test("an error is underlined where it is, and what was meant is put in by one click", limits, async () => {
        const { page, close } = await open({ expected: [/400/] });
        await put(page, "MATCH (a)\nMATCH (s:Servr)\nRETURN s");
        await page.keyboard.press("Control+Enter");
        await page.getByRole("alert").waitFor();
        assert.match(await page.getByRole("alert").textContent(), /`Servr` is not a class.*line 2, column 10.*did you mean `Server`/s);
        assert.deepEqual(await page.locator(".cm-lintRange-error").allTextContents(), ["Servr"]);
        await page.getByRole("button", { name: "Use Server" }).click();
        assert.equal((await editorOf(page).innerText()).trim(), "MATCH (a)\nMATCH (s:Server)\nRETURN s");
        assert.equal(await page.locator(".cm-lintRange-error").count(), 0);
        // EXPLAIN stands in front of it, and moves nothing.
        await put(page, "RETURN 1 AS one,\n  sv");
        await page.getByRole("button", { name: "Explain" }).first().click();
        await page.getByRole("alert").getByText("line 2, column 3").waitFor();
        assert.deepEqual(await page.locator(".cm-lintRange-error").allTextContents(), ["sv"]);
        await close();
    });

    test("parameters have a type and a value, and what is none is said before anything is asked", limits, async () => {
        const { page, close } = await open();
        await put(page, "RETURN $name AS name, $n + 1 AS n, size($list) AS size, $flag AS flag, $nothing AS nothing");
        const of = (name) => [page.getByLabel(`Type of $${name}`, { exact: true }), page.getByLabel(`Value of $${name}`, { exact: true })];
        const give = async (name, type, value) => {
            await of(name)[0].selectOption(type);
            if (value !== undefined) await of(name)[1].fill(value);
        };
        await give("name", "text", "it's");
        await give("n", "number", "one");
        await give("list", "json", '["a", "b"]');
        await give("flag", "boolean");
        await give("nothing", "null");
        await page.getByRole("button", { name: "Run", exact: false }).click();
        await page.getByRole("alert").getByText("$n cannot be read").waitFor();
        assert.equal(await page.locator('[data-panel="result"]').count(), 0);
        await give("n", "number", "41");
        await page.keyboard.press("Enter");
        await result(page).waitFor();
        assert.deepEqual(await rowsOf(page).first().locator("td:not(.row-number)").allTextContents(), ["it's", "42", "2", "true", "null"]);
        await close();
    });

    test("of a long result the first rows are there at once and drawn as they are looked at", limits, async () => {
        const { page, close } = await open();
        await runIn(page, "UNWIND range(1, 1000000) AS i RETURN i, 'row ' + toString(i) AS name");
        assert.match(await statusOf(page).textContent(), /^The first 10,000 rows of more/);
        assert.ok(await rowsOf(page).count() < 80);
        await page.locator(".result-table").focus();
        await page.keyboard.press("End");
        await page.getByRole("button", { name: "Row 10,000, all of it" }).waitFor();
        assert.equal(await rowsOf(page).last().locator("td").nth(2).textContent(), "row 10000");
        assert.ok(await rowsOf(page).count() < 80);
        // A column is made wider by the keyboard.
        const width = () => page.locator(".result-table th").nth(2).evaluate((cell) => cell.getBoundingClientRect().width);
        const before = await width();
        await page.getByRole("separator", { name: "Width of name" }).focus();
        await page.keyboard.press("ArrowRight");
        assert.equal(Math.round(await width() - before), 24);
        await close();
    });

    test("a statement that runs is stopped by a button, and rows come while it runs", limits, async () => {
        const { page, close } = await open();
        await put(page, endless);
        await page.keyboard.press("Control+Enter");
        await page.getByRole("button", { name: "Stop" }).click();
        await statusOf(page).getByText("Stopped after 0 rows.").waitFor();
        await page.getByRole("button", { name: "Run", exact: false }).waitFor();
        // Rows, and then one that takes long.
        await put(page, `UNWIND range(1, 9000) AS i RETURN i, '${"some text to fill the first parts of what is sent".repeat(3)}' AS text UNION ALL ${endless}, '' AS text`);
        await page.keyboard.press("Control+Enter");
        await page.locator('[data-panel="result"][data-running="true"] tbody tr').first().waitFor();
        await page.getByRole("button", { name: "Stop" }).click();
        await statusOf(page).getByText(/Stopped after [1-9][\d,]* rows/).waitFor();
        await close();
    });

    test("elements, relationships and paths of a row lead to their pages", limits, async () => {
        const { page, close } = await open({ hash: hashOf("MATCH path = (s:BusinessService {id: 'svc-booking'})-[r]->(n) RETURN s, r, path, [n, 1], {a: null, b: [true]} AS map ORDER BY n.id LIMIT 1") });
        await result(page).waitFor();
        const cells = rowsOf(page).first().locator("td:not(.row-number)");
        assert.equal(await cells.nth(0).textContent(), "Booking and reservations BusinessService");
        assert.match(await cells.nth(2).textContent(), /^Booking and reservations.*to[A-Z_]+/);
        assert.equal(await cells.nth(4).textContent(), "a: null, b: [true]");
        await page.getByRole("button", { name: "Row 1, all of it" }).click();
        const details = page.getByRole("region", { name: "Row 1" });
        assert.match(await details.textContent(), /criticalityhigh/);
        await page.keyboard.press("Escape");
        await details.waitFor({ state: "detached" });
        assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Row 1,/);
        await cells.nth(0).getByRole("link").click();
        await page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();
        await page.goBack();
        await result(page).waitFor();
        await close();
    });

    test("a result with elements is a graph, with the states of its rows, and pictures of it", limits, async () => {
        const { page, close } = await open({ hash: hashOf(impact, "&show=graph") });
        const canvas = page.locator('.graph-canvas[data-placed]:not([data-placed="0"])');
        await canvas.waitFor();
        const { rows } = asked(impact);
        const elements = new Set(rows.flatMap(([ci, , , cause]) => [ci, ...(cause?.nodes ?? [])].map((each) => each.id)));
        assert.equal(await canvas.getAttribute("data-elements"), String(elements.size));
        assert.match(await page.locator(".legend").textContent(), /down/);
        await page.locator(".graph-frame").focus();
        await page.keyboard.press("ArrowDown");
        await page.getByRole("link", { name: /^Open / }).waitFor();
        const png = await saved(page, "PNG"), svg = await saved(page, "SVG");
        assert.equal(png.name, "mainstay-result.png");
        assert.deepEqual([...png.bytes.subarray(1, 4)], [...Buffer.from("PNG")]);
        assert.match(svg.bytes.toString(), /^<svg[^>]*xmlns[\s\S]*Data centre East[\s\S]*<\/svg>\s*$/);
        await page.getByRole("tab", { name: "Table" }).click();
        await rowsOf(page).first().waitFor();
        assert.ok(await page.locator(".exports").getByRole("button", { name: "PNG" }).isDisabled());
        await close();
    });

    test("elements alone are joined by the relationships between them", limits, async () => {
        const statement = "MATCH (n) WHERE n.id IN ['svc-booking', 'app-book-api', 'app-book-web'] RETURN n";
        const { page, close } = await open({ hash: hashOf(statement, "&show=graph") });
        const between = asked("MATCH (a)-[r]->(b) WHERE a.id IN ['svc-booking', 'app-book-api', 'app-book-web'] AND b.id IN ['svc-booking', 'app-book-api', 'app-book-web'] RETURN count(r)").rows[0][0];
        const elements = asked(statement).rows.length;
        assert.ok(between > 0);
        await page.getByText(`${elements} elements, ${between} relationship`).waitFor();
        await page.getByLabel("Relationships between them").uncheck();
        await page.getByText(`${elements} elements, 0 relationships`).waitFor();
        await close();
    });

    test("exports are what the server gives, of the whole result", limits, async () => {
        const statement = "MATCH (s:Server) RETURN s.name AS name, s, $n AS n ORDER BY name";
        const { page, base, close } = await open({ hash: hashOf(statement, "&p=%7B%22n%22%3A7%7D") });
        await result(page).waitFor();
        for (const [button, format] of [["CSV", "csv"], ["JSON", "json"], ["GraphML", "graphml"]]) {
            const answer = await fetch(`${base}v1/query?format=${format}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ statement, parameters: { n: 7 } }) });
            const { name, bytes } = await saved(page, button);
            assert.equal(name, `mainstay-result.${format}`);
            assert.equal(bytes.toString(), await answer.text());
        }
        await close();
    });

    test("a plan is a tree with what was expected, and behind Profile with what it was", limits, async () => {
        const { page, close } = await open({ hash: hashOf("MATCH (s:Server)-[r]->(n) RETURN s.name, count(n) AS n ORDER BY n DESC LIMIT 5") });
        await rowsOf(page).first().waitFor();
        await page.getByRole("tab", { name: "Plan" }).click();
        await page.getByText("The result has no plan.").waitFor();
        await page.getByRole("tabpanel", { name: "Plan" }).getByRole("button", { name: "Explain" }).click();
        await page.locator(".plan tbody tr").first().waitFor();
        assert.deepEqual(await page.locator(".plan th").allTextContents(), ["Step", "Details", "Expected rows"]);
        const steps = await page.locator(".plan tbody tr").count();
        assert.ok(steps >= 4, `${steps} steps`);
        await page.getByRole("button", { name: "Profile" }).first().click();
        await page.locator(".plan td.time").first().waitFor();
        assert.equal(await page.locator(".plan tbody tr").first().locator("td").nth(3).textContent(), "5");
        await page.getByRole("tab", { name: "JSON" }).click();
        assert.equal(JSON.parse(await page.locator(".result-json pre").textContent()).length, 5);
        await close();
    });

    test("a statement that writes asks first, tells what it has changed, and the log knows why", limits, async () => {
        const { page, close } = await open({ expected: [/403/] });
        const count = () => asked("MATCH (n:Server {id: 'ask-test'}) RETURN count(n)").rows[0][0];
        const statement = "CREATE (n:Server {id: 'ask-test', name: 'Made by Ask'}) RETURN n.name AS name";
        await put(page, statement);
        await page.keyboard.press("Control+Enter");
        await page.getByRole("heading", { name: "This statement writes" }).waitFor();
        await assertAccessible(page, "confirmation");
        await page.getByRole("button", { name: "Do not run" }).click();
        assert.equal(await page.getByRole("heading", { name: "This statement writes" }).count(), 0);
        await page.keyboard.press("Control+Enter");
        await page.getByLabel("Reason").fill("to see whether it works");
        await page.getByRole("textbox", { name: /^Change/ }).fill("CHG-7");
        await page.keyboard.press("Enter");
        await result(page).waitFor();
        assert.match(await statusOf(page).textContent(), /1 row.*commit \d+.*Written: 1 element created, 2 attributes set/);
        assert.equal(count(), 1);
        const { columns, rows } = await (await fetch(`http://127.0.0.1:${served.server.httpPort}/v1/log?limit=1`)).json();
        assert.deepEqual(["reason", "change"].map((name) => rows[0][columns.indexOf(name)]), ["to see whether it works", "CHG-7"]);
        assert.ok(await page.locator(".exports").getByRole("button", { name: "CSV" }).isDisabled());
        // A link to it writes nothing.
        await page.reload();
        await page.getByRole("heading", { name: "This statement writes" }).waitFor();
        assert.equal(count(), 1);
        await close();
    });

    test("an address shows the statement, its parameters and the form again", limits, async () => {
        const { page, close } = await open();
        await put(page, "MATCH (n:Server) WHERE n.id STARTS WITH $start RETURN n.id AS id ORDER BY id LIMIT 3");
        await page.getByLabel("Value of $start").fill("srv");
        await page.getByRole("button", { name: "Run", exact: false }).click();
        await result(page).waitFor();
        await page.getByRole("tab", { name: "JSON" }).click();
        const shown = await page.locator(".result-json pre").textContent(), address = page.url();
        await runIn(page, "RETURN 1 AS one");
        await page.goBack();
        await page.getByText(/STARTS WITH/).first().waitFor();
        assert.equal(await page.getByLabel("Value of $start").inputValue(), "srv");
        await close();
        const second = await open({ hash: new URL(address).hash });
        await second.page.locator(".result-json pre").waitFor();
        assert.equal(await second.page.locator(".result-json pre").textContent(), shown);
        await second.close();
    });

    test("what was asked is kept, found and pinned; examples fit the database", limits, async () => {
        const { page, close } = await open();
        await runIn(page, "MATCH (n:Rack) RETURN count(n)");
        await runIn(page, "MATCH (n:Switch) RETURN count(n)");
        await page.reload();
        await page.getByRole("tab", { name: "History" }).click();
        const entries = page.locator(".questions li");
        assert.equal(await entries.count(), 2);
        await entries.nth(1).getByRole("button", { name: "Pin" }).click();
        assert.match(await entries.first().textContent(), /Rack.*Pinned/);
        await page.getByLabel("Search the history").fill("switch count");
        assert.equal(await entries.count(), 1);
        await page.getByLabel("Search the history").fill("");
        await page.getByRole("button", { name: /Forget all/ }).click();
        assert.equal(await entries.count(), 1);
        await page.getByRole("tab", { name: "Examples" }).click();
        const titles = await page.locator(".questions .choose").allTextContents();
        assert.ok(titles.length >= 8, titles.join("\n"));
        for (const title of titles) {
            await page.locator(".questions .choose", { hasText: title }).first().click();
            await result(page).waitFor();
            assert.equal(await page.getByRole("alert").count(), 0, title);
            if (!title.includes("are related to nothing")) assert.doesNotMatch(await statusOf(page).textContent(), /^0 rows/, title);
        }
        await close();
    });

    test("what a statement should be careful about is shown", limits, async () => {
        const { page, close } = await open({ hash: hashOf("MATCH (n:Server) RETURN n.foo LIMIT 1") });
        await page.getByText("no class has the attribute `foo`").waitFor();
        await close();
    });

    test("keys that mean something elsewhere are typed in the editor", limits, async () => {
        const { page, close } = await open();
        await editorOf(page).waitFor();
        await page.waitForFunction(() => document.activeElement.classList.contains("editor"));  // it is ready to be typed in
        await page.keyboard.type("RETURN 4 / 2 AS half // of it");
        assert.equal((await editorOf(page).innerText()).trim(), "RETURN 4 / 2 AS half // of it");
        await page.keyboard.press("Enter");
        await page.keyboard.type("// and no more");
        await page.keyboard.press("Control+Enter");
        await result(page).waitFor();
        assert.equal(await rowsOf(page).first().locator("td").nth(1).textContent(), "2");
        await close();
    });

    test("Tab leaves the editor when there is nothing to complete", limits, async () => {
        const { page, close } = await open();
        await put(page, "RETURN 1");
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.textContent.startsWith("Run")), true);
        await close();
    });

    for (const size of Object.keys(sizes))
        for (const theme of themes)
            test(`every form is accessible and fits: ${size}, ${theme}`, limits, async () => {
                const { page, close } = await open({ size, theme, expected: [/400/] });
                // axe takes its time: the rest of the forms is looked at once for each size and each theme.
                const isWhole = (size === "wide") === (theme === "light");
                const look = async (name) => {
                    if (isWhole || ["empty", "table", "graph", "plan"].includes(name)) await assertAccessible(page, name);
                    await assertFits(page, name);
                    await picture(page, `ask-${name}-${size}-${theme}`);
                };
                await editorOf(page).waitFor();
                await page.locator(".questions .choose").nth(4).waitFor();
                await look("empty");
                await put(page, impact);
                await page.keyboard.press("Control+Enter");
                await rowsOf(page).nth(3).waitFor();
                await look("table");
                await page.getByRole("button", { name: "Row 2, all of it" }).click();
                await look("row");
                await page.getByRole("tab", { name: "Graph" }).click();
                await page.locator('.graph-canvas[data-placed]:not([data-placed="0"])').waitFor();
                await look("graph");
                await page.getByRole("tab", { name: "JSON" }).click();
                await look("json");
                await page.getByRole("button", { name: "Profile" }).click();
                await page.locator(".plan td.time").first().waitFor();
                await look("plan");
                await page.getByRole("tab", { name: "History" }).click();
                await look("history");
                await put(page, "MATCH (s:Servr) WHERE s.name = $name RETURN s");
                await page.keyboard.press("Control+Enter");
                await page.getByRole("alert").waitFor();
                await look("mistake");
                await typeIn(page, "MATCH (s:");
                await page.locator(".cm-tooltip-autocomplete li").first().waitFor();
                await look("completion");
                await close();
            });
});

test("a reader sees no way to write, and is told why", limits, () => withServer("airline", async ({ open }) => {
    const { page, close } = await open({ hash: "#/ask", expected: [/401/, /403/] });
    await signIn(page, "ann");
    await runIn(page, "RETURN 1 AS one");
    await put(page, "CREATE (:Server {id: 'x'})");
    await page.keyboard.press("Control+Enter");
    assert.match(await page.getByRole("alert").textContent(), /Not allowed.*ann, reader may only read/s);
    assert.equal(await page.getByRole("button", { name: "Run and write" }).count(), 0);
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, "root");
    await page.getByText("with write access as root, admin").waitFor();
    await close();
}, addAccounts));

test("a server that goes while a statement runs is said, and what came stays", limits, () => withServer("empty", async ({ server, open }) => {
    const { page, close } = await open({ hash: "#/ask", expected: [/ERR_/] });
    await put(page, endless);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    server.process.kill("SIGKILL");
    await server.ended;
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    await close();
    await server.serve([]);
}));

test("Ask on Debian's services", { ...limits, ...whereDebian }, () => withServer("empty", async ({ open }) => {
    const { page, close } = await open({ hash: hashOf("MATCH (p:Package) RETURN p ORDER BY p.name") });
    await result(page).waitFor();
    assert.match(await statusOf(page).textContent(), /^The first 10,000 rows of more/);
    const [{ removed: [name], uninstallable }] = JSON.parse(fs.readFileSync(path.join(debianFolder, "impact.expected.json"), "utf8")).services.single;
    await runIn(page, `MATCH (p:Package {name: '${name}'}) IMPACT OF p WHEN down YIELD ci, state WHERE state = 'down' RETURN count(ci) AS n`);
    assert.equal(await rowsOf(page).first().locator("td").nth(1).textContent(), String(uninstallable));
    const titles = page.locator(".questions .choose");
    await titles.nth(6).waitFor();
    for (const title of await titles.allTextContents()) {
        await titles.filter({ hasText: title }).first().click();
        await result(page).waitFor();
        assert.equal(await page.getByRole("alert").count(), 0, title);
    }
    await runIn(page, "MATCH (p:Package {name: 'nginx'}) DEPENDENCIES OF p YIELD ci, hops RETURN ci, hops ORDER BY hops");
    await page.getByRole("tab", { name: "Graph" }).click();
    await page.locator('.graph-canvas[data-placed]:not([data-placed="0"])').waitFor();
    await picture(page, "ask-debian-wide-light");
    await close();
}, importDebian));
