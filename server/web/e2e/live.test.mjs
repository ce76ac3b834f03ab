// Commits that appear by themselves, a lost connection, what a commit changed, passing a view on, and who may do what.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { addAccounts, assertAccessible, assertFits, picture, signIn, sizes, themes, withServer } from "./browser.mjs";

const limits = { timeout: 420_000 };

const change = (server, statement, reason, author = "ann") => server.run("query", statement, "--reason", reason, "--author", author);

test("a commit appears without reloading, and what it changed is marked", limits, () => withServer("airline", async ({ server, open }) => {
    const { page, base, close } = await open();
    await page.locator('[data-line="open"]').waitFor();
    await page.locator('[data-panel="commits"] li').nth(2).waitFor();
    // Nothing under the reader's hands is thrown away.
    await page.getByRole("button", { name: /^All \d+ classes/ }).click();
    await page.keyboard.press("/");
    await page.keyboard.type("half typ");
    change(server, "CREATE (:Server {id: 'srv-new', name: 'Newcomer', serial: 'N1'})", "racked a server");
    await page.locator('[data-panel="commits"]').getByText("racked a server").waitFor();
    await page.locator(".figures b").first().filter({ hasText: "525" }).waitFor();
    assert.match(await page.locator('[data-panel="commits"] li').first().textContent(), /racked a server.*ann.*\+1/);
    assert.equal(await page.getByRole("combobox").inputValue(), "half typ");
    await page.getByRole("button", { name: "Fewer classes" }).waitFor();

    await page.goto(`${base}#/element?of=hv-e01`);
    await page.locator('[data-panel="behind"] li').first().waitFor();
    change(server, "MATCH (n {id: 'hv-e01'}) SET n.status = 'in_maintenance', n.operational_status = 'down'", "fan broken");
    await page.locator('[data-panel="attributes"]').getByText("in_maintenance").waitFor();
    await page.locator('header.title [data-state="down"]').waitFor();
    await page.locator("header.title").getByRole("link", { name: "Changed by commit 5" }).waitFor();
    await page.locator('[data-panel="element-commits"]').getByText("fan broken").waitFor();
    change(server, "MATCH (n {id: 'hv-e01'}), (v {id: 'vm-dns-1'}) CREATE (v)-[:DEPENDS_ON]->(n)", "another relationship");
    await page.locator('.linked-group[data-type="DEPENDS_ON"][data-direction="in"] li').waitFor();
    change(server, "MATCH (n {id: 'vm-dns-2'}) SET n.name = 'another name'", "renamed");
    await page.locator('.linked-group[data-type="RUNS_ON"] li').filter({ hasText: "another name" }).getByRole("link", { name: "Changed by commit 7" }).waitFor();
    await assertAccessible(page, "changed element");
    // On a page of something else it is no news.
    await page.goto(`${base}#/element?of=svc-booking`);
    await page.locator('[data-panel="behind"] li').first().waitFor();
    assert.equal(await page.locator(".changed-mark").count(), 0);
    await page.goto(`${base}#/`);
    await page.locator('[data-panel="health"] [data-state="down"]').first().waitFor();
    assert.match(await page.locator('[data-panel="health"]').textContent(), /down\s*1.*Hypervisor host E01.*operational_status down/);
    await close();
}));

test("an element that is deleted while it is looked at stays, and that is said", limits, () => withServer("airline", async ({ server, open }) => {
    const { page, close } = await open({ hash: "#/element?of=vm-dns-1", expected: [/404/] });
    await page.locator('[data-panel="behind"] li').first().waitFor();
    await page.locator('[data-line="open"]').waitFor();
    change(server, "MATCH (n {id: 'vm-dns-1'}) DETACH DELETE n", "gone");
    await page.getByText("It is not there any more. What is shown is as it was.").waitFor();
    await page.getByRole("heading", { level: 1, name: "dns 1" }).waitFor();
    assert.match(await page.locator('[data-panel="attributes"]').textContent(), /vm-dns-1/);
    await close();
}));

