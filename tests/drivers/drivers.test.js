"use strict";
// What programs do with Neo4j's drivers, against `mainstay serve`. One run is of one driver, MAINSTAY_DRIVER: 4, 5 or 6;
// MAINSTAY is the binary, MAINSTAY_ROWS how many rows are streamed. tests/drivers/run.sh sets them.

const assert = require("node:assert/strict");
const { after, before, describe, test } = require("node:test");
const { setTimeout: pause } = require("node:timers/promises");
const { Server, addAccount, certificate, makeToken } = require("./server.js");

const version = Number(process.env.MAINSTAY_DRIVER);
const neo4j = require(`neo4j-driver${version}`);
const { Node, Path, Relationship } = neo4j.types;
const streamedRows = Number(process.env.MAINSTAY_ROWS ?? 300_000);
const megabyte = 1 << 20;
// A statement that would take hours, and in how much time something that takes none must be done on a busy machine.
const endless = "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN count(*) AS n";
const soon = 20_000;

// Version 4 calls these otherwise.
const executeRead = (session, ...rest) => (session.executeRead ?? session.readTransaction).call(session, ...rest);
const executeWrite = (session, ...rest) => (session.executeWrite ?? session.writeTransaction).call(session, ...rest);
const bookmarksOf = (session) => (session.lastBookmarks ? session.lastBookmarks() : session.lastBookmark());
const verify = (driver) => (driver.getServerInfo ? driver.getServerInfo() : driver.verifyConnectivity());
const hasElementIds = version >= 5;

// A driver of the server; integers come as BigInt, so that none loses digits.
function connect(server, { scheme = "bolt", user = "ann", password = "", ...config } = {}) {
    return neo4j.driver(`${scheme}://127.0.0.1:${server.port}`, neo4j.auth.basic(user, password),
        { useBigInt: true, ...config });
}

// f(session), and the session is closed whatever comes.
async function within(driver, f, config) {
    const session = driver.session(config);
    try {
        return await f(session);
    } finally {
        await session.close();
    }
}

// The rows of a statement of its own, as objects.
const ask = (driver, text, parameters) =>
    within(driver, async (session) => (await session.run(text, parameters)).records.map((each) => each.toObject()));

async function failureOf(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    assert.fail("did not fail");
}

async function inTime(promise, what) {
    const stop = new AbortController();
    const late = pause(soon, undefined, { signal: stop.signal }).then(() => assert.fail(`${what} took too long`), () => {});
    try {
        return await Promise.race([promise, late]);
    } finally {
        stop.abort();
    }
}

