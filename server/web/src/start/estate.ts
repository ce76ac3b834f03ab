// What the start page asks: whole counts by class, the services that matter most.

import { type Api, ApiError, type Ask, type Model, type ModelStatus } from "../api";
import { ancestorsOf, quotedName } from "../find/classes";
import type { Element, Value } from "../graph/model";

export interface ClassCount { name: string; count: number }
// otherDays: elements and relationships that are dated, and not valid now.
export interface Estate { classes: ClassCount[]; elements: number; relationships: number; otherDays: { elements: number; relationships: number } }

export async function askEstate(api: Api, ask: Ask): Promise<Estate> {
    const counted = (statement: string) => api.query(statement, {}, ask).then(({ rows }) => Number(rows[0]?.[0] ?? 0));
    const ever = "FOR VALID_TIME ALL";
    const [classes, relationships, elementsEver, relationshipsEver] = await Promise.all([
        api.query("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS count ORDER BY count DESC, class", {}, ask),
        counted("MATCH ()-[r]->() RETURN count(r)"), counted(`${ever} MATCH (n) RETURN count(n)`), counted(`${ever} MATCH ()-[r]->() RETURN count(r)`),
    ]);
    const counts = classes.rows.map(([name, count]) => ({ name: String(name ?? ""), count: Number(count) }));
    const elements = counts.reduce((sum, each) => sum + each.count, 0);
    return { classes: counts, elements, relationships, otherDays: { elements: Math.max(0, elementsEver - elements), relationships: Math.max(0, relationshipsEver - relationships) } };
}

// The classes that have elements and stand under the model's service layer; where there is none, those called a service.
export function serviceClasses(model: Model, present: string[]): string[] {
    const layered = present.filter((name) => name === "ServiceLayer" || ancestorsOf(model, name).includes("ServiceLayer"));
    return layered.length > 0 ? layered : present.filter((name) => /service$/i.test(name));
}

// The words that tools use, the most critical first; what nobody has said comes last.
export const criticalities = ["critical", "very high", "high", "medium", "moderate", "normal", "low", "very low"];
export const servicesMost = 10;

// dependents: what depends on it, however far; null where counting them took too long. related: its relationships, of whatever kind.
export interface Service { element: Element; dependents: number | null; related: number }
const servicesCounted = 5_000, patience = 3_000;  // ms

const servicesIn = (rows: Value[][]): Service[] =>
    rows.map(([element, dependents, related]) => ({ element: element as Element, dependents: dependents as number | null, related: Number(related) }));

// By criticality where anybody has said it, then business services before offerings and what stands on them, then by how much
// depends on them.
export async function askServices(api: Api, classes: string[], ask: Ask): Promise<Service[]> {
    if (classes.length === 0) return [];
    const statement = (dependents: string) => `MATCH (s:${classes.map(quotedName).join("|")})
        WITH s, [i IN range(0, size($words) - 1) WHERE $words[i] = toLower(toString(s.criticality))] AS ranks
        WITH s, CASE WHEN size(ranks) > 0 THEN ranks[0] ELSE size($words) END AS rank
        ORDER BY rank LIMIT $counted
        ${dependents}
        WITH s, rank, dependents, COUNT { (s)--() } AS related
        RETURN s, dependents, related ORDER BY rank, labels(s)[0] <> 'BusinessService', -coalesce(dependents, 0), -related, toString(s.name)
        LIMIT $most`;
    const parameters = { words: criticalities, most: servicesMost, counted: servicesCounted };
    const counted = "OPTIONAL DEPENDENTS OF s YIELD ci WITH s, rank, count(ci) AS dependents";
    try {
        return servicesIn((await api.query(statement(counted), parameters, { ...ask, limits: { time_ms: patience } })).rows);
    } catch (error) {
        if (!(error instanceof ApiError) || error.kind !== "time-out") throw error;
        return servicesIn((await api.query(statement("WITH s, rank, null AS dependents"), parameters, ask)).rows);
    }
}

// Where there are no services: on what most depends. Of the elements with the most dependents one hop away those with the most at
// any distance; of more than so many elements nobody is asked, for each must be looked at.
export const anyElementMost = 50_000;
const candidatesMost = 100;
export async function askMostNeeded(api: Api, ask: Ask): Promise<Service[]> {
    try {
        const { rows } = await api.query(`MATCH (n)<-[:DEPENDENCY]-()
            WITH n, count(*) AS near ORDER BY near DESC, elementId(n) LIMIT $candidates
            DEPENDENTS OF n YIELD ci
            WITH n, near, count(ci) AS dependents
            RETURN n, dependents, near ORDER BY dependents DESC, near DESC, toString(n.name) LIMIT $most`,
            { candidates: candidatesMost, most: servicesMost }, { ...ask, limits: { time_ms: patience } });
        return servicesIn(rows);
    } catch (error) {
        if (error instanceof ApiError && error.kind === "time-out") return [];
        throw error;
    }
}

