// The address as the page's state: who reads it draws again when it changes, whoever changed it.

import { useEffect, useState } from "preact/hooks";
import { type ViewState, formatHash, parseHash } from "./view_state";

export const currentView = () => parseHash(location.hash);

// A new entry of the browser's history, so that Back works. `state` is all of it: what is not given is as at the start.
export function go(state: Partial<ViewState>) {
    const hash = formatHash(state);
    if (hash !== location.hash) location.hash = hash;
}

// The same without an entry: for what changes with every key or drag.
export function adjust(change: Partial<ViewState>) {
    const hash = formatHash({ ...currentView().state, ...change });
    if (hash === location.hash) return;
    history.replaceState(null, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useView() {
    const [view, setView] = useState(currentView);
    useEffect(() => {
        const look = () => setView(currentView());
        addEventListener("hashchange", look);
        look();
        return () => removeEventListener("hashchange", look);
    }, []);
    return view;
}
