// Commits as they are made (GET /v1/events), over a connection that is made again whenever it is lost.

import { type Api, ApiError, linesOf } from "../api";

export interface ElementChange {
    change: "created" | "changed" | "deleted"; element: "node" | "relationship"; id: string;
    labels?: string[];                                   // of a node
    type?: string; source?: string; target?: string;     // of a relationship
}
export interface CommitEvent {
    tx: number; time: string; author: string | null; reason: string | null; source: string | null; change: string | null;
    changes: ElementChange[]; more: number; model_changed: boolean; bulk_load: boolean;
}
// gone: the server does not answer, it is asked again; refused: nobody may listen who asks so, it is not.
export type Line = "open" | "gone" | "refused";

export interface ServerSentEvent { id: string; event: string; data: string }

// https://html.spec.whatwg.org/multipage/server-sent-events.html, as far as the server uses it.
export async function* serverSentEvents(lines: AsyncIterable<string>): AsyncGenerator<ServerSentEvent> {
    let id = "", event = "", data: string[] = [];
    for await (const line of lines) {
        if (line === "") {
            if (data.length > 0) yield { id, event: event || "message", data: data.join("\n") };
            event = "";
            data = [];
            continue;
        }
        const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (name === "id") id = value;
        else if (name === "event") event = value;
        else if (name === "data") data.push(value);
    }
}

const pauseFirst = 500, pauseMost = 15_000;  // ms
const silenceMost = 40_000;  // ms; the server says something every 15 s, a proxy on the way may have forgotten it

// Resolves after `ms`, or when `signal` aborts.
export const pauseFor = (ms: number, signal: AbortSignal) => new Promise<void>((resolve) => {
    const end = () => { clearTimeout(timer); signal.removeEventListener("abort", end); resolve(); };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
});

// The same lines; `onSilence` once none has come for so long.
async function* watched(lines: AsyncIterable<string>, silence: number, onSilence: () => void): AsyncGenerator<string> {
    let timer = setTimeout(onSilence, silence);
    try {
        for await (const line of lines) {
            clearTimeout(timer);
            timer = setTimeout(onSilence, silence);
            yield line;
        }
    } finally {
        clearTimeout(timer);
    }
}

// Until `signal` aborts, from behind the commit `start`, or from now on. `rewound`: what the server has is older than what
// was seen, as after a backup was restored. `rest`: waits before the next try.
export async function listen(api: Api, { onCommit, onLine, onRewound, signal, start = null, pause = pauseFirst, silence = silenceMost, rest = pauseFor }: {
    onCommit: (commit: CommitEvent) => void; onLine: (line: Line, error?: ApiError) => void; onRewound: () => void; signal: AbortSignal;
    start?: number | null; pause?: number; silence?: number; rest?: typeof pauseFor;
}) {
    let from = start, wait = pause;
    while (!signal.aborted) {
        const connection = new AbortController(), end = () => connection.abort();
        signal.addEventListener("abort", end);
        try {
            const body = await api.events(from, { signal: connection.signal });
            onLine("open");
            wait = pause;
            for await (const { event, data } of serverSentEvents(watched(linesOf(body), silence, end))) {
                if (event !== "commit") continue;
                const commit = JSON.parse(data) as CommitEvent;
                from = commit.tx;
                onCommit(commit);
            }
        } catch (error) {
            if (signal.aborted) return;
            if (error instanceof ApiError && error.kind === "refused") {
                onLine("refused", error);
                return;
            }
            if (error instanceof ApiError && error.status === 409) {
                from = null;
                onRewound();
                continue;
            }
        } finally {
            signal.removeEventListener("abort", end);
            connection.abort();
        }
        if (signal.aborted) return;
        onLine("gone");
        await rest(wait, signal);
        wait = Math.min(wait * 2, pauseMost);
    }
}
