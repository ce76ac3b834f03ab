// What a page about one element asks and how it puts it together.

import { type Api, type Ask, type Model, linesOf } from "../api";
import { type Element, type Relationship, type Value, classOf } from "../graph/model";
import { type CommitEvent, serverSentEvents } from "../live/events";
import { text } from "../text";
import { ancestorsOf, quotedName } from "./classes";

// --- attributes

export interface Attribute { name: string; value: Value; unit: string; description: string; reference: string }
export interface AttributeGroup { title: string; attributes: Attribute[] }

const identifying = ["name", "id", "key", "description", "hostname", "fqdn", "serial", "asset_tag", "uuid", "number", "ip_address", "management_ip", "mac"];
const aboutState = /(^|_)(status|state|stage|criticality|environment|env|severity|priority|lifecycle)($|_)/;
const aboutPlace = /(^|_)(owner|custodian|assigned|responsible|team|group|department|cost_center|site|location|room|rack|city|country|region|tags)($|_)/;

// Identification first, then state, then whose and where it is, then what the classes above it declare, the nearest first,
// and at last what no class knows.
export function attributeGroups(model: Model, element: Element): AttributeGroup[] {
    const classes = new Map(model.classes.map((each) => [each.name, each]));
    const lineage = [classOf(element), ...ancestorsOf(model, classOf(element))];
    const keys = lineage.map((name) => classes.get(name)?.keys).find((each) => each !== undefined)?.flat() ?? [];
    const states = lineage.flatMap((name) => { const status = classes.get(name)?.status; return status ? [status.attribute] : []; });
    const words = text.element.groups, groups = new Map<string, Attribute[]>();
    const add = (title: string, attribute: Attribute) => groups.set(title, [...(groups.get(title) ?? []), attribute]);
    for (const title of [words.identity, words.state, words.owner, ...lineage.map(words.of), words.other]) groups.set(title, []);
    for (const [name, value] of Object.entries(element.properties)) {
        const owner = lineage.find((each) => classes.get(each)?.attributes?.some((attribute) => attribute.name === name));
        const declared = owner ? classes.get(owner)!.attributes!.find((attribute) => attribute.name === name) : undefined;
        const attribute = { name, value, unit: declared?.unit ?? "", description: declared?.description ?? "", reference: declared?.reference ?? "" };
        if (identifying.includes(name) || keys.includes(name)) add(words.identity, attribute);
        else if (states.includes(name) || aboutState.test(name)) add(words.state, attribute);
        else if (aboutPlace.test(name)) add(words.owner, attribute);
        else add(owner ? words.of(owner) : words.other, attribute);
    }
    const rank = ({ name }: Attribute) => { const at = identifying.indexOf(name); return at < 0 ? identifying.length : at; };
    return [...groups].filter(([, attributes]) => attributes.length > 0).map(([title, attributes]) => ({ title, attributes: attributes.sort((a, b) => rank(a) - rank(b)) }));
}

// --- relationships

export interface Times { validAt: string; asOf: string }
// In front of a statement; parameters: at.
export const timesClause = ({ validAt, asOf }: Times) =>
    `${/^\d+$/.test(asOf) ? `AS OF TRANSACTION ${asOf} ` : asOf ? "AS OF $asof " : ""}${validAt ? "FOR VALID_TIME AS OF $at " : ""}`;
export const timesParameters = ({ validAt, asOf }: Times) => ({ ...(validAt ? { at: validAt } : {}), ...(asOf && !/^\d+$/.test(asOf) ? { asof: asOf } : {}) });

export type Role = "on" | "under" | "other";
export interface Group { type: string; isOut: boolean; count: number; role: Role; reads: string }

// As people read it from this end.
export function readsAs(model: Model, type: string, isOut: boolean): string {
    const inverse = model.relationship_types.find((each) => each.name === type)?.inverse;
    const words = (name: string) => name.replaceAll("_", " ").toLowerCase();
    return isOut ? words(type) : inverse ? words(inverse) : `← ${words(type)}`;
}

// on: the element depends on the other end; under: the other end on the element.
export function roleOf(model: Model, type: string, isOut: boolean): Role {
    const declared = model.relationship_types.find((each) => each.name === type);
    if (!declared?.depends || declared.depends === "none" || declared.effect === "none") return "other";
    if (declared.depends === "both") return "on";
    return (declared.depends === "source") === isOut ? "on" : "under";
}

const pattern = (type: string, isOut: boolean) => `(n)${isOut ? "" : "<"}-[r${type ? `:${quotedName(type)}` : ""}]-${isOut ? ">" : ""}(m)`;

export async function askGroups(api: Api, model: Model, id: string, times: Times, ask: Ask): Promise<Group[]> {
    const both = await Promise.all([true, false].map(async (isOut) => {
        const { rows } = await api.query(`${timesClause(times)}MATCH ${pattern("", isOut)} WHERE elementId(n) = $id RETURN type(r), count(*)`, { id, ...timesParameters(times) }, ask);
        return rows.map(([type, count]): Group => ({ type: String(type), isOut, count: Number(count), role: roleOf(model, String(type), isOut), reads: readsAs(model, String(type), isOut) }));
    }));
    const order: Role[] = ["on", "under", "other"];
    return both.flat().sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.reads.localeCompare(b.reads));
}

