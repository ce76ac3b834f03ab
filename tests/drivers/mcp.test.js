"use strict";
// The protocol's own client asks `mainstay mcp` on stdio, and the server over HTTP.

const assert = require("node:assert/strict");
const { describe, test } = require("node:test");
const { Server } = require("./server.js");
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { StreamableHTTPClientTransport } = require("@modelcontextprotocol/sdk/client/streamableHttp.js");

async function ask(transport) {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    try {
        const { tools } = await client.listTools();
        assert.ok(tools.some((tool) => tool.name === "impact"), tools.map((tool) => tool.name).join());
        const call = async (name, args) => {
            const { content, isError } = await client.callTool({ name, arguments: args });
            return { text: content.map((each) => each.text).join(""), isError };
        };
        assert.match((await call("schema", {})).text, /BusinessService/);
        const impact = await call("impact", { failed: ["cnd-river-07"], valid_at: "2026-09-01" });
        assert.ok(!impact.isError, impact.text);
        assert.match(impact.text, /svc-booking/);
        const count = await call("query", { statement: "MATCH (s:BusinessService) RETURN count(s) AS n" });
        assert.deepEqual(JSON.parse(count.text).rows, [[14]]);
        const refused = await call("query", { statement: "CREATE (:Team {id: 'x', name: 'x'})" });
        assert.ok(refused.isError);
        assert.match(refused.text, /read_only/);
    } finally {
        await client.close();
    }
}

describe("the Model Context Protocol's client", () => {
    test("asks on stdio and over HTTP", { timeout: 120_000 }, async () => {
        const server = await Server.start("airline");
        try {
            await ask(new StdioClientTransport({ command: process.env.MAINSTAY, args: ["mcp", server.file] }));
            await ask(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.httpPort}/mcp`)));
        } finally {
            assert.equal(await server.stop(), 0);
        }
    });
});
