// Classes as things to find: those that have elements, by themselves or below them.

import { useEffect, useState } from "preact/hooks";
import { type Api, type Ask, type Model, api } from "../api";
import { useRefresh } from "../live/live";

export interface ClassEntry {
    name: string; description: string;
    own: number;    // elements of the class itself
    count: number;  // with those of the classes below it
    above: string[];  // its ancestors, the nearest first
    below: string[];  // its children that have elements, themselves or below them
}

export const quotedName = (name: string) => `\`${name.replaceAll("`", "``")}\``;

export function ancestorsOf(model: Model, name: string): string[] {
    const parents = new Map(model.classes.map((each) => [each.name, each.parent]));
    const above: string[] = [];
    for (let at = parents.get(name); at !== undefined && !above.includes(at) && at !== name; at = parents.get(at)) above.push(at);
    return above;
}

// A class that only elements know is one without ancestors. In the order of their names.
export function classEntries(model: Model, counts: { name: string; count: number }[]): ClassEntry[] {
    const entries = new Map<string, ClassEntry>();
    for (const each of model.classes) entries.set(each.name, { name: each.name, description: each.description ?? "", own: 0, count: 0, above: ancestorsOf(model, each.name), below: [] });
    for (const { name, count } of counts) {
        if (name === "") continue;
        const entry = entries.get(name) ?? { name, description: "", own: 0, count: 0, above: [], below: [] };
        entries.set(name, entry);
        entry.own += count;
        for (const each of [name, ...entry.above]) {
            const above = entries.get(each);
            if (above) above.count += count;
        }
    }
    const present = [...entries.values()].filter((each) => each.count > 0).sort((a, b) => a.name.localeCompare(b.name));
    for (const each of present) if (each.above[0]) entries.get(each.above[0])?.below.push(each.name);
    return present;
}

export async function askClasses(from: Api, ask: Ask): Promise<ClassEntry[]> {
    const [model, { rows }] = await Promise.all([from.model(ask), from.query("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS count", {}, ask)]);
    return classEntries(model, rows.map(([name, count]) => ({ name: String(name ?? ""), count: Number(count) })));
}

// "virtual servers" means VirtualServer.
const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, "");

// Those whose name has the text, the nearest to it first, then the larger.
export function matchingClasses(classes: ClassEntry[], typed: string, most: number): ClassEntry[] {
    const q = plain(typed);
    if (q === "") return [];
    const wanted = q.length > 3 && q.endsWith("s") ? [q, q.slice(0, -1)] : [q];
    const rank = ({ name }: ClassEntry) => {
        const low = plain(name);
        return wanted.includes(low) ? 0 : wanted.some((each) => low.startsWith(each)) ? 1 : wanted.some((each) => low.includes(each)) ? 2 : 3;
    };
    return classes.filter((each) => rank(each) < 3).sort((a, b) => rank(a) - rank(b) || b.count - a.count).slice(0, most);
}

let kept: ClassEntry[] | null = null;
// Whom requests are made as has changed.
export const forgetClasses = () => { kept = null; };

// Asked for when `isWanted` first, then again after commits, while it is wanted; null until they are there. What goes wrong is
// passed over: elements are found without them.
export function useClasses(isWanted: boolean): ClassEntry[] | null {
    const [, redraw] = useState(0), [isStale, setStale] = useState(false);
    useRefresh(() => setStale(true));
    useEffect(() => {
        if (!isWanted || (kept && !isStale)) return;
        const stop = new AbortController();
        askClasses(api, { signal: stop.signal }).then((classes) => {
            kept = classes;
            setStale(false);
            redraw((n) => n + 1);
        }, () => undefined);
        return () => stop.abort();
    }, [isWanted, isStale]);
    return kept;
}
