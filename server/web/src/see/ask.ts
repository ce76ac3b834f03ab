// What the view asks: every step one or two statements, then the relationships among what is shown, and how many more each has.

import type { Api, Ask, Times } from "../api";
import { type Element, Graph, type Relationship, classOf, keyOf } from "../graph/model";
import type { Sense } from "../graph/sense";
import { type Step, elementsMost } from "./steps";

export interface Fan { direction: "out" | "in"; type: string; count: number }
// Of one step: how many it has brought, of how many.
export interface StepCount { step: Step; shown: number; total: number }
export interface Shown {
    graph: Graph;
    byKey: Map<string, Element>;
    stepCounts: StepCount[];
    fans: Map<string, Fan[]>;          // by element id, what it is related to whether shown or not
    missing: string[];                 // keys that are not there at that time
    hidden: number;                    // that would be shown, and are hidden by who looks
    cut: number;                       // elements beyond elementsMost
    groups?: Map<string, string>;      // element id to what it is drawn in
}

// Of the relationships whose ends are both among `ids`. A map is looked up; a list would be gone through for each relationship:
// 2,200 ms instead of 90 for 5,000 elements.
export const amongStatement = "UNWIND $ids AS id MATCH (n)-[r]->(m) WHERE elementId(n) = id AND $among[elementId(m)]";
export const amongParameters = (ids: string[]) => ({ ids, among: Object.fromEntries(ids.map((each) => [each, true])) });

export const quotedName = (name: string) => `\`${name.replaceAll("`", "``")}\``;

// A statement about a time: AS OF first, then FOR VALID_TIME (docs/language.md).
export function timed(statement: string, parameters: Record<string, unknown>, { validAt, asOf }: Times): [string, Record<string, unknown>] {
    const as = !asOf ? "" : /^\d+$/.test(asOf) ? `AS OF TRANSACTION ${asOf} ` : "AS OF datetime($asOf) ";
    return [`${as}${validAt ? "FOR VALID_TIME AS OF $validAt " : ""}${statement}`, { ...parameters, ...(validAt ? { validAt } : {}), ...(asOf && !/^\d+$/.test(asOf) ? { asOf } : {}) }];
}
const asking = (api: Api, times: Times, { signal }: Ask) => (statement: string, parameters: Record<string, unknown> = {}) => {
    const [text, given] = timed(statement, parameters, times);
    return api.query(text, given, { signal });
};
type Query = ReturnType<typeof asking>;

interface Brought { elements: Element[]; relationships: Relationship[]; total: number }

async function askStep(query: Query, step: Step, id: string): Promise<Brought> {
    const { kind, type, most } = step;
    if (kind === "below" || kind === "above") {
        const analysis = `MATCH (n) WHERE elementId(n) = $id ${kind === "below" ? "DEPENDENCIES" : "DEPENDENTS"} OF n YIELD ci, hops`;
        const [counted, found] = await Promise.all([
            query(`${analysis} RETURN count(ci)`, { id }),
            query(`${analysis} RETURN ci ORDER BY hops, toString(ci.name), elementId(ci) LIMIT $most`, { id, most }),
        ]);
        return { elements: found.rows.map(([ci]) => ci as Element), relationships: [], total: Number(counted.rows[0]?.[0] ?? 0) };
    }
    const name = type ? `:${quotedName(type)}` : "";
    const pattern = `MATCH ${kind === "out" ? `(n)-[r${name}]->(m)` : `(n)<-[r${name}]-(m)`} WHERE elementId(n) = $id`;
    const [counted, found] = await Promise.all([
        query(`${pattern} RETURN count(r)`, { id }),
        query(`${pattern} RETURN r, m ORDER BY toString(m.name), elementId(m) LIMIT $most`, { id, most }),
    ]);
    return { elements: found.rows.map(([, m]) => m as Element), relationships: found.rows.map(([r]) => r as Relationship), total: Number(counted.rows[0]?.[0] ?? 0) };
}

export type Grouping = "" | "class" | "site" | "rack" | "owner";

// Where things are, or whose: over what they run on or stand in, else by an attribute of that name.
const groupClasses: Record<"site" | "rack" | "owner", { classes: string[]; types: string[]; hops: number }> = {
    site: { classes: ["Site", "Location"], types: ["LOCATED_IN", "RUNS_ON", "HOSTED_ON"], hops: 5 },
    rack: { classes: ["Rack"], types: ["LOCATED_IN", "RUNS_ON", "HOSTED_ON"], hops: 4 },
    owner: { classes: ["Team", "Organization", "Person"], types: ["OWNED_BY"], hops: 1 },
};
// Those for which this database's model has classes and relationship types.
export const groupings = (sense: Sense): Grouping[] => ["", "class", ...(["site", "rack", "owner"] as const).filter((name) => {
    const { classes, types } = groupClasses[name];
    return classes.some((each) => sense.parents.has(each)) && types.some((each) => sense.depends.has(each));
})];