describe(`neo4j-driver ${version}`, { concurrency: false }, () => {
    let server, driver;
    before(async () => {
        server = await Server.start("airline");
        driver = connect(server);
    });
    after(async () => {
        await driver?.close();
        if (server) assert.equal(await server.stop(), 0);
    });

    describe("connections", () => {
        for (const scheme of ["bolt", "neo4j"])
            test(`${scheme}:// reaches the server, which says who it is`, async () => {
                const own = connect(server, { scheme });
                try {
                    await verify(own);
                    const { server: info } = (await within(own, (session) => session.run("RETURN 1"))).summary;
                    assert.match(info.agent, /^Neo4j\/5\..*Mainstay/);
                    const spoken = info.protocolVersion;  // an object in version 6
                    assert.equal(String(spoken.major ? `${spoken.major}.${spoken.minor}` : spoken), version === 4 ? "4.4" : "5.8");
                    const seen = await within(own, (session) => executeRead(session, (tx) =>
                        tx.run("MATCH (s:Site {id: 'site-hq'}) RETURN s.id AS id")));
                    assert.equal(seen.records[0].get("id"), "site-hq");
                } finally {
                    await own.close();
                }
            });

        test("the file's name and neo4j are names of the database, another is none", async () => {
            for (const database of ["estate", "neo4j"])
                await within(driver, (session) => session.run("RETURN 1"), { database });
            const error = await failureOf(within(driver, (session) => session.run("RETURN 1"), { database: "other" }));
            assert.match(error.message, /there is no database `other`/);
        });

        test("fifty sessions ask at once", async () => {
            const sums = await Promise.all(Array.from({ length: 50 }, (_, i) =>
                ask(driver, "UNWIND range(1, $n) AS i RETURN sum(i) AS sum", { n: neo4j.int(i) })));
            sums.forEach(([{ sum }], i) => assert.equal(sum, BigInt((i * (i + 1)) / 2)));
        });
    });

    describe("transactions", () => {
        const count = async (name) =>
            (await ask(driver, "MATCH (t:Team {name: $name}) RETURN count(t) AS n", { name }))[0].n;
        const create = (runner, name, id = name) => runner.run("CREATE (:Team {id: $id, name: $name})", { id, name });

        test("a statement alone has committed when it is answered", async () => {
            await within(driver, (session) => create(session, "alone"));
            assert.equal(await count("alone"), 1n);
        });

        test("an explicit transaction shows after its commit and to itself before", async () => {
            await within(driver, async (session) => {
                const tx = await session.beginTransaction();
                await create(tx, "explicit");
                const own = await tx.run("MATCH (t:Team {name: 'explicit'}) RETURN count(t) AS n");
                assert.equal(own.records[0].get("n"), 1n);
                assert.equal(await count("explicit"), 0n);
                await tx.commit();
            });
            assert.equal(await count("explicit"), 1n);
        });

        test("what is rolled back leaves nothing", async () => {
            await within(driver, async (session) => {
                const tx = await session.beginTransaction();
                await create(tx, "rolled back");
                await tx.rollback();
                assert.equal(await count("rolled back"), 0n);
                await create(session, "afterwards");
            });
            assert.equal(await count("afterwards"), 1n);
        });

        test("a session that is closed rolls its transaction back", async () => {
            await within(driver, async (session) => create(await session.beginTransaction(), "left open"));
            assert.equal(await count("left open"), 0n);
        });

        test("a failed statement ends its transaction, not its session", async () => {
            await within(driver, async (session) => {
                const tx = await session.beginTransaction();
                await create(tx, "before a failure");
                await failureOf(tx.run("RETURN undefined_name"));
                await failureOf(tx.commit());
                await create(session, "after a failure");
            });
            assert.equal(await count("before a failure"), 0n);
            assert.equal(await count("after a failure"), 1n);
        });

        test("several results of a transaction are read in turn", async () => {
            await within(driver, async (session) => {
                const tx = await session.beginTransaction();
                const results = ["a", "b"].map((name) =>
                    tx.run("UNWIND range(1, 25) AS i RETURN i, $name AS name", { name }));
                for (const [k, name] of [[1, "b"], [0, "a"]]) {
                    const { records } = await results[k];
                    assert.deepEqual(records.map((each) => each.get("i")), Array.from({ length: 25 }, (_, i) => BigInt(i + 1)));
                    assert.ok(records.every((each) => each.get("name") === name));
                }
                await tx.commit();
            }, { fetchSize: 10 });
        });

        test("a managed transaction that loses to another is tried again", async () => {
            await within(driver, (session) => create(session, "contended"));
            let attempts = 0;
            await within(driver, (session) => executeWrite(session, async (tx) => {
                const read = await tx.run("MATCH (t:Team {id: 'contended'}) RETURN coalesce(t.size, 0) AS n");
                if (++attempts === 1) await ask(driver, "MATCH (t:Team {id: 'contended'}) SET t.size = 10");
                await tx.run("MATCH (t:Team {id: 'contended'}) SET t.size = $n + 1", { n: read.records[0].get("n") });
            }));
            assert.equal(attempts, 2);
            assert.deepEqual(await ask(driver, "MATCH (t:Team {id: 'contended'}) RETURN t.size AS n"), [{ n: 11n }]);
        });

        test("of 200 increments in eight sessions none is lost", async () => {
            await within(driver, (session) => create(session, "counter"));
            const increment = (tx) => tx.run("MATCH (t:Team {id: 'counter'}) SET t.size = coalesce(t.size, 0) + 1");
            await Promise.all(Array.from({ length: 8 }, () => within(driver, async (session) => {
                for (let i = 0; i < 25; ++i) await executeWrite(session, increment);
            })));
            assert.deepEqual(await ask(driver, "MATCH (t:Team {id: 'counter'}) RETURN t.size AS n"), [{ n: 200n }]);
        });

        test("who reads only cannot write", async () => {
            const write = "CREATE (:Team {id: 'refused', name: 'refused'})";
            const errors = [
                await failureOf(within(driver, (session) => session.run(write), { defaultAccessMode: neo4j.session.READ })),
                await failureOf(within(driver, (session) => executeRead(session, (tx) => tx.run(write)))),
            ];
            for (const error of errors) assert.equal(error.code, "Neo.ClientError.Statement.AccessMode");
            assert.equal(await count("refused"), 0n);
        });

        test("bookmarks chain what sessions do", async () => {
            const bookmarks = await within(driver, async (session) => {
                await create(session, "first link");
                const first = bookmarksOf(session);
                await executeWrite(session, (tx) => create(tx, "second link"));
                assert.notDeepEqual(bookmarksOf(session), first);
                return bookmarksOf(session);
            });
            assert.match(String(bookmarks), /^mainstay:\d+$/);
            await within(driver, async (session) => {
                const seen = await executeRead(session, (tx) =>
                    tx.run("MATCH (t:Team) WHERE t.name ENDS WITH ' link' RETURN count(t) AS n"));
                assert.equal(seen.records[0].get("n"), 2n);
            }, { bookmarks });
        });

        test("who signed in, and what a transaction says of itself, is in the log", async () => {
            const own = connect(server, { user: "grace" });
            try {
                await within(own, async (session) => {
                    const config = { metadata: { reason: "new team", source: "hr", change: "CHG-7" } };
                    await session.run("CREATE (:Team {id: 'logged', name: 'logged'})", {}, config);
                    const tx = await session.beginTransaction({ metadata: { reason: "another" } });
                    await create(tx, "logged too");
                    await tx.commit();
                });
            } finally {
                await own.close();
            }
            const log = JSON.stringify(JSON.parse(server.run("log", "--limit", "2", "--format", "json")));
            for (const said of ["grace", "new team", "hr", "CHG-7", "another"]) assert.match(log, new RegExp(`"${said}"`));
        });
    });

    if (version >= 5)
        describe("what version 5 has brought", () => {
            test("executeQuery reads what it wrote before", async () => {
                const { summary } = await driver.executeQuery("CREATE (:Team {id: $id, name: 'one'})", { id: "at once" });
                assert.equal(summary.counters.updates().nodesCreated, 1);
                const { records } = await driver.executeQuery("MATCH (t:Team {id: $id}) RETURN t.name AS name", { id: "at once" },
                    { routing: neo4j.routing.READ });
                assert.deepEqual(records.map((each) => each.toObject()), [{ name: "one" }]);
            });

            test("a session signs in as somebody else", async () => {
                await within(driver, (session) => session.run("CREATE (:Team {id: 'borrowed', name: 'borrowed'})"),
                    { auth: neo4j.auth.basic("heidi", "") });
                await ask(driver, "CREATE (:Team {id: 'own again', name: 'own again'})");
                const log = JSON.parse(server.run("log", "--limit", "2", "--format", "json"));
                const author = log.columns.indexOf("author");
                assert.deepEqual(log.rows.map((row) => row[author]), ["heidi", "ann"]);
            });

            test("who wants no notifications gets none", async () => {
                const text = "MATCH (t:Team) RETURN t.nobody_knows_this LIMIT 1";
                const count = (of, config) => within(of, async (session) =>
                    (await session.run(text)).summary.notifications.length, config);
                const notificationFilter = { minimumSeverityLevel: "OFF" };
                const own = connect(server, { notificationFilter });
                try {
                    assert.equal(await count(own), 0);
                    assert.equal(await count(driver, { notificationFilter }), 0);
                    assert.equal(await count(driver), 1);
                } finally {
                    await own.close();
                }
            });

            test("an idle connection is asked whether it lives", async () => {
                const own = connect(server, { connectionLivenessCheckTimeout: 0 });
                try {
                    for (let i = 0; i < 3; ++i) assert.deepEqual(await ask(own, "RETURN 1 AS one"), [{ one: 1n }]);
                } finally {
                    await own.close();
                }
            });
        });

    describe("values", () => {
        // Sent as a parameter, compared with a literal by the server, and read back.
        const same = async (value, literal) => {
            const [{ back, equal, type }] = await ask(driver,
                `RETURN $value AS back, ${literal ? `$value = ${literal}` : "null"} AS equal, $value IS NULL AS type`, { value });
            if (literal) assert.equal(equal, true, `${literal} is not what was sent`);
            assert.equal(type, value === null);
            return back;
        };

        test("null, booleans, strings, lists and maps", async () => {
            for (const [value, literal] of [
                [null, undefined], [true, "true"], [false, "false"], ["", "''"], ["Zoë 日本 🛫 \u0000 end", undefined],
                ["x".repeat(70_000), undefined], [[], "[]"], [["a", [true, null], []], undefined],
                [{}, "{}"], [{ k: "v", "with space": { deep: [1.5] } }, "{k: 'v', `with space`: {deep: [1.5]}}"],
            ])
                assert.deepEqual(await same(value, literal), value);
        });

        test("integers of each size to the last digit", async () => {
            for (const n of [0n, -1n, -16n, -17n, 127n, 128n, -128n, -129n, 32767n, 32768n, -32769n, 2147483647n, 2147483648n,
                -2147483649n, 9007199254740993n, 9223372036854775807n])
                assert.equal(await same(n, String(n)), n);
            assert.equal(await same(-9223372036854775808n, "(-9223372036854775807 - 1)"), -9223372036854775808n);
        });

        test("floats bit by bit, infinities and what is no number", async () => {
            for (const x of [0.1, -2.5e-300, 1.7976931348623157e308, 5e-324]) assert.equal(await same(x, String(x)), x);
            for (const x of [-0, Infinity, -Infinity, NaN]) assert.ok(Object.is(await same(x), x), String(x));
        });

        test("temporal values of every type", async () => {
            const { Date, DateTime, Duration, LocalDateTime, LocalTime, Time } = neo4j.types;
            const local = [2026, 7, 1, 12, 30, 15, 123456789];
            for (const [value, literal] of [
                [new Date(2026, 11, 30), "date('2026-11-30')"],
                [new Date(-44, 3, 15), "date('-0044-03-15')"],
                [new LocalTime(1, 2, 3, 4), "localtime('01:02:03.000000004')"],
                [new Time(23, 59, 59, 999999999, -19800), "time('23:59:59.999999999-05:30')"],
                [new LocalDateTime(...local), "localdatetime('2026-07-01T12:30:15.123456789')"],
                [new DateTime(...local, 7200), "datetime('2026-07-01T12:30:15.123456789+02:00')"],
                [new DateTime(...local, undefined, "Europe/Stockholm"),
                    "datetime('2026-07-01T12:30:15.123456789[Europe/Stockholm]')"],
                [new DateTime(2026, 1, 1, 0, 0, 0, 0, undefined, "America/St_Johns"),
                    "datetime('2026-01-01T00:00[America/St_Johns]')"],
                [new Duration(14, 3, 3723, 5), "duration('P1Y2M3DT1H2M3.000000005S')"],
                [new Duration(-1, 2, -3, 500000000), "duration({months: -1, days: 2, seconds: -3, nanoseconds: 500000000})"],
            ]) {
                const back = await same(value, literal);
                assert.equal(back.constructor, value.constructor);
                // A zone comes with the offset that it had then.
                const text = back.toString();
                assert.equal(value.timeZoneId ? text.replace(/[+-]\d\d:\d\d(?=\[)/, "") : text,
                    value.toString().replace(/[+-]\d\d:\d\d(?=\[)/, ""));
            }
        });

        test("what is stored is what was sent", async () => {
            const { Date, Duration } = neo4j.types;
            const stored = { id: "typed", name: "Zoë", budget: 9007199254740993n, ratio: 0.1, is_open: true, tags: ["a", "b"],
                founded: new Date(2001, 2, 3), notice: new Duration(0, 14, 0, 0) };
            await ask(driver, "CREATE (t:Team) SET t = $stored", { stored });
            const [{ t }] = await ask(driver, "MATCH (t:Team {id: 'typed'}) RETURN t");
            assert.deepEqual(Object.keys(t.properties).sort(), Object.keys(stored).sort());
            for (const key in stored) assert.equal(String(t.properties[key]), String(stored[key]));
        });

        test("what the language has not is refused by name, and the session goes on", async () => {
            await within(driver, async (session) => {
                for (const [value, name] of [[new neo4j.types.Point(7203, 1, 2), /a point/],
                    [new neo4j.types.Point(4979, 1, 2, 3), /a point/], [new Int8Array([1, 2]), /bytes/]]) {
                    const error = await failureOf(session.run("RETURN $value", { value }));
                    assert.match(error.code, /^Neo\.ClientError\./);
                    assert.match(error.message, name);
                    assert.equal((await session.run("RETURN 1 AS n")).records[0].get("n"), 1n);
                }
            });
        });
    });

    describe("elements", () => {
        let p;
        before(async () => {
            await ask(driver, `CREATE (a:Application {id: 'el-a', name: 'A'}), (b:Database {id: 'el-b', name: 'B'}),
                (c:Application {id: 'el-c', name: 'C'}), (a)-[:DEPENDS_ON {port: 5432}]->(b), (c)-[:DEPENDS_ON]->(b)`);
            [{ p }] = await ask(driver, `MATCH p = (:Application {id: 'el-a'})-[:DEPENDS_ON]->(:Database)<-[:DEPENDS_ON]-(c)
                WHERE c.id = 'el-c' RETURN p`);
        });

        test("a node has labels, properties and an id that finds it", async () => {
            const [{ n }] = await ask(driver, "MATCH (n:Application {id: 'el-a'}) RETURN n");
            assert.ok(n instanceof Node);
            assert.deepEqual(n.labels, ["Application"]);
            assert.deepEqual(n.properties, { id: "el-a", name: "A" });
            const [{ id, elementId }] = await ask(driver,
                "MATCH (n:Application {id: 'el-a'}) RETURN id(n) AS id, elementId(n) AS elementId");
            assert.equal(n.identity, id);
            if (!hasElementIds) return;
            assert.equal(n.elementId, elementId);
            const found = await ask(driver, "MATCH (n) WHERE elementId(n) = $id RETURN n.id AS id", { id: n.elementId });
            assert.deepEqual(found, [{ id: "el-a" }]);
        });

        test("a relationship has type, properties and the ids of its ends", async () => {
            const [{ a, r, b }] = await ask(driver, "MATCH (a:Application {id: 'el-a'})-[r:DEPENDS_ON]->(b) RETURN a, r, b");
            assert.ok(r instanceof Relationship);
            assert.equal(r.type, "DEPENDS_ON");
            assert.deepEqual(r.properties, { port: 5432n });
            assert.equal(r.start, a.identity);
            assert.equal(r.end, b.identity);
            if (!hasElementIds) return;
            assert.equal(r.startNodeElementId, a.elementId);
            assert.equal(r.endNodeElementId, b.elementId);
            assert.ok(r.elementId.length > 0);
        });

        test("a path goes by its relationships, whichever way they point", () => {
            assert.ok(p instanceof Path);
            assert.equal(p.length, 2);
            assert.equal(p.start.properties.id, "el-a");
            assert.equal(p.end.properties.id, "el-c");
            const ids = p.segments.map(({ start, end }) => [start.properties.id, end.properties.id]);
            assert.deepEqual(ids, [["el-a", "el-b"], ["el-b", "el-c"]]);
            const [first, second] = p.segments;
            assert.equal(first.relationship.start, first.start.identity);
            assert.equal(second.relationship.start, second.end.identity);
            assert.equal(second.relationship.end, second.start.identity);
        });

        test("an impact analysis gives nodes and the paths that are its causes", async () => {
            const rows = await ask(driver, `FOR VALID_TIME AS OF date('2026-09-01')
                MATCH (cut:Conduit {id: $id}) IMPACT OF cut WHEN down YIELD ci, state, hops, cause
                WHERE state = 'down' RETURN ci, hops, cause ORDER BY ci.id`, { id: "cnd-river-07" });
            assert.ok(rows.length > 10);
            assert.ok(rows.some(({ ci }) => ci.labels.includes("BusinessService") || ci.labels.includes("FlightService")));
            for (const { ci, hops, cause } of rows) {
                assert.ok(ci instanceof Node && cause instanceof Path);
                assert.equal(BigInt(cause.length), hops);
                assert.ok([cause.start, cause.end].some((end) => end.properties.id === "cnd-river-07"));
                assert.ok([cause.start, cause.end].some((end) => end.properties.id === ci.properties.id));
            }
        });
    });

    describe("summaries", () => {
        const summaryOf = (text, parameters) =>
            within(driver, async (session) => (await session.run(text, parameters)).summary);

        test("counters say what was written", async () => {
            const counters = (summary) => Object.fromEntries(Object.entries(summary.counters.updates()).filter(([, n]) => n > 0));
            const written = await summaryOf(
                "CREATE (a:Server {id: 'counted-a', name: 'a'})-[:OWNED_BY]->(:Team {id: 'counted-b', name: 'b'}) RETURN a");
            assert.deepEqual(counters(written),
                { nodesCreated: 2, relationshipsCreated: 1, propertiesSet: 4, labelsAdded: 2 });
            assert.equal(written.queryType, "rw");
            const gone = await summaryOf("MATCH (n) WHERE n.id STARTS WITH 'counted-' DETACH DELETE n");
            assert.deepEqual(counters(gone), { nodesDeleted: 2, relationshipsDeleted: 1 });
            assert.equal(gone.queryType, "w");
            const read = await summaryOf("MATCH (n:Team) RETURN count(n)");
            assert.equal(read.counters.containsUpdates(), false);
            assert.equal(read.queryType, "r");
        });

        test("EXPLAIN and PROFILE come with plans", async () => {
            const explained = await summaryOf("EXPLAIN MATCH (s:Server) RETURN count(s)");
            assert.ok(explained.plan.operatorType.length > 0);
            assert.ok(explained.plan.children.length > 0);
            const profiled = await summaryOf("PROFILE UNWIND range(1, 7) AS i RETURN i");
            assert.equal(Number(profiled.profile.rows), 7);
        });

        test("a notice is a notification", async () => {
            const summary = await summaryOf("MATCH (t:Team) RETURN t.nobody_knows_this LIMIT 1");
            assert.equal(summary.notifications.length, 1);
            const [notification] = summary.notifications;
            assert.match(notification.code, /^Neo\.ClientNotification\.Statement\.\w+$/);
            assert.match(notification.description, /nobody_knows_this/);
            assert.deepEqual((await summaryOf("RETURN 1")).notifications, []);
        });

        test("the summary names the database and the server", async () => {
            const summary = await summaryOf("RETURN 1");
            assert.equal(summary.database.name, "estate");
            assert.match(summary.server.agent, /Mainstay/);
        });
    });

    describe("errors", () => {
        for (const [text, code, message] of [
            ["RETURN 1 +", "Neo.ClientError.Statement.SyntaxError", /^1:11 /],
            ["MATCH (s:Server) RETURN x", "Neo.ClientError.Statement.SyntaxError", /^1:25 `x` is not defined/],
            ["CREATE (:Site {id: 'site-hq', name: 'again'})", "Neo.ClientError.Schema.ConstraintValidationFailed", /site-hq/],
            ["RETURN 1 / 0", "Neo.ClientError.Statement.ArithmeticError", /zero/],
            ["RETURN $missing", "Neo.ClientError.Statement.ParameterMissing", /missing/],
            ["UNWIND [1, 0] AS n RETURN 1 / n", "Neo.ClientError.Statement.ArithmeticError", /zero/],
            ["CALL no.such.procedure()", "Neo.ClientError.Procedure.ProcedureNotFound", /no\.such\.procedure/],
        ])
            test(`${text}: ${code}`, async () => {
                await within(driver, async (session) => {
                    const error = await failureOf(session.run(text));
                    assert.equal(error.code, code);
                    assert.match(error.message, message);
                    assert.equal((await session.run("RETURN 1 AS n")).records[0].get("n"), 1n);
                });
            });
    });

    describe("long statements", () => {
        // More of them than workers: were one still running after it should have been stopped, others would wait for it.
        const many = Array.from({ length: 6 });

        // Resolves when the server has begun with one of them.
        const begun = (results) => Promise.any(results.map((each) => each.keys()));

        test("a closed session stops what it asked for", async () => {
            const sessions = many.map(() => driver.session());
            const results = sessions.map((session) => session.run(endless));
            const ends = results.map((each) => each.then(() => "finished", () => "stopped"));
            await inTime(begun(results), "beginning");
            await inTime(Promise.all(sessions.map((session) => session.close())), "closing");
            for (const how of await inTime(Promise.all(ends), "stopping")) assert.equal(how, "stopped");
            assert.deepEqual(await inTime(ask(driver, "RETURN 1 AS one"), "a small statement"), [{ one: 1n }]);
        });

        if (version >= 5)
            test("a reader who has seen enough does not wait for the rest", async () => {
                const text = "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN i";
                const read = within(driver, async (session) => {
                    for await (const record of session.run(text)) return record.get("i");
                });
                assert.equal(await inTime(read, "the rest"), 1n);
            });

        test("a statement stops when its time is up", async () => {
            const failures = await inTime(Promise.all(many.map(() => within(driver, (session) =>
                failureOf(session.run(endless, {}, { timeout: 300 }))))), "the time-out");
            for (const error of failures) assert.equal(error.code, "Neo.ClientError.Transaction.TransactionTimedOut");
        });

        test("a transaction's time is that of all it does", async () => {
            const error = await inTime(failureOf(within(driver, async (session) => {
                const tx = await session.beginTransaction({ timeout: 300 });
                await tx.run("RETURN 1");
                await tx.run(endless);
            })), "the time-out");
            assert.equal(error.code, "Neo.ClientError.Transaction.TransactionTimedOut");
        });

        if (version >= 5)
            test("a signal stops a query", async () => {
                const stop = new AbortController();
                setTimeout(() => stop.abort(), 200);
                await inTime(failureOf(driver.executeQuery(endless, {}, { signal: stop.signal })), "stopping");
                assert.deepEqual(await inTime(ask(driver, "RETURN 1 AS one"), "a small statement"), [{ one: 1n }]);
            });

        test("a client that goes away stops what it asked for", async () => {
            const own = connect(server);
            const results = many.map(() => own.session().run(endless));
            for (const each of results) each.catch(() => {});
            await inTime(begun(results), "beginning");
            await inTime(own.close(), "closing");
            assert.deepEqual(await inTime(ask(driver, "RETURN 1 AS one"), "a small statement"), [{ one: 1n }]);
        });
    });

    test(`${streamedRows} rows pass through little memory`, async () => {
        const own = await Server.start("empty");
        const client = connect(own);
        try {
            await verify(client);
            const before = own.residentBytesMost();
            let next = 1n, ok = true;
            const take = (record) => {
                ok &&= record.get("i") === next++ && record.get("text").length === 100;
            };
            await within(client, async (session) => {
                const result = session.run(`UNWIND range(1, $n) AS i
                    RETURN i, reduce(text = '', k IN range(1, 10) | text + '0123456789') AS text`,
                { n: neo4j.int(streamedRows) });
                if (Symbol.asyncIterator in result)
                    for await (const record of result) take(record);
                else
                    await new Promise((resolve, reject) =>
                        result.subscribe({ onNext: take, onCompleted: resolve, onError: reject }));
            });
            assert.equal(next, BigInt(streamedRows) + 1n);
            assert.ok(ok, "rows are missing or changed");
            const most = own.residentBytesMost();
            assert.ok(most < 200 * megabyte && most - before < 100 * megabyte,
                `${before / megabyte} MB before, ${most / megabyte} MB at most`);
        } finally {
            await client.close();
            assert.equal(await own.stop(), 0);
        }
    });

    describe("TLS and accounts", () => {
        const password = "correct horse";
        let own, token;
        before(async () => {
            own = await Server.start("empty", [], (folder, file) => {
                addAccount(file, "ann", "admin", password);
                addAccount(file, "rob", "reader", password);
                token = makeToken(file, "rob");
                return certificate(folder);
            });
        });
        after(async () => {
            if (own) assert.equal(await own.stop(), 0);
        });
        const as = async (f, options) => {
            const client = connect(own, { scheme: "bolt+ssc", user: "ann", password, ...options });
            try {
                return await f(client);
            } finally {
                await client.close();
            }
        };

        for (const scheme of ["bolt+ssc", "neo4j+ssc", "bolt"])
            test(`${scheme}:// reaches the server, and who signs in is the author`, async () => {
                await as((client) => ask(client, "CREATE (:Team {id: $id, name: $id})", { id: scheme }), { scheme });
                assert.match(own.run("log", "--format", "jsonl", "--limit", "1"), /"author":"ann"/);
            });
        test("a certificate that nobody vouches for is not trusted unasked", async () => {
            await as((client) => failureOf(verify(client)), { scheme: "bolt+s" });
        });
        test("a wrong password, or none, is refused with the code that drivers know", async () => {
            for (const options of [{ password: "wrong password" }, { user: "nobody" }])
                assert.equal((await as((client) => failureOf(ask(client, "RETURN 1")), options)).code,
                    "Neo.ClientError.Security.Unauthorized");
        });
        test("a reader reads, and nothing else", async () => {
            await as(async (client) => {
                assert.deepEqual(await ask(client, "RETURN 1 AS one"), [{ one: 1n }]);
                assert.equal((await failureOf(ask(client, "CREATE (:Team {id: 'x', name: 'x'})"))).code,
                    "Neo.ClientError.Security.Forbidden");
            }, { user: "rob" });
        });
        test("a token signs in", async () => {
            const client = neo4j.driver(`bolt+ssc://127.0.0.1:${own.port}`, neo4j.auth.bearer(token), { useBigInt: true });
            try {
                assert.deepEqual(await ask(client, "SHOW CURRENT USER YIELD user"), [{ user: "rob" }]);
            } finally {
                await client.close();
            }
        });
    });

    test("a server that is stopped ends what runs, and says so", async () => {
        const own = await Server.start("empty");
        const client = connect(own);
        try {
            await ask(client, "CREATE (:Team {id: 'kept', name: 'kept'})");
            const result = client.session().run(endless);
            const failure = failureOf(result);
            await inTime(result.keys(), "beginning");
            own.process.kill("SIGTERM");
            await inTime(failure, "ending");
            assert.equal(await inTime(own.ended, "stopping"), 0);
            assert.match(own.run("query", "MATCH (t:Team) RETURN t.id"), /kept/);
        } finally {
            await client.close();
            await own.stop();
        }
    });
});
