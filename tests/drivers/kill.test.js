"use strict";
// The server is killed again and again while clients write through a driver, which finds it again by itself: whatever was
// acknowledged is there, once, and the file is sound. MAINSTAY_KILLS: how often.

const assert = require("node:assert/strict");
const { describe, test } = require("node:test");
const { setTimeout: pause } = require("node:timers/promises");
const neo4j = require("neo4j-driver6");
const { Server } = require("./server.js");

const kills = Number(process.env.MAINSTAY_KILLS ?? 10);
const clients = 8;

// A kill amid the driver's handshake or sign-in is told, and not tried again: nothing was acknowledged. The driver calls it by
// the phase it was in, a ProtocolError too; what else is wrong with the bytes is one without the socket's error.
function isLostConnection({ code, message }) {
    return ["ServiceUnavailable", "SessionExpired"].includes(code) ||
        (code === "ProtocolError" && /ECONNRESET|EPIPE|ECONNREFUSED/.test(message));
}

describe("a server that is killed under load", () => {
    test(`loses nothing that it has acknowledged in ${kills} kills`, { timeout: 600_000 }, async () => {
        const server = await Server.start("empty");
        const port = server.port;
        const driver = neo4j.driver(`bolt://127.0.0.1:${port}`, neo4j.auth.basic("ann", ""),
            { disableLosslessIntegers: true, connectionAcquisitionTimeout: 60_000, maxTransactionRetryTime: 60_000 });
        const acknowledged = new Set();
        let goesOn = true, next = 0, retried = 0, told = 0;
        const client = async () => {
            while (goesOn) {
                const id = `t${next++}`;
                const session = driver.session();
                let tries = 0;
                try {
                    // A transaction that is tried again may have been committed before the answer was lost.
                    await session.executeWrite((tx) => {
                        retried += tries++ ? 1 : 0;
                        return tx.run("MERGE (t:Team {id: $id}) SET t.name = $id", { id });
                    });
                    acknowledged.add(id);
                } catch (error) {
                    if (!isLostConnection(error)) throw error;
                    ++told;
                } finally {
                    await session.close().catch(() => {});
                }
            }
        };
        try {
            const all = Promise.all(Array.from({ length: clients }, client));
            for (let i = 0; i < kills; ++i) {
                const before = acknowledged.size;
                while (acknowledged.size < before + 20) await pause(5);
                await pause(Math.random() * 50);
                server.process.kill("SIGKILL");
                assert.equal(await server.ended, "SIGKILL");
                await server.serve(["--bolt", `127.0.0.1:${port}`]);
            }
            goesOn = false;
            await all;
        } finally {
            goesOn = false;
            await driver.close();
            server.process.kill("SIGTERM");
            await server.ended;
        }
        assert.match(server.run("verify"), /^sound/);
        const { rows } = JSON.parse(server.run("query", "MATCH (t:Team) RETURN t.id, count(*)", "--format", "json"));
        const found = new Map(rows);
        for (const id of acknowledged) assert.equal(found.get(id), 1, `${id} was acknowledged`);
        assert.ok(retried > 0, "no transaction was interrupted");
        console.log(`# ${acknowledged.size} commits acknowledged, ${retried} transactions tried again, ${told} failures told, ${kills} kills`);
        assert.equal(await server.stop(), 0);
    });
});
