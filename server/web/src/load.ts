// Asking the server while a part of the page shows: what came, what went wrong, and how to ask again.

import { useCallback, useEffect, useState } from "preact/hooks";

export interface Loaded<T> { value?: T; error?: unknown; isLoading: boolean; again: () => void }

// Asks when it is first shown and whenever `about` changes; what was asked before is stopped. The last value stays until
// the next is there, if the question is the same.
export function useLoaded<T>(ask: (signal: AbortSignal) => Promise<T>, about: readonly unknown[]): Loaded<T> {
    const [round, setRound] = useState(0);
    const question = JSON.stringify(about);
    const [state, setState] = useState<{ question: string; value?: T; error?: unknown; isLoading: boolean }>({ question, isLoading: true });
    useEffect(() => {
        const stop = new AbortController();
        setState((before) => (before.question === question ? { ...before, error: undefined, isLoading: true } : { question, isLoading: true }));
        ask(stop.signal).then(
            (value) => { if (!stop.signal.aborted) setState({ question, value, isLoading: false }); },
            (error: unknown) => { if (!stop.signal.aborted) setState((before) => ({ ...before, error, isLoading: false })); });
        return () => stop.abort();
    }, [question, round]);
    const again = useCallback(() => setRound((n) => n + 1), []);
    return state.question === question ? { ...state, again } : { isLoading: true, again };
}