// What elements say of their own state, by the attribute that the class model names for it.
export interface Health {
    states: { state: "down" | "degraded" | "at_risk"; count: number }[];  // the worst first; those that there are
    attributes: string[];                                               // by which they may say it
    told: number;                                                       // elements that say their state
    worst: { element: Element; state: string; said: string }[];
}

const statesWorstFirst = ["down", "degraded", "at_risk"] as const;
const worstMost = 6;

// The nearest declaration at or above each class: what a value of which attribute means there.
export function statusOf(model: Model, className: string): ModelStatus | undefined {
    const declared = new Map(model.classes.map((each) => [each.name, each.status]));
    return [className, ...ancestorsOf(model, className)].map((name) => declared.get(name)).find((each) => each !== undefined);
}
export const stateOf = (status: ModelStatus, value: string) => statesWorstFirst.find((state) => status[state]?.includes(value));

export async function askHealth(api: Api, model: Model, ask: Ask): Promise<Health> {
    const attributes = [...new Set(model.classes.flatMap(({ status }) => (status ? [status.attribute] : [])))];
    const counts = new Map<string, number>(), wanted: { className: string; attribute: string; value: string; state: string }[] = [];
    let told = 0;
    await Promise.all(attributes.map(async (attribute) => {
        const { rows } = await api.query(`MATCH (n) WHERE n.${quotedName(attribute)} IS NOT NULL RETURN labels(n)[0], toString(n.${quotedName(attribute)}), count(*)`, {}, ask);
        for (const [name, value, count] of rows) {
            const className = String(name ?? ""), status = statusOf(model, className);
            if (status?.attribute !== attribute) continue;
            told += Number(count);
            const state = stateOf(status, String(value));
            if (!state) continue;
            counts.set(state, (counts.get(state) ?? 0) + Number(count));
            wanted.push({ className, attribute, value: String(value), state });
        }
    }));
    const rank = (state: string) => statesWorstFirst.indexOf(state as "down");
    wanted.sort((a, b) => rank(a.state) - rank(b.state));
    const worst: Health["worst"] = [];
    for (const { className, attribute, value, state } of wanted) {
        if (worst.length >= worstMost) break;
        const { rows } = await api.query(`MATCH (n:${quotedName(className)}) WHERE n.${quotedName(attribute)} = $value AND labels(n)[0] = $className RETURN n ORDER BY n.name LIMIT $most`,
            { value, className, most: worstMost - worst.length }, ask);
        for (const [node] of rows) worst.push({ element: node as Element, state, said: `${attribute} ${value}` });
    }
    return { states: statesWorstFirst.flatMap((state) => (counts.get(state) ? [{ state, count: counts.get(state)! }] : [])), attributes, told, worst };
}

// Incidents and alerts that are not closed.
export const openWords = ["open", "new", "firing", "active", "in_progress", "in progress", "assigned", "acknowledged", "investigating", "pending", "on_hold"];
const recordsMost = 6;
// affects: one of the elements that it is about.
export interface OpenRecords { count: number; records: { element: Element; affects: Element | null }[] }
export async function askOpenRecords(api: Api, model: Model, present: string[], ask: Ask): Promise<OpenRecords> {
    const classes = present.filter((name) => [name, ...ancestorsOf(model, name)].some((each) => each === "Incident" || each === "Event"));
    if (classes.length === 0) return { count: 0, records: [] };
    const open = `MATCH (n:${classes.map(quotedName).join("|")}) WHERE toLower(toString(coalesce(n.state, n.status))) IN $words`;
    const [count, records] = await Promise.all([
        api.query(`${open} RETURN count(n)`, { words: openWords }, ask),
        api.query(`${open} RETURN n, head([(n)-[r]->(m) WHERE type(r) = 'AFFECTS' | m]) ORDER BY coalesce(n.severity, n.priority), toString(coalesce(n.opened_at, n.starts_at, n.occurred_at)) DESC LIMIT $most`, { words: openWords, most: recordsMost }, ask),
    ]);
    return { count: Number(count.rows[0]?.[0] ?? 0), records: records.rows.map(([node, affects]) => ({ element: node as Element, affects: affects as Element | null })) };
}
