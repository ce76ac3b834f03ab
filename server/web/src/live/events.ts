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

// Until `signal` aborts. `rewound`: what the server has is older than what was seen, as after a backup was restored.
export async function listen(api: Api, { onCommit, onLine, onRewound, signal, pause = pauseFirst }: {
    onCommit: (commit: CommitEvent) => void; onLine: (line: Line) => void; onRewound: () => void; signal: AbortSignal; pause?: number;
}) {
    let from: number | null = null, wait = pause;
    while (!signal.aborted) {
        try {
            const body = await api.events(from, { signal });
            onLine("open");
            wait = pause;
            for await (const { event, data } of serverSentEvents(linesOf(body))) {
                if (event !== "commit") continue;
                const commit = JSON.parse(data) as CommitEvent;
                from = commit.tx;
                onCommit(commit);
            }
        } catch (error) {
            if (signal.aborted) return;
            if (error instanceof ApiError && error.kind === "refused") {
                onLine("refused");
                return;
            }
            if (error instanceof ApiError && error.status === 409) {
                from = null;
                onRewound();
                continue;
            }
        }
        if (signal.aborted) return;
        onLine("gone");
        await new Promise((resolve) => {
            const timer = setTimeout(resolve, wait);
            signal.addEventListener("abort", () => { clearTimeout(timer); resolve(undefined); }, { once: true });
        });
        wait = Math.min(wait * 2, pauseMost);
    }
}
