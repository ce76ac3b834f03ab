// Questions that this database can answer: made of the classes and elements it has.

import type { Api, Ask, Model } from "../api";
import { type Element, classOf, isElement, nameOf } from "../graph/model";
import { text } from "../text";
import { quotedName } from "./mql";

export interface Example { title: string; statement: string; parameters: Record<string, unknown> }
// One element, and the attribute that names it in a statement; "": only its element id does.
export interface Named { element: Element; attribute: string }
export interface Known { service?: Named | undefined; provider?: Named | undefined; largest?: string | undefined; validAt: string }

const quotedText = (value: string) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
// MATCH (s:Server {id: 'db01'}): one element, whatever it has for a name.
const matchOf = (variable: string, { element, attribute }: Named) => {
    const label = classOf(element) ? `:${quotedName(classOf(element))}` : "";
    return attribute === "" ? `MATCH (${variable}${label}) WHERE elementId(${variable}) = ${quotedText(element.id)}`
        : `MATCH (${variable}${label} {${quotedName(attribute)}: ${quotedText(String(element.properties[attribute]))}})`;
};

export function examplesOf({ service, provider, largest, validAt }: Known): Example[] {
    const words = text.ask.examples, scope = validAt ? `FOR VALID_TIME AS OF date(${quotedText(validAt.slice(0, 10))})\n` : "";
    const all: Example[] = [{ title: words.classes, statement: `${scope}MATCH (n)\nRETURN labels(n)[0] AS class, count(*) AS elements\nORDER BY elements DESC, class`, parameters: {} }];
    const add = (title: string, statement: string, parameters: Record<string, unknown> = {}) => all.push({ title, statement: scope + statement, parameters });
    if (service) {
        add(words.needs(nameOf(service.element)), `${matchOf("s", service)}\nDEPENDENCIES OF s YIELD ci, hops\nRETURN ci, hops\nORDER BY hops, ci.name`);
        add(words.singlePoints(nameOf(service.element)), `${matchOf("s", service)}\nSINGLE POINTS OF FAILURE FOR s YIELD ci\nRETURN ci, labels(ci)[0] AS class\nORDER BY class, ci.name`);
        add(words.around(nameOf(service.element)), `${matchOf("s", service)}\nMATCH path = (s)-[:DEPENDENCY*1..2]->(n)\nRETURN path\nLIMIT 100`);
    }
    if (provider) add(words.breaks(nameOf(provider.element)), `${matchOf("x", provider)}\nIMPACT OF x WHEN down YIELD ci, state, hops, cause\nRETURN ci, state, hops, cause\nORDER BY hops, ci.name`);
    if (largest) {
        add(words.contains(largest), `MATCH (n:${quotedName(largest)})\nWHERE toLower(toString(n.name)) CONTAINS toLower($part)\nRETURN n, n.name AS name\nORDER BY name`, { part: "e" });
        add(words.alone(largest), `MATCH (n:${quotedName(largest)})\nWHERE NOT (n)--()\nRETURN n\nORDER BY n.name`);
    }
    add(words.ways, `MATCH (a)-[r]->(b)\nRETURN labels(a)[0] AS source, type(r) AS relationship, labels(b)[0] AS target, count(*) AS times\nORDER BY times DESC`);
    return all;
}

const ancestorsOf = (name: string, model: Model): Model["classes"] => {
    const classes = new Map(model.classes.map((each) => [each.name, each])), found: Model["classes"] = [];
    for (let at = classes.get(name); at && !found.includes(at); at = classes.get(at.parent ?? "")) found.push(at);
    return found;
};
export function namedOf(element: Element | undefined, model: Model): Named | undefined {
    if (!element) return undefined;
    const single = ancestorsOf(classOf(element), model).flatMap((each) => each.keys ?? []).filter((key) => key.length === 1).map(([name]) => name!);
    return { element, attribute: single.find((name) => typeof element.properties[name] === "string") ?? "" };
}

const enough = { time_ms: 3000 };  // for an example nobody waits longer

export async function askKnown(api: Api, validAt: string, ask: Ask = {}): Promise<Known> {
    const model = await api.model(ask);
    const scope = validAt ? `FOR VALID_TIME AS OF date(${quotedText(validAt.slice(0, 10))}) ` : "";
    const rows = async (statement: string) => (await api.query(scope + statement, {}, { ...ask, limits: enough }).catch(() => ({ rows: [] }))).rows;
    const one = async (statement: string) => namedOf((await rows(statement))[0]?.find(isElement), model);
    const present = (await rows("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS n ORDER BY n DESC LIMIT 60")).map(([name]) => String(name));
    const [largest] = present;
    // The nearer to the business, the better: its services first, then any service, then any application.
    const services = ["BusinessService", "Service", "Application"].flatMap((wanted) => present.filter((name) => ancestorsOf(name, model).some((each) => each.name === wanted)));
    let service: Named | undefined, provider: Named | undefined;
    for (const name of [...new Set(services)].slice(0, 4)) {
        service = await one(`MATCH (s:${quotedName(name)})-[:DEPENDENCY]->(x) WITH s, count(*) AS n ORDER BY coalesce(toLower(toString(s.criticality)) IN ['critical', 'high'], false) DESC, n DESC LIMIT 1 RETURN s`);
        if (service) break;
    }
    service ??= largest === undefined ? undefined : await one(`MATCH (s:${quotedName(largest)})-[:DEPENDENCY]->(x) WITH s, count(*) AS n ORDER BY n DESC LIMIT 1 RETURN s`);
    service ??= await one("MATCH (s)-[:DEPENDENCY]->(x) RETURN s LIMIT 1");
    // Whose failure is felt: a single point of failure, or what most stands on.
    if (service) provider = await one(`${matchOf("s", service)} SINGLE POINTS OF FAILURE FOR s YIELD ci RETURN ci ORDER BY ci.name LIMIT 1`);
    provider ??= await one("MATCH (x)-[:DEPENDENCY]->(p) RETURN p LIMIT 1");
    return { service, provider, largest, validAt };
}
