// The description of the HTTP interface is one of OpenAPI 3.1, and what it says of each route is so: with nothing given,
// a route answers, or says what is missing with a status of 400.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";

const require = createRequire(path.join(process.env.NODE_PATH, "here"));
const { Validator } = await import(require.resolve("@seriousme/openapi-schema-validator"));
const { Server } = createRequire(import.meta.url)("./server.js");

test("the description is valid, and its routes are there", { timeout: 120_000 }, async () => {
    const server = await Server.start("airline");
    try {
        const base = `http://127.0.0.1:${server.httpPort}`;
        const page = await (await fetch(`${base}/`)).text();
        const script = page.match(/assets\/([\w.-]+\.js)/)?.[1];  // of the explorer
        assert.ok(script, "the explorer is not built in; run ./dev setup and ./dev build");
        const description = await (await fetch(`${base}/openapi.json`)).json();
        const { valid, errors } = await new Validator().validate(structuredClone(description));
        assert.ok(valid, JSON.stringify(errors));
        for (const [route, methods] of Object.entries(description.paths))
            for (const [method, { parameters, requestBody, responses }] of Object.entries(methods)) {
                const needs = parameters.some((p) => p.required && p.in === "query")
                    || requestBody?.content["application/json"].schema.required?.length > 0;
                const isRemoval = method === "delete", isChange = route === "/v1/users/{key}";
                const response = await fetch(base + route.replace("{key}", "svc-booking").replace("{name}", script), {
                    method: method.toUpperCase(),
                    ...(requestBody ? { body: "{}", headers: { "content-type": "application/json" } } : {}),
                    signal: AbortSignal.timeout(20_000),
                });
                const isStream = route === "/v1/events", isRpc = route === "/mcp";
                assert.equal(response.status, isRemoval ? 404 : (needs && !isRpc) || isChange ? 400 : 200, `${method} ${route}`);
                if (response.ok) {
                    const type = response.headers.get("content-type").split(";")[0];
                    assert.ok(Object.keys(responses[200].content).includes(type), `${method} ${route} gives ${type}`);
                }
                if (isStream) await response.body.cancel();
                else await response.arrayBuffer();
            }
    } finally {
        assert.equal(await server.stop(), 0);
    }
});
