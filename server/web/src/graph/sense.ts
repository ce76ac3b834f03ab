// What the class model says of relationships and classes, as far as drawing needs it: who depends on whom, and who is a service.

import { useEffect, useState } from "preact/hooks";
import { type Api, type Model, api } from "../api";
import type { LayoutEdge } from "./layout";
import type { Relationship } from "./model";

export interface Sense {
    depends: ReadonlyMap<string, "source" | "target" | "both" | "none">;  // by relationship type
    parents: ReadonlyMap<string, string | undefined>;                     // by class
    model: Model;
}

export const senseOf = (model: Model): Sense => ({
    depends: new Map(model.relationship_types.map((each) => [each.name, each.depends ?? "none"])),
    parents: new Map(model.classes.map((each) => [each.name, each.parent])),
    model,
});
// Until the model is there, or where it cannot be had: nothing is known to depend on anything.
export const noSense: Sense = { depends: new Map(), parents: new Map(), model: { classes: [], relationship_types: [] } };

export function isUnder(sense: Sense, name: string, above: string): boolean {
    let at: string | undefined = name;
    for (let steps = 0; at !== undefined && steps < 100; ++steps, at = sense.parents.get(at)) if (at === above) return true;
    return false;
}
export const isServiceClass = (sense: Sense, name: string) => isUnder(sense, name, "ServiceLayer") || (!sense.parents.has(name) && /service$/i.test(name));

export function layoutEdges(relationships: Iterable<Relationship>, sense: Sense): LayoutEdge[] {
    return [...relationships].flatMap(({ type, source, target }): LayoutEdge[] => {
        const depends = sense.depends.get(type) ?? "none";
        if (depends === "none") return [{ above: source, below: target, isWeak: true }];
        return [...(depends !== "target" ? [{ above: source, below: target }] : []), ...(depends !== "source" ? [{ above: target, below: source }] : [])];
    });
}

let asked: Promise<Sense> | undefined;
export function askSense(from: Api = api): Promise<Sense> {
    asked ??= from.model().then(senseOf).catch((error: unknown) => {
        asked = undefined;
        throw error;
    });
    return asked;
}

// Undefined until it is known. A model that cannot be read does not keep a graph from being drawn.
export function useSense(): Sense | undefined {
    const [sense, setSense] = useState<Sense>();
    useEffect(() => {
        let isOver = false;
        askSense().then((now) => { if (!isOver) setSense(now); }, () => { if (!isOver) setSense(noSense); });
        return () => { isOver = true; };
    }, []);
    return sense;
}
