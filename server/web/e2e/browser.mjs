// A browser that looks at a served explorer, and keeps watch: a request to anywhere else, an error in the console or an exception
// in the page fails the test that it happened in.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const packages = createRequire(path.join(process.env.MAINSTAY_WEB, "package.json"));
const { chromium } = packages("playwright-core");
const axe = fs.readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

export const { Server, addAccount, makeToken } = require("../../../tests/drivers/server.js");

// Sample data that may not be there: those tests are then skipped, and say why.
const shared = process.env.MAINSTAY_SHARED ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
export const debianFolder = path.join(shared, "data", "debian");
const packageIndex = path.join(debianFolder, "bookworm-services.packages.gz");
export const whereDebian = { skip: fs.existsSync(packageIndex) ? false : `${packageIndex} is not there` };
export function importDebian(_, file) {
    execFileSync(process.env.MAINSTAY, ["import", file, packageIndex, "--format", "debian", "--author", "test"], { stdio: "pipe" });
    return [];
}
export const debianIndex = () => fs.readFileSync(packageIndex);

export const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };
export const themes = ["light", "dark"];

export const openBrowser = () => chromium.launch({
    executablePath: process.env.MAINSTAY_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// A page of its own, with its own storage. expected: what the console may say.
export async function openPage(browser, server, { size = "wide", theme = "light", hash = "", expected = [] } = {}) {
    const base = `http://127.0.0.1:${server.httpPort}/`;
    const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme, bypassCSP: false });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);  // generous, for machines that do other things besides
    const complaints = [];
    page.on("request", (request) => { if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) complaints.push(`asked ${request.url()}`); });
    page.on("console", (message) => { if (message.type() === "error" && !expected.some((each) => each.test(message.text()))) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(error.stack));
    await page.goto(base + hash);
    return {
        page, base,
        async close() {
            await context.close();
            assert.deepEqual(complaints, []);
        },
    };
}

// No violation of axe-core's rules for WCAG 2.2 AA and its best practices.
export async function assertAccessible(page, what) {
    // Under the server's policy no script may be put into the page; this is evaluated past it.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const said = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
    assert.deepEqual(said, [], what);
}

// For who looks at pictures: MAINSTAY_PICTURES is the folder for them.
export async function picture(page, name) {
    if (process.env.MAINSTAY_PICTURES) await page.screenshot({ path: path.join(process.env.MAINSTAY_PICTURES, `${name}.png`) });
}

// Nothing stands out of the window to the side.
export async function assertFits(page, what) {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, what);
}

// A browser and a server for the tests of a block, gone after the last. prepare: see Server.start.
export function serving(database, limits, prepare) {
    const at = { open: (options) => openPage(at.browser, at.server, options) };
    before(async () => { [at.browser, at.server] = await Promise.all([openBrowser(), Server.start(database, [], prepare)]); }, limits);
    after(async () => {
        await at.browser?.close();
        assert.equal(await at.server?.stop(), 0);
    }, limits);
    return at;
}

// The same for one test.
export async function withServer(database, work, prepare) {
    const [browser, server] = await Promise.all([openBrowser(), Server.start(database, [], prepare)]);
    try {
        await work({ server, open: (options) => openPage(browser, server, options) });
    } finally {
        await browser.close();
        assert.equal(await server.stop(), 0);
    }
}

// Two accounts: root, an admin, and ann, a reader.
const passwords = { root: "correct horse battery", ann: "a quiet afternoon" };
export function addAccounts(_, file) {
    addAccount(file, "root", "admin", passwords.root);
    addAccount(file, "ann", "reader", passwords.ann);
    return [];
}
export async function signIn(page, name) {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(passwords[name]);
    await page.keyboard.press("Enter");
}