test("a lost connection is said, mended by itself, and what was missed shows", limits, () => withServer("airline", async ({ server, open }) => {
    const { page, close } = await open({ expected: [/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|net::/] });
    await page.locator('.line-mark[data-line="open"]').waitFor();
    await page.locator('[data-panel="commits"] li').nth(2).waitFor();
    await page.locator('[data-panel="services"] tbody tr').nth(9).waitFor();
    const port = server.httpPort;
    server.process.kill("SIGTERM");
    await server.ended;
    await page.locator('.line-banner[data-line="gone"]').getByText("The connection to the server is lost.").waitFor();
    assert.equal(await page.locator('[data-panel="services"] tbody tr').count(), 10);
    await assertAccessible(page, "lost");
    await picture(page, "lost-wide-light");
    change(server, "MATCH (n {id: 'svc-booking'}) SET n.note = 'x'", "made meanwhile");
    await server.serve(["--http", `127.0.0.1:${port}`]);
    await page.locator('.line-banner[data-line="mended"]').waitFor();
    await page.locator('[data-panel="commits"]').getByText("made meanwhile").waitFor();
    await page.locator('.line-mark[data-line="open"]').waitFor();
    await close();
}));

test("a commit says who, why and what, with values before and after", limits, () => withServer("airline", async ({ server, open }) => {
    change(server, "MATCH (n {id: 'hv-e01'}) SET n.status = 'in_maintenance', n.slot = 7", "fan broken", "bert");
    change(server, "MATCH (a {id: 'vm-dns-1'}), (b {id: 'hv-e01'}) CREATE (a)-[:DEPENDS_ON]->(b) CREATE (:Server {id: 'srv-new', serial: 'N1', name: 'Newcomer'})", "a link");
    change(server, "MATCH (n {id: 'srv-new'}) DELETE n", "not needed");
    const { page, base, close } = await open();
    await page.locator('[data-panel="commits"]').getByRole("link", { name: "Commit 4" }).click();
    await page.getByRole("heading", { level: 1, name: "Commit 4" }).waitFor();
    const changes = page.locator('[data-panel="changes"]');
    await changes.locator("table").waitFor();
    assert.deepEqual(await changes.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)).sort()), [["slot", "nothing", "7"], ["status", "in_service", "in_maintenance"]]);
    assert.match(await page.locator('[data-panel="facts"]').textContent(), /bert.*1 changed/);
    await page.getByRole("link", { name: "Later" }).click();
    await page.getByRole("heading", { level: 1, name: "Commit 5" }).waitFor();
    await changes.getByText("DEPENDS_ON").waitFor();
    assert.match(await changes.textContent(), /created.*Newcomer.*created.*dns 1.*DEPENDS_ON.*Hypervisor host E01/);
    await page.goto(`${base}#/commit?tx=6`);
    await changes.getByText("deleted").waitFor();
    assert.match(await changes.textContent(), /deleted\s*Newcomer/);
    await page.goto(`${base}#/commit?tx=3`);
    await changes.getByText("It was a bulk load").waitFor();
    await page.goto(`${base}#/commit?tx=99`);
    assert.match(await page.getByRole("alert").textContent(), /no commit 99 yet.*newest is 6/);
    for (const size of Object.keys(sizes))
        for (const theme of themes) {
            const other = await open({ size, theme, hash: "#/commit?tx=4" });
            await other.page.locator('[data-panel="changes"] table').waitFor();
            await assertAccessible(other.page, `commit ${size} ${theme}`);
            await assertFits(other.page, `commit ${size} ${theme}`);
            await picture(other.page, `commit-${size}-${theme}`);
            await other.close();
        }
    await close();
}));

