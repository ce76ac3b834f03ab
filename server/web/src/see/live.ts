// Tells a view that something it shows was changed.

import { useEffect, useRef } from "preact/hooks";
import { api } from "../api";
import { type CommitEvent, listen } from "../live/events";

const gather = 200;  // ms: commits that come together are answered once

export function useRefresh(again: () => void, matters: (commit: CommitEvent) => boolean) {
    const current = useRef({ again, matters });
    current.current = { again, matters };
    useEffect(() => {
        const stop = new AbortController();
        let timer: ReturnType<typeof setTimeout> | undefined, isFirst = true;
        const refresh = () => {
            clearTimeout(timer);
            timer = setTimeout(() => current.current.again(), gather);
        };
        void listen(api, {
            onCommit: (commit) => { if (commit.bulk_load || commit.more > 0 || current.current.matters(commit)) refresh(); },
            // What was committed while nobody listened is not known.
            onLine: (line) => {
                if (line === "open" && !isFirst) refresh();
                if (line === "open") isFirst = false;
            },
            onRewound: refresh, signal: stop.signal,
        });
        return () => {
            stop.abort();
            clearTimeout(timer);
        };
    }, []);
}