export interface Linked { relationship: Relationship; element: Element }

export async function askLinked(api: Api, id: string, { type, isOut }: { type: string; isOut: boolean }, most: number, times: Times, ask: Ask): Promise<Linked[]> {
    const { rows } = await api.query(`${timesClause(times)}MATCH ${pattern(type, isOut)} WHERE elementId(n) = $id RETURN r, m ORDER BY toString(m.name), toString(m.id), elementId(m) LIMIT $most`,
        { id, most, ...timesParameters(times) }, ask);
    return rows.map(([relationship, element]) => ({ relationship: relationship as Relationship, element: element as Element }));
}

// --- who and what is behind it

export const kindsBehind = ["Party", "Asset", "Commercial"] as const;
export type KindBehind = (typeof kindsBehind)[number];
export interface Behind { kind: KindBehind; element: Element; relationship: Relationship; isOut: boolean; through: Element | null }

const behindMost = 30;

// Where the class model does not say it, the class's name does.
const namesOfKind: Record<KindBehind, RegExp> = {
    Party: /^(Person|People|User|Employee|Contact|Team|Group|Organi[sz]ation|Department|Vendor|Supplier)s?$/i,
    Asset: /(Asset|Licen[cs]e|Subscription)s?$/i, Commercial: /(Contract|PurchaseOrder|CostItem|Invoice|Warranty)s?$/i,
};

export function kindOfClass(model: Model, name: string): KindBehind | undefined {
    const lineage = [name, ...ancestorsOf(model, name)];
    const isModelled = (kind: KindBehind) => model.classes.some((each) => each.name === kind);
    return kindsBehind.find((kind) => (isModelled(kind) ? lineage.includes(kind) : lineage.some((each) => namesOfKind[kind].test(each))));
}
const classesOf = (model: Model, kinds: readonly KindBehind[]) => model.classes.map(({ name }) => name).filter((name) => { const kind = kindOfClass(model, name); return kind !== undefined && kinds.includes(kind); });

// Parties, assets and contracts beside the element, and the contracts of its assets.
export async function askBehind(api: Api, model: Model, element: Element, times: Times, ask: Ask): Promise<Behind[]> {
    const all = classesOf(model, kindsBehind), assets = classesOf(model, ["Asset"]), contracts = classesOf(model, ["Commercial"]);
    if (all.length === 0) return [];
    const parameters = { id: element.id, all, assets, contracts, most: behindMost, ...timesParameters(times) }, clause = timesClause(times);
    const [near, far] = await Promise.all([
        api.query(`${clause}MATCH (n)-[r]-(m) WHERE elementId(n) = $id AND labels(m)[0] IN $all RETURN r, m, null ORDER BY type(r), toString(m.name) LIMIT $most`, parameters, ask),
        // From a contract or a person this would be everybody's.
        kindOfClass(model, classOf(element)) ? { rows: [] } : api.query(
            `${clause}MATCH (n)-[]-(a) WHERE elementId(n) = $id AND labels(a)[0] IN $assets WITH DISTINCT a LIMIT 20 MATCH (a)-[r]-(m) WHERE labels(m)[0] IN $contracts RETURN r, m, a LIMIT $most`, parameters, ask),
    ]);
    return [...near.rows, ...far.rows].flatMap(([r, m, a]) => {
        const relationship = r as Relationship, other = m as Element, kind = kindOfClass(model, classOf(other));
        return kind ? [{ kind, element: other, relationship, isOut: relationship.target === other.id, through: a as Element | null }] : [];
    });
}

const day = (value: Value | undefined) => (typeof value === "string" ? value.slice(0, 10) : "");
export function validText({ properties }: Relationship): string {
    const from = day(properties.valid_from), to = day(properties.valid_to);
    return from || to ? text.element.valid(from, to) : "";
}

// --- commits

const commitsBack = 1_000, commitsMost = 8, quietFor = 500, patience = 4_000;  // ms

// The latest commits that name the element or a relationship of it, the newest first. The stream of commits has no end: it is read
// until the newest commit, or until the server has no more to say.
export async function askCommitsOf(api: Api, id: string, signal: AbortSignal): Promise<CommitEvent[]> {
    const [newest] = await api.log(1, { signal });
    if (!newest) return [];
    const stop = new AbortController(), end = () => stop.abort();
    signal.addEventListener("abort", end);
    let timer = setTimeout(end, patience);
    let found: CommitEvent[] = [];
    try {
        const about = new URLSearchParams({ from: String(Math.max(0, newest.tx - commitsBack)), id });
        const { body } = await api.request(`v1/events?${about}`, { accept: "text/event-stream", signal: stop.signal });
        async function* lines() {
            for await (const line of linesOf(body!)) {
                clearTimeout(timer);
                timer = setTimeout(end, quietFor);
                yield line;
            }
        }
        for await (const { event, data } of serverSentEvents(lines())) {
            if (event !== "commit") continue;
            const commit = JSON.parse(data) as CommitEvent;
            found = [commit, ...found].slice(0, commitsMost);
            if (commit.tx >= newest.tx) break;
        }
    } catch (error) {
        if (signal.aborted || !stop.signal.aborted) throw error;
    } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        stop.abort();
    }
    return found;
}
