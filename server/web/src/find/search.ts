// The search as it is typed: the newest question counts, and those before it are stopped.

import { useEffect, useState } from "preact/hooks";
import { type Found, api } from "../api";

export const suggestionsMost = 8;
const pause = 120;  // ms after the last key

export interface Suggestions { q: string; found: Found[]; hasMore: boolean; notice?: string; error?: unknown; isLoading: boolean }

export function useSuggestions(typed: string): Suggestions {
    const q = typed.trim();
    const [state, setState] = useState<Suggestions>({ q: "", found: [], hasMore: false, isLoading: false });
    useEffect(() => {
        if (q === "") {
            setState({ q, found: [], hasMore: false, isLoading: false });
            return;
        }
        const stop = new AbortController();
        setState((before) => ({ ...before, isLoading: true }));
        const timer = setTimeout(() => {
            api.searchAll(q, { limit: suggestionsMost + 1, signal: stop.signal }).then(
                ({ found, notices }) => setState({ q, found: found.slice(0, suggestionsMost), hasMore: found.length > suggestionsMost, notice: notices.map(({ message }) => message).join("; "), isLoading: false }),
                (error: unknown) => { if (!stop.signal.aborted) setState({ q, found: [], hasMore: false, error, isLoading: false }); });
        }, pause);
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [q]);
    return state;
}

// Where `part` stands in `whole`, whatever its case: [before, it, behind].
export function marked(whole: string, part: string): [string, string, string] {
    const at = part === "" ? -1 : whole.toLowerCase().indexOf(part.toLowerCase());
    return at < 0 ? [whole, "", ""] : [whole.slice(0, at), whole.slice(at, at + part.length), whole.slice(at + part.length)];
}
