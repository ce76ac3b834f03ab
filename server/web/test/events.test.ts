import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/api";
import { type Line, listen, serverSentEvents } from "../src/live/events";

async function* lines(text: string) { yield* text.split("\n"); }
const commit = (tx: number) => `id: ${tx}\nevent: commit\ndata: {"tx":${tx}}\n\n`;

test("events are read as browsers read them", async () => {
    const seen = [];
    for await (const event of serverSentEvents(lines(": alive\n\nretry: 1000\n\nid: 3\nevent: commit\ndata: a\ndata:b\n\ndata: c\n\nevent: empty\n\n"))) seen.push(event);
    assert.deepEqual(seen, [{ id: "3", event: "commit", data: "a\nb" }, { id: "3", event: "message", data: "c" }]);
});

// Answers in turn; then nothing more comes, and listening is stopped.
async function listened(answers: (() => Response)[], more: { start?: number; silence?: number } = {}) {
    const stop = new AbortController(), asked: string[] = [], said: (number | Line | "rewound")[] = [];
    const api = new Api("http://x/", async (url) => {
        asked.push(String(url).replace("http://x/v1/events", ""));
        const answer = answers.shift();
        if (answer) return answer();
        stop.abort();
        throw new DOMException("stopped", "AbortError");
    });
    await listen(api, {
        onCommit: ({ tx }) => said.push(tx), onLine: (line) => said.push(line), onRewound: () => said.push("rewound"), signal: stop.signal, pause: 1, ...more,
    });
    return { asked, said };
}

test("a connection that is lost is made again, from the commit that was seen last", async () => {
    const { asked, said } = await listened([() => new Response(commit(4) + commit(5)), () => { throw new TypeError("no connection"); }, () => new Response(commit(6))]);
    assert.deepEqual(said, ["open", 4, 5, "gone", "gone", "open", 6, "gone"]);
    assert.deepEqual(asked, ["", "?from=5", "?from=5", "?from=6"]);
});

test("who may not listen is told once and not asked again", async () => {
    const { asked, said } = await listened([() => new Response("{}", { status: 401 }), () => new Response(commit(1))]);
    assert.deepEqual(said, ["refused"]);
    assert.equal(asked.length, 1);
});

test("a server that is behind what was seen is looked at anew", async () => {
    const { asked, said } = await listened([() => new Response(commit(9)), () => new Response("{}", { status: 409 }), () => new Response(commit(2))]);
    assert.deepEqual(said, ["open", 9, "gone", "rewound", "open", 2, "gone"]);
    assert.deepEqual(asked, ["", "?from=9", "", "?from=2"]);
});

test("listening goes on behind a commit that is known", async () => {
    const { asked } = await listened([() => new Response(commit(8))], { start: 7 });
    assert.deepEqual(asked, ["?from=7", "?from=8"]);
});

test("a connection on which nothing is said for too long is made again", async () => {
    // What a real fetch does when it is stopped: reading ends with an error.
    const endless = (signal: AbortSignal) => new Response(new ReadableStream({
        start(body) { body.enqueue(new TextEncoder().encode(commit(4))); signal.addEventListener("abort", () => body.error(new DOMException("stopped", "AbortError"))); },
    }));
    const stop = new AbortController(), asked: string[] = [];
    const api = new Api("http://x/", async (url, init) => {
        asked.push(String(url).replace("http://x/v1/events", ""));
        if (asked.length === 2) {
            stop.abort();
            throw new DOMException("stopped", "AbortError");
        }
        return endless(init!.signal!);
    });
    await listen(api, { onCommit: () => undefined, onLine: () => undefined, onRewound: () => undefined, signal: stop.signal, pause: 1, silence: 20 });
    assert.deepEqual(asked, ["", "?from=4"]);
});
