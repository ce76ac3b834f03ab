// What the page knows of commits while it is open: one connection for all views, and what each view makes of it.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api";
import { type CommitEvent, type Line, listen, pauseFor } from "./events";

// waiting: nothing is known yet; resting: nobody looks at the page, so the connection is left to others (browsers have six for
// a server, over all tabs).
export type LiveLine = Line | "waiting" | "resting";
export interface Live { line: LiveLine; lastTx: number; latest?: CommitEvent | undefined }

let live: Live = { line: "waiting", lastTx: 0 };
const drawn = new Set<() => void>(), hearers = new Set<(commit: CommitEvent | null) => void>();
const changedSince = new Map<string, number>();  // element id to the commit that changed it, since the view was opened
let wake: (() => void) | null = null;

// Many commits in a row are drawn once.
let drawing: ReturnType<typeof setTimeout> | undefined;
function tell(change: Partial<Live>) {
    live = { ...live, ...change };
    drawing ??= setTimeout(() => {
        drawing = undefined;
        drawn.forEach((each) => each());
    }, 50);
}
// null: much may have changed; everything is to be asked anew.
const hear = (commit: CommitEvent | null) => hearers.forEach((each) => each(commit));

// Elements that a commit has changed, or that got or lost a relationship.
export const touchedBy = (commit: CommitEvent): string[] =>
    commit.changes.flatMap((each) => (each.element === "node" ? [each.id] : [each.source, each.target].filter((id) => id !== undefined)));

const changedMost = 20_000;  // elements that are remembered: beyond, a page that is open for days begins anew
const restAfter = 60_000;  // ms that nobody looks

// Until what it returns is called. onEnded: who asks is not signed in any more.
export function startListening(api: Api, onEnded: () => void): () => void {
    const stop = new AbortController();
    let round: AbortController | null = null, resting: ReturnType<typeof setTimeout> | undefined, wasGone = false;
    live = { line: "waiting", lastTx: 0 };
    const begin = () => {
        if (round || stop.signal.aborted) return;
        const mine = new AbortController();
        round = mine;
        void listen(api, {
            signal: mine.signal,
            start: live.lastTx || null,
            onCommit: (commit) => {
                if (changedSince.size > changedMost) changedSince.clear();
                for (const id of touchedBy(commit)) changedSince.set(id, commit.tx);
                tell({ lastTx: commit.tx, latest: commit });
                hear(commit);
            },
            onLine: (line, error) => {
                tell({ line });
                if (line === "refused" && error?.needsSignIn) onEnded();
                if (line === "gone") wasGone = true;
                if (line === "open" && wasGone) {
                    wasGone = false;
                    hear(null);
                }
            },
            onRewound: () => {
                changedSince.clear();
                tell({ lastTx: 0, latest: undefined });
                hear(null);
            },
            rest: async (ms, signal) => {
                const sooner = new AbortController(), end = () => sooner.abort();
                wake = end;
                signal.addEventListener("abort", end);
                await pauseFor(ms, sooner.signal);
                signal.removeEventListener("abort", end);
                wake = null;
            },
        });
    };
    const end = () => {
        round?.abort();
        round = null;
    };
    const look = () => {
        clearTimeout(resting);
        if (document.visibilityState === "hidden") resting = setTimeout(() => { end(); tell({ line: "resting" }); }, restAfter);
        else begin();
    };
    const online = () => wake?.();
    document.addEventListener("visibilitychange", look);
    addEventListener("online", online);
    // So that nothing is missed between the first answers and the connection.
    api.log(1, { signal: stop.signal }).then(([newest]) => { if (newest) tell({ lastTx: newest.tx }); }, () => undefined).then(look);
    return () => {
        stop.abort();
        end();
        clearTimeout(resting);
        document.removeEventListener("visibilitychange", look);
        removeEventListener("online", online);
        changedSince.clear();
        tell({ line: "waiting", lastTx: 0, latest: undefined });
    };
}

export const tryNow = () => wake?.();
// Another view begins: what changed before it is nothing new in it.
export const forgetChanges = () => changedSince.clear();

export function useLive(): Live {
    const [, redraw] = useState(0);
    useEffect(() => {
        const look = () => redraw((n) => n + 1);
        drawn.add(look);
        return () => { drawn.delete(look); };
    }, []);
    return live;
}

const gather = 200, restBetween = 1_000;  // ms: many commits in a row ask for one answer, and at most one a second

// Calls `again` for commits that `matters` says yes to (all, if it is not given), and after the connection was lost.
export function useRefresh(again: () => void, matters?: (commit: CommitEvent) => boolean) {
    const now = useRef({ again, matters });
    now.current = { again, matters };
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined, last = 0;
        const hearing = (commit: CommitEvent | null) => {
            if (timer !== undefined || (commit && now.current.matters && !commit.bulk_load && commit.more === 0 && !now.current.matters(commit))) return;
            timer = setTimeout(() => {
                timer = undefined;
                last = Date.now();
                now.current.again();
            }, Math.max(gather, last + restBetween - Date.now()));
        };
        hearers.add(hearing);
        return () => {
            clearTimeout(timer);
            hearers.delete(hearing);
        };
    }, []);
}

// The commit that changed an element since the view was opened; undefined: none did.
export const changedBy = (elementId: string): number | undefined => changedSince.get(elementId);
