// What was asked, in this browser.

import { write, useKept, read } from "../remember";

export interface Asked { statement: string; parameters: Record<string, unknown>; at: string; ms: number; rows: number; outcome: "read" | "wrote" | "failed" | "stopped"; isPinned: boolean }

const most = 200, longest = 20_000;  // entries; characters of a statement
const isAsked = (value: unknown): value is Asked[] => Array.isArray(value) && value.every((each: Partial<Asked> | null) =>
    typeof each?.statement === "string" && typeof each.at === "string" && typeof each.ms === "number" && typeof each.rows === "number" &&
    typeof each.isPinned === "boolean" && typeof each.parameters === "object" && each.parameters !== null);

export const useAsked = () => useKept<Asked[]>("asked", [], isAsked);

// The same statement stands once, where it was asked last; those that are pinned stay, and stand first.
export function withAsked(list: Asked[], one: Asked): Asked[] {
    if (one.statement.length > longest) return list;
    const before = list.find((each) => each.statement === one.statement);
    const all = [{ ...one, isPinned: before?.isPinned ?? one.isPinned }, ...list.filter((each) => each !== before)];
    const pinned = all.filter((each) => each.isPinned);
    return [...pinned, ...all.filter((each) => !each.isPinned)].slice(0, Math.max(most, pinned.length));
}
export function searched(list: Asked[], typed: string): Asked[] {
    const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
    return list.filter(({ statement }) => parts.every((part) => statement.toLowerCase().includes(part)));
}

const now = () => read<Asked[]>("asked", [], isAsked);
export const noteAsked = (one: Asked) => write("asked", withAsked(now(), one));
export function pinAsked(one: Asked) {
    const changed = { ...one, isPinned: !one.isPinned };
    const rest = now().filter((each) => each.statement !== one.statement);
    const pinned = rest.filter((each) => each.isPinned), others = rest.filter((each) => !each.isPinned);
    write("asked", changed.isPinned ? [changed, ...pinned, ...others] : [...pinned, changed, ...others]);
}
export const forgetAsked = () => write("asked", now().filter((each) => each.isPinned));

// What stands in the editor, until it is run or the next is written.
const isText = (value: unknown): value is string => typeof value === "string";
export const draft = { read: () => read("draft", "", isText), write: (statement: string) => write("draft", statement.slice(0, longest)) };
