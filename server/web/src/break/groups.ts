// Redundancy groups of an element as people say them: "2 of 3 left, needs 2". The server gives the margin, one number; this reads
// its relationships for the rest, by the rules of docs/failure-semantics.md.

import type { Api, Ask, Model, Times } from "../api";
import { type Element, type Relationship, type Value, nameOf } from "../graph/model";
import { timesBefore } from "./impact";

export interface Edge { relationship: Relationship; provider: { id: string; name: string } }
export interface Around { dependent: Element; edges: Edge[] }
export interface Group { name: string; members: { id: string; name: string; state: string }[]; need: number; left: number }

const isWorking = (state: string) => state !== "degraded" && state !== "down";

// How many of n: a count, 'P%', "all", or undefined where it says nothing that may stand there.
export function needOf(said: Value | undefined, members: number): number | undefined {
    if (typeof said === "number" && Number.isInteger(said) && said >= 1) return said;
    if (said === "all") return members;
    const [, percent] = typeof said === "string" ? /^(\d{1,3})%$/.exec(said) ?? [] : [];
    return percent !== undefined && Number(percent) >= 1 && Number(percent) <= 100 ? Math.max(1, Math.ceil((Number(percent) * members) / 100)) : undefined;
}

export function groupsOf({ dependent, edges }: Around, model: Model, stateOf: (id: string) => string): Group[] {
    const types = new Map(model.relationship_types.map((each) => [each.name, each]));
    interface Collected { name: string; members: Map<string, string>; needs: Value[]; grouped: unknown }
    const found = new Map<string, Collected>();
    for (const { relationship: { type, properties }, provider } of edges) {
        const effect = properties.effect ?? types.get(type)?.effect, grouped = types.get(type)?.grouped;
        if (effect === "none" || effect === "path") continue;
        const name = grouped ? type : properties.group;
        if (typeof name !== "string" || name === "") continue;
        const key = `${grouped ? "type" : "group"} ${name}`;
        const group: Collected = found.get(key) ?? { name: !grouped && typeof properties.role === "string" ? properties.role : name, members: new Map(), needs: [], grouped };
        group.members.set(provider.id, provider.name);
        if (!grouped && properties.need !== undefined) group.needs.push(properties.need);
        found.set(key, group);
    }
    return [...found.values()].map(({ name, members, needs, grouped }) => {
        const declared = (grouped as { need?: Value } | undefined)?.need;
        const attribute = typeof declared === "string" && needOf(declared, members.size) === undefined ? dependent.properties[declared] : declared;
        const said = grouped ? [attribute] : needs;
        const need = Math.max(1, ...said.map((each) => needOf(each, members.size) ?? 1));
        const listed = [...members].map(([id, memberName]) => ({ id, name: memberName, state: stateOf(id) }));
        return { name, members: listed, need, left: listed.filter(({ state }) => isWorking(state)).length };
    });
}

// The groups that give the element its margin; empty if they do not account for it, as where a gate passes its own on or something was
// down before: then the number alone is said. A group of one is no redundancy.
export function groupsBehind(groups: Group[], margin: number | null): Group[] {
    if (margin === null || groups.length === 0) return [];
    const smallest = Math.min(...groups.map(({ left, need }) => left - need));
    return smallest === margin ? groups.filter(({ left, members }) => left < members.length && members.length > 1) : [];
}

export async function askGroups(api: Api, ids: string[], times: Times, ask: Ask = {}): Promise<Map<string, Around>> {
    const found = new Map<string, Around>();
    if (ids.length === 0) return found;
    const { clause, parameters } = timesBefore(times);
    const { rows } = await api.query(`${clause}MATCH (d)-[r:DEPENDENCY]->(p) WHERE elementId(d) IN $ids RETURN d, r, p`, { ...parameters, ids }, ask);
    for (const [d, r, p] of rows as [Element, Relationship, Element][]) {
        const around = found.get(d.id) ?? { dependent: d, edges: [] };
        around.edges.push({ relationship: r, provider: { id: p.id, name: nameOf(p) } });
        found.set(d.id, around);
    }
    return found;
}
