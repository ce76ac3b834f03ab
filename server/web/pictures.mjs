// MAINSTAY=BINARY MAINSTAY_WEB=PACKAGES node pictures.mjs OUT [NAME…]: the pictures of the README, out of the airline in Debian's
// Chromium. run.sh calls it. The day is fixed, so that the same source makes the same pictures.

import fs from "node:fs";
import path from "node:path";
import { Server, openBrowser, openPage } from "./e2e/browser.mjs";

const day = "2026-09-01";
const impact = `FOR VALID_TIME AS OF date('${day}')\nMATCH (cut:Conduit {id: 'cnd-river-07'})\nIMPACT OF cut WHEN down YIELD ci, state, hops, cause\nRETURN ci, state, hops, cause\nORDER BY state DESC, hops, ci.name`;
const drawn = '.graph-canvas[data-placed]:not([data-placed="0"])';

// What is opened, and what must be there before the picture is taken.
const pictures = {
    start: { hash: "#/", parts: ['[data-panel="services"] tbody tr', '[data-panel="commits"] li'] },
    see: { hash: `#/see?of=svc-booking&at=${day}`, parts: [drawn] },
    break: { hash: `#/break?fail=down:cnd-river-07&at=${day}`, parts: [drawn, '[data-panel="services"] tr[data-key]'] },
    ask: { hash: `#/ask?s=${encodeURIComponent(impact)}`, parts: [".cm-content", '[data-panel="result"][data-running="false"] tbody tr'] },
};

const [out, ...wanted] = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(pictures, name));
if (!out || unknown.length > 0) throw new Error(`give a folder, and which of ${Object.keys(pictures).join(", ")}; ${unknown.join(", ")}`);
fs.mkdirSync(out, { recursive: true });
const [browser, server] = await Promise.all([openBrowser(), Server.start("airline")]);
try {
    for (const name of wanted.length > 0 ? wanted : Object.keys(pictures)) {
        const { page, close } = await openPage(browser, server, { hash: pictures[name].hash });
        await page.emulateMedia({ reducedMotion: "reduce" });
        const problem = page.getByRole("alert").first();
        for (const part of pictures[name].parts) {
            await page.locator(part).first().or(problem).first().waitFor();
            if (await problem.count() > 0) throw new Error(`${name}: the page says: ${await problem.textContent()}`);
        }
        await page.evaluate(() => document.activeElement?.blur?.());  // no cursor that blinks
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        const file = path.join(out, `${name}.png`);
        await page.screenshot({ path: file });
        console.log(`${file}: ${fs.statSync(file).size} bytes`);
        await close();
    }
} finally {
    await browser.close();
    await server.stop();
}
