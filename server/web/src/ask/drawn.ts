// What of a result can be drawn.

import { Graph, type Value, isElement } from "../graph/model";
import { lookOf } from "../graph/states";

export const elementsMost = 1_000;

export interface Drawn { graph: Graph; looks: Map<string, string>; all: number }

// What of the rows can be drawn: the first elements, and what joins them. A column `state` says how the elements of its row are.
export function drawnOf(columns: string[], rows: Value[][], most = elementsMost): Drawn {
    const whole = new Graph(), graph = new Graph(), looks = new Map<string, string>(), at = columns.indexOf("state");
    for (const row of rows) {
        row.forEach((value) => whole.addValue(value));
        const state = at >= 0 ? row[at] : undefined;
        if (typeof state !== "string" || !lookOf(state)) continue;
        for (const value of row) if (isElement(value)) looks.set(value.id, state);
    }
    let left = most;
    for (const element of whole.elements.values()) if (left-- > 0) graph.addElement(element);
    for (const relationship of whole.relationships.values()) graph.addRelationship(relationship);
    return { graph, looks, all: whole.elements.size };
}
