// What the server's answers are made of, and the graph that views show.

export type Scalar = string | number | boolean | null;
export type Value = Scalar | Value[] | Element | Relationship | Path | { [key: string]: Value };
export type Properties = { [key: string]: Value };

export interface Element { id: string; labels: string[]; properties: Properties }
export interface Relationship { id: string; type: string; source: string; target: string; properties: Properties }
export interface Path { nodes: Element[]; relationships: Relationship[] }

const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

export const isElement = (value: unknown): value is Element =>
    isObject(value) && typeof value.id === "string" && Array.isArray(value.labels) && isObject(value.properties);
export const isRelationship = (value: unknown): value is Relationship =>
    isObject(value) && typeof value.type === "string" && typeof value.source === "string" && typeof value.target === "string";
export const isPath = (value: unknown): value is Path =>
    isObject(value) && Array.isArray(value.nodes) && Array.isArray(value.relationships);

export const classOf = (element: Element) => element.labels[0] ?? "";
const textOf = (value: Value | undefined) => (typeof value === "string" && value !== "" ? value : undefined);
const naming = ["name", "hostname", "id", "key", "asset_tag", "serial", "number", "title", "alertname", "address", "email"];
export const nameOf = (element: Element) => naming.map((name) => textOf(element.properties[name])).find((each) => each !== undefined) ?? element.id;
// What other systems call it: goes into addresses, for it outlives the element id.
export const keyOf = (element: Element) => textOf(element.properties.id) ?? element.id;

// Elements and relationships of a view, each once, in the order in which they came: what is there keeps its place when
// more comes.
export class Graph {
    readonly elements = new Map<string, Element>();
    readonly relationships = new Map<string, Relationship>();

    addElement(element: Element) { this.elements.set(element.id, element); }

    // Kept also while an end is not there: ends() says whether it can be drawn.
    addRelationship(relationship: Relationship) { this.relationships.set(relationship.id, relationship); }

    // Whatever of a row is part of a graph; the rest is passed over.
    addValue(value: Value) {
        if (isElement(value)) this.addElement(value);
        else if (isRelationship(value)) this.addRelationship(value);
        else if (isPath(value)) {
            value.nodes.forEach((each) => this.addElement(each));
            value.relationships.forEach((each) => this.addRelationship(each));
        } else if (Array.isArray(value)) value.forEach((each) => this.addValue(each));
        else if (isObject(value)) Object.values(value as { [key: string]: Value }).forEach((each) => this.addValue(each));
    }

    drawable(): Relationship[] {
        return [...this.relationships.values()].filter((each) => this.elements.has(each.source) && this.elements.has(each.target));
    }

    removeElement(id: string) {
        this.elements.delete(id);
        for (const [key, each] of this.relationships) if (each.source === id || each.target === id) this.relationships.delete(key);
    }
}

// The type of most of many relationships: the legend says it once, in place of a word at each.
const manyFrom = 12;
export function usualType(relationships: Relationship[]): string | undefined {
    const counts = new Map<string, number>();
    for (const { type } of relationships) counts.set(type, (counts.get(type) ?? 0) + 1);
    const [type, count] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0] ?? ["", 0];
    return relationships.length >= manyFrom && count * 2 > relationships.length ? type : undefined;
}