test("a view is passed on as a link, by the clipboard or by hand, and on paper", limits, () => withServer("airline", async ({ server, open }) => {
    const { page, base, close } = await open({ hash: "#/find?class=ConfigurationItem&page=2&sort=-name", theme: "dark" });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("heading", { name: /^101 to 200/ }).waitFor();
    const share = page.getByRole("button", { name: "Share this view" });
    await share.click();
    await page.getByText("The link is in the clipboard.").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${base}#/find?class=ConfigurationItem&page=2&sort=-name`);
    await assertAccessible(page, "share");
    await picture(page, "share-wide-dark");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByLabel("Link to this view").isVisible(), false);
    assert.equal(await share.evaluate((button) => button === document.activeElement), true);
    const names = (on) => on.locator('[data-panel="results"] tbody tr td:first-child').allTextContents();
    const before = await names(page), another = await open({ hash: new URL(link).hash });
    await another.page.getByRole("heading", { name: /^101 to 200/ }).waitFor();
    assert.deepEqual(await names(another.page), before);
    await another.close();

    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await page.locator(".bar").isVisible(), false);
    assert.equal(await page.locator('[data-panel="results"] tbody tr').first().isVisible(), true);
    assert.match(await page.locator(".print-foot").textContent(), new RegExp(`Mainstay, \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC, commit 3\\. ${link.replace(/[.?*+^$()[\]{}|\\]/g, "\\$&")}$`));
    assert.equal(await page.locator(".print-foot").isVisible(), true);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    await close();

    // As by plain HTTP from another machine, where browsers have no clipboard.
    const plain = await open({ size: "narrow", hash: "#/element?of=svc-booking" });
    await plain.page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();
    await plain.page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await plain.page.getByRole("button", { name: "Share this view" }).click();
    await plain.page.getByText("Copy it with Ctrl+C.").waitFor();
    assert.equal(await plain.page.getByLabel("Link to this view").inputValue(), `${base}#/element?of=svc-booking`);
    await assertFits(plain.page, "share, narrow");
    await picture(plain.page, "share-narrow-light");
    await plain.close();
}));

test("a reader sees nothing that would be refused, and is asked to sign in when the account ends", limits, () => withServer("airline", async ({ server, open }) => {
    const { page, base, close } = await open({ expected: [/401/] });
    await signIn(page, "ann");
    await page.locator('[data-panel="services"] tbody tr').first().waitFor();
    await page.locator('.line-mark[data-line="open"]').waitFor();
    await page.locator('[data-panel="health"] li').first().waitFor();
    assert.equal(await page.locator('[data-panel="import"]').count(), 0);
    assert.equal(await page.getByText("Load data").count(), 0);
    assert.deepEqual(await page.evaluate(() => [localStorage.length > 0 && JSON.stringify(localStorage).includes("Basic"), Object.keys(sessionStorage)]), [false, ["mainstay.authorization"]]);
    execFileSync(process.env.MAINSTAY, ["user", "disable", server.file, "ann"], { stdio: "pipe" });
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByText("You are signed out").waitFor();
    assert.doesNotMatch(await page.locator("body").textContent(), /Booking/);
    await assertAccessible(page, "signed out");
    await picture(page, "signed-out-wide-light");
    await signIn(page, "root");
    await page.locator("summary").getByText("Load data").waitFor();
    await page.goto(`${base}#/element?of=svc-booking`);
    await page.getByRole("heading", { level: 1, name: "Booking and reservations" }).waitFor();
    await close();
}, addAccounts));

test("an empty database fills under the eyes of who looks at it", limits, () => withServer("empty", async ({ server, open }) => {
    const { page, close } = await open({ size: "narrow" });
    await page.getByRole("heading", { level: 1, name: "This database is empty" }).waitFor();
    await page.locator('.line-mark[data-line="open"]').waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the command" }).first().click();
    await page.getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "mainstay import inventory.mst --map import.json folder/");
    change(server, "CREATE (:BusinessService {id: 'svc-1', name: 'The first'})", "begun");
    await page.getByRole("heading", { level: 1, name: "The estate" }).waitFor();
    await page.locator('[data-panel="services"]').getByText("The first").waitFor();
    await assertFits(page, "filled");
    await close();
}));