async function askGroups(query: Query, sense: Sense, by: Grouping, elements: Element[], several: string): Promise<Map<string, string> | undefined> {
    if (by === "") return undefined;
    if (by === "class") return new Map(elements.map((each) => [each.id, classOf(each)]));
    const { classes, types, hops } = groupClasses[by];
    const labels = classes.filter((each) => sense.parents.has(each)).map(quotedName).join("|"), names = types.filter((each) => sense.depends.has(each)).map(quotedName).join("|");
    if (!labels || !names) return undefined;
    const { rows } = await query(`MATCH (n)-[:${names}*0..${hops}]->(p:${labels}) WHERE elementId(n) IN $ids RETURN elementId(n), collect(DISTINCT coalesce(toString(p.name), elementId(p)))`, { ids: elements.map((each) => each.id) });
    const found = new Map(rows.map(([id, places]) => [String(id), places as string[]]));
    // An attribute may say the key of the place.
    const said = new Map(elements.flatMap((each): [string, string][] => { const own = each.properties[by]; return typeof own === "string" && own !== "" ? [[each.id, own]] : []; }));
    const keys = [...new Set(said.values())];
    const named = keys.length === 0 ? [] : (await query(`MATCH (p:${labels}) WHERE p.id IN $keys RETURN p.id, toString(p.name)`, { keys })).rows;
    const nameOfKey = new Map(named.map(([key, name]) => [String(key), String(name ?? key)]));
    return new Map(elements.flatMap((each): [string, string][] => {
        const own = said.get(each.id), places = found.get(each.id) ?? [];
        if (own !== undefined) return [[each.id, nameOfKey.get(own) ?? own]];
        return places.length === 0 ? [] : [[each.id, places.length === 1 ? places[0]! : several]];
    }));
}

async function askFans(query: Query, ids: string[]): Promise<Map<string, Fan[]>> {
    const [out, into] = await Promise.all([
        query("MATCH (n)-[r]->() WHERE elementId(n) IN $ids RETURN elementId(n), type(r), count(r)", { ids }),
        query("MATCH (n)<-[r]-() WHERE elementId(n) IN $ids RETURN elementId(n), type(r), count(r)", { ids }),
    ]);
    const fans = new Map<string, Fan[]>(ids.map((id) => [id, []]));
    for (const [direction, { rows }] of [["out", out], ["in", into]] as const)
        for (const [id, type, count] of rows) fans.get(String(id))?.push({ direction, type: String(type), count: Number(count) });
    for (const each of fans.values()) each.sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0) || (a.direction === "out" ? -1 : 1));
    return fans;
}

export interface Question { of: string[]; steps: Step[]; hidden: string[]; times: Times; grouping: Grouping; sense: Sense; several: string }

// Remembers the answers to steps, so that one more step is one more question. forget() when something has changed.
export class Seer {
    private answers = new Map<string, Promise<Brought>>();
    constructor(private api: Api) {}
    forget() { this.answers.clear(); }

    async ask({ of, steps, hidden, times, grouping, sense, several }: Question, ask: Ask): Promise<Shown> {
        const query = asking(this.api, times, ask);
        const byKey = new Map<string, Element>(), graph = new Graph(), missing: string[] = [];
        let cut = 0;
        const isHidden = new Set(hidden), hiddenSeen = new Set<string>();
        const add = (element: Element): boolean => {
            if (graph.elements.has(element.id)) return true;
            if (isHidden.has(keyOf(element))) {
                hiddenSeen.add(element.id);
                return false;
            }
            if (graph.elements.size >= elementsMost) {
                ++cut;
                return false;
            }
            graph.addElement(element);
            byKey.set(keyOf(element), element);
            return true;
        };
        const first = await Promise.all(of.map((key) => this.api.node(key, ask)));
        const then = await query("MATCH (n) WHERE elementId(n) IN $ids RETURN n", { ids: first.map((each) => each.id) });
        const present = new Map(then.rows.map(([n]) => [(n as Element).id, n as Element]));
        first.forEach((element, i) => {
            const now = present.get(element.id);
            if (!now) missing.push(of[i]!);
            else {
                add(now);
                byKey.set(of[i]!, now);
            }
        });
        const stepCounts: StepCount[] = [];
        for (let open = [...steps]; open.length > 0;) {
            const ready = open.filter((each) => byKey.has(each.key));
            if (ready.length === 0) break;
            open = open.filter((each) => !byKey.has(each.key));
            const brought = await Promise.all(ready.map((step) => this.answer(step, byKey.get(step.key)!.id, times)));
            brought.forEach(({ elements, relationships, total }, i) => {
                const shown = new Set(elements.filter(add).map((each) => each.id)).size;
                relationships.forEach((each) => graph.addRelationship(each));
                stepCounts.push({ step: ready[i]!, shown, total });
            });
        }
        const ids = [...graph.elements.keys()];
        const [among, fans, groups] = await Promise.all([
            query(`${amongStatement} RETURN r`, amongParameters(ids)), askFans(query, ids),
            askGroups(query, sense, grouping, [...graph.elements.values()], several),
        ]);
        among.rows.forEach(([r]) => graph.addRelationship(r as Relationship));
        return { graph, byKey, stepCounts, fans, missing, hidden: hiddenSeen.size, cut, ...(groups ? { groups } : {}) };
    }

    // Not stopped with the question: the next will want it.
    private answer(step: Step, id: string, times: Times): Promise<Brought> {
        const name = JSON.stringify([step, id, times]);
        const known = this.answers.get(name);
        if (known) return known;
        const made = askStep(asking(this.api, times, {}), step, id);
        this.answers.set(name, made);
        made.catch(() => this.answers.delete(name));
        return made;
    }
}

// How many relationships of an element are not drawn, of those that carry failure: what there is to expand.
export function notDrawn(shown: Shown, sense: Sense): Map<string, string> {
    const drawn = new Map<string, number>();
    for (const { type, source, target } of shown.graph.drawable()) {
        if ((sense.depends.get(type) ?? "none") === "none") continue;
        for (const id of [source, target]) drawn.set(id, (drawn.get(id) ?? 0) + 1);
    }
    const badges = new Map<string, string>();
    for (const [id, fans] of shown.fans) {
        const total = fans.reduce((sum, { type, count }) => sum + ((sense.depends.get(type) ?? "none") === "none" ? 0 : count), 0);
        const rest = total - (drawn.get(id) ?? 0);
        if (rest > 0) badges.set(id, `+${rest}`);
    }
    return badges;
}
