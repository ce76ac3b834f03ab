"use strict";
// A graph viewer that knows nothing of Mainstay: neovis.js in a browser, over WebSocket, draws what a failure breaks. The
// page says what it has drawn by a request of its own.

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { after, before, describe, test } = require("node:test");
const { Server } = require("./server.js");

const script = require.resolve("neovis.js");
const statement = `FOR VALID_TIME AS OF date('2026-09-01')
    MATCH (c:Conduit {id: 'cnd-river-07'}) IMPACT OF c WHEN down YIELD ci, state, cause
    WHERE state = 'down' RETURN cause`;

const page = (port) => `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="viz" style="width:1200px;height:900px"></div>
<script src="/neovis.js"></script>
<script>
const say = (what) => fetch("/done", { method: "POST", body: JSON.stringify(what) });
window.onerror = (message) => say({ error: String(message) });
const viz = new NeoVis.default({
    containerId: "viz",
    neo4j: { serverUrl: "bolt://localhost:${port}", serverUser: "ann", serverPassword: "" },
    visConfig: { nodes: { shape: "box" }, edges: { arrows: { to: { enabled: true } } }, physics: { stabilization: true } },
    labels: { [NeoVis.NEOVIS_DEFAULT_CONFIG]: { label: "id" } },
    relationships: {},
    initialCypher: ${JSON.stringify(statement)},
});
viz.registerOnEvent(NeoVis.NeoVisEvents.ErrorEvent, (event) => say({ error: String(event.error) }));
viz.registerOnEvent(NeoVis.NeoVisEvents.CompletionEvent, () => {
    const tell = () => say({ nodes: viz.nodes.length, edges: viz.edges.length, records: viz.nodes.map((n) => n.raw.labels.join()),
        picture: document.querySelector("canvas").toDataURL() });
    viz.network.once("stabilized", tell);
    setTimeout(tell, 5000);  // if it was stable before
});
viz.render();
</script>`;

describe("neovis.js in a browser", () => {
    let server, web, browser, profile, done;
    before(async () => {
        server = await Server.start("airline");
        const drawn = new Promise((resolve) => { done = resolve; });
        web = http.createServer((request, response) => {
            if (request.url === "/done") {
                let text = "";
                request.on("data", (piece) => { text += piece; });
                request.on("end", () => { response.end(); done(JSON.parse(text)); });
            } else if (request.url === "/neovis.js") {
                fs.createReadStream(script).pipe(response);
            } else {
                response.setHeader("content-type", "text/html");
                response.end(page(server.port));
            }
        });
        await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));
        web.drawn = drawn;
    });
    after(async () => {
        // The browser is many processes, and those that write its profile outlive the first: all of them end before the
        // folder goes.
        if (browser?.pid) {
            const ended = new Promise((resolve) => browser.once("exit", resolve));
            process.kill(-browser.pid, "SIGKILL");
            await ended;
        }
        web?.closeAllConnections?.();
        web?.close();
        const code = server ? await server.stop() : 0;
        if (profile) fs.rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
        assert.equal(code, 0);
    });

    test("draws the services that a cut duct takes down", { timeout: 240_000 }, async () => {
        profile = fs.mkdtempSync(path.join(os.tmpdir(), "mainstay-browser-"));
        browser = spawn("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`,
            "--remote-debugging-port=0", `http://localhost:${web.address().port}/`], { stdio: "ignore", detached: true });
        const failed = new Promise((_, reject) => browser.on("error", reject));
        const drawn = await Promise.race([web.drawn, failed]);
        assert.equal(drawn.error, undefined);
        const [expected] = JSON.parse(server.run("query", `${statement}
            UNWIND nodes(cause) AS n UNWIND relationships(cause) AS r
            RETURN count(DISTINCT n) AS nodes, count(DISTINCT r) AS edges`.replace("RETURN cause", "WITH cause"),
        "--format", "json")).rows;
        assert.deepEqual([drawn.nodes, drawn.edges], expected);
        assert.ok(drawn.records.includes("BusinessService"), drawn.records.join(" "));
        if (process.env.MAINSTAY_PICTURE)
            fs.writeFileSync(process.env.MAINSTAY_PICTURE, Buffer.from(drawn.picture.split(",")[1], "base64"));
    });
});
