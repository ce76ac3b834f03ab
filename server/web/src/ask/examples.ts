// Questions that this database can answer: made of the classes and elements it has.

import type { Api, Ask, Model } from "../api";
import { type Element, classOf, isElement, keyOf } from "../graph/model";
import { text } from "../text";
import { quotedName } from "./mql";

export interface Example { title: string; statement: string; parameters: Record<string, unknown> }
export interface Known { service?: Element | undefined; provider?: Element | undefined; largest?: string | undefined; hasDepends: boolean; validAt: string }

const quotedText = (value: string) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
// MATCH (s:Server {id: 'db01'}): one element, whatever it has for a name.
const matchOf = (variable: string, element: Element) => {
    const key = keyOf(element);
    const label = classOf(element) ? `:${quotedName(classOf(element))}` : "";
    return key === element.id ? `MATCH (${variable}${label}) WHERE elementId(${variable}) = ${quotedText(key)}` : `MATCH (${variable}${label} {id: ${quotedText(key)}})`;
};

export function examplesOf({ service, provider, largest, hasDepends, validAt }: Known): Example[] {
    const words = text.ask.examples, scope = validAt ? `FOR VALID_TIME AS OF date(${quotedText(validAt.slice(0, 10))})\n` : "";
    const all: Example[] = [{ title: words.classes, statement: `${scope}MATCH (n)\nRETURN labels(n)[0] AS class, count(*) AS elements\nORDER BY elements DESC, class`, parameters: {} }];
    const add = (title: string, statement: string, parameters: Record<string, unknown> = {}) => all.push({ title, statement: scope + statement, parameters });
    if (service && hasDepends) {
        add(words.needs(keyOf(service)), `${matchOf("s", service)}\nDEPENDENCIES OF s YIELD ci, hops\nRETURN ci, hops\nORDER BY hops, ci.name`);
        add(words.singlePoints(keyOf(service)), `${matchOf("s", service)}\nSINGLE POINTS OF FAILURE FOR s YIELD ci\nRETURN ci, labels(ci)[0] AS class\nORDER BY class, ci.name`);
        add(words.around(keyOf(service)), `${matchOf("s", service)}\nMATCH path = (s)-[:DEPENDENCY*1..2]->(n)\nRETURN path\nLIMIT 100`);
    }
    if (provider && hasDepends) add(words.breaks(keyOf(provider)), `${matchOf("x", provider)}\nIMPACT OF x WHEN down YIELD ci, state, hops, cause\nRETURN ci, state, hops, cause\nORDER BY hops, ci.name`);
    if (largest) {
        add(words.contains(largest), `MATCH (n:${quotedName(largest)})\nWHERE toLower(toString(n.name)) CONTAINS toLower($part)\nRETURN n, n.name AS name\nORDER BY name`, { part: "e" });
        add(words.alone(largest), `MATCH (n:${quotedName(largest)})\nWHERE NOT (n)--()\nRETURN n\nORDER BY n.name`);
    }
    add(words.ways, `MATCH (a)-[r]->(b)\nRETURN labels(a)[0] AS source, type(r) AS relationship, labels(b)[0] AS target, count(*) AS times\nORDER BY times DESC`);
    return all;
}

const isAbout = (name: string, wanted: string, model: Model): boolean => {
    const parents = new Map(model.classes.map((each) => [each.name, each.parent]));
    for (let at: string | undefined = name, steps = 0; at && steps < 64; at = parents.get(at), ++steps) if (at === wanted) return true;
    return false;
};

export async function askKnown(api: Api, validAt: string, ask: Ask = {}): Promise<Known> {
    const model = await api.model(ask);
    const one = async (statement: string): Promise<Element[]> => {
        const { rows } = await api.query((validAt ? `FOR VALID_TIME AS OF date(${quotedText(validAt.slice(0, 10))}) ` : "") + statement, {}, { ...ask, limits: { time_ms: 3000 } }).catch(() => ({ rows: [] }));
        return (rows[0] ?? []).filter(isElement);
    };
    const counts = await api.query("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS n ORDER BY n DESC LIMIT 60", {}, { ...ask, limits: { time_ms: 3000 } }).catch(() => ({ rows: [] }));
    const present = counts.rows.map(([name]) => String(name));
    // The nearer to the business, the better: its services first, then any service, then whatever depends on something.
    const services = ["BusinessService", "Service", "Application"].flatMap((wanted) => present.filter((name) => isAbout(name, wanted, model)));
    let service: Element | undefined, provider: Element | undefined;
    for (const name of [...new Set(services)].slice(0, 4)) {
        [service] = await one(`MATCH (s:${quotedName(name)})-[:DEPENDENCY]->(x) WITH s, count(*) AS n ORDER BY coalesce(toLower(toString(s.criticality)) IN ['critical', 'high'], false) DESC, n DESC LIMIT 1 RETURN s`);
        if (service) break;
    }
    // Whose failure is felt: a single point of failure, or what most stands on.
    if (service) [provider] = await one(`${matchOf("s", service)} SINGLE POINTS OF FAILURE FOR s YIELD ci RETURN ci ORDER BY ci.name LIMIT 1`);
    if (service && !provider) [provider] = await one(`${matchOf("s", service)} DEPENDENCIES OF s WITHIN 4 HOPS YIELD ci WITH ci MATCH (x)-[:DEPENDENCY]->(ci) WITH ci, count(*) AS n ORDER BY n DESC LIMIT 1 RETURN ci`);
    if (!service || !provider) {
        const [dependent, other] = await one("MATCH (a)-[:DEPENDENCY]->(b) RETURN a, b LIMIT 1");
        service ??= dependent;
        provider ??= other;
    }
    return { service, provider, largest: present[0], hasDepends: service !== undefined && provider !== undefined, validAt };
}
