// What the browser keeps for its user: theme, what was opened, what is pinned. Never what a database says beyond names,
// and nothing that is needed: where storage is forbidden, it is forgotten with the page.

import { useEffect, useState } from "preact/hooks";

const store = (which: "localStorage" | "sessionStorage"): Storage | null => {
    try {
        return globalThis[which];
    } catch {
        return null;
    }
};

const memory = new Map<string, string>(), listeners = new Set<() => void>();

export function read<T>(key: string, usual: T, isValid: (value: unknown) => value is T): T {
    let kept: string | null | undefined = memory.get(key);
    try {
        kept ??= store("localStorage")?.getItem(`mainstay.${key}`);
    } catch { /* forbidden */ }
    if (kept === undefined || kept === null) return usual;
    try {
        const value: unknown = JSON.parse(kept);
        return isValid(value) ? value : usual;
    } catch {
        return usual;
    }
}

export function write(key: string, value: unknown) {
    memory.set(key, JSON.stringify(value));
    try {
        store("localStorage")?.setItem(`mainstay.${key}`, JSON.stringify(value));
    } catch { /* forbidden, or full */ }
    listeners.forEach((each) => each());
}

export function useKept<T>(key: string, usual: T, isValid: (value: unknown) => value is T): T {
    const [, redraw] = useState(0);
    useEffect(() => {
        const look = () => redraw((n) => n + 1);
        const elsewhere = () => { memory.clear(); look(); };  // another tab
        listeners.add(look);
        addEventListener("storage", elsewhere);
        return () => {
            listeners.delete(look);
            removeEventListener("storage", elsewhere);
        };
    }, []);
    return read(key, usual, isValid);
}

export interface Remembered { key: string; name: string; class: string }
const isList = (value: unknown): value is Remembered[] => Array.isArray(value) && value.every((each) =>
    typeof each?.key === "string" && typeof each.name === "string" && typeof each.class === "string");
const recentMost = 12, pinnedMost = 50;

export const useRecent = () => useKept<Remembered[]>("recent", [], isList);
export const usePinned = () => useKept<Remembered[]>("pinned", [], isList);

export const withFirst = (list: Remembered[], one: Remembered, most: number) =>
    [one, ...list.filter((each) => each.key !== one.key)].slice(0, most);
export const noteOpened = (one: Remembered) => write("recent", withFirst(read("recent", [], isList), one, recentMost));
export function togglePin(one: Remembered) {
    const pinned = read("pinned", [], isList);
    const without = pinned.filter((each) => each.key !== one.key);
    write("pinned", without.length < pinned.length ? without : withFirst(pinned, one, pinnedMost));
}

export type Theme = "auto" | "light" | "dark";
const isTheme = (value: unknown): value is Theme => value === "auto" || value === "light" || value === "dark";
export const useTheme = () => useKept<Theme>("theme", "auto", isTheme);
export function showTheme() {
    const theme = read<Theme>("theme", "auto", isTheme);
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
}
export function setTheme(theme: Theme) {
    write("theme", theme);
    showTheme();
}

// Of this tab, until it is closed: whom requests are made as.
export const session = {
    read: () => { try { return store("sessionStorage")?.getItem("mainstay.authorization") ?? null; } catch { return null; } },
    write: (value: string | null) => {
        try {
            if (value === null) store("sessionStorage")?.removeItem("mainstay.authorization");
            else store("sessionStorage")?.setItem("mainstay.authorization", value);
        } catch { /* forbidden: kept while the page is open */ }
    },
};
