// What the start page asks: whole counts by class, the services that matter most.

import type { Api, Ask, Model } from "../api";
import type { Element } from "../graph/model";

export interface ClassCount { name: string; count: number }
export interface Estate { classes: ClassCount[]; elements: number; relationships: number }

export async function askEstate(api: Api, ask: Ask): Promise<Estate> {
    const [classes, relationships] = await Promise.all([
        api.query("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS count ORDER BY count DESC, class", {}, ask),
        api.query("MATCH ()-[r]->() RETURN count(r)", {}, ask),
    ]);
    const counts = classes.rows.map(([name, count]) => ({ name: String(name ?? ""), count: Number(count) }));
    return { classes: counts, elements: counts.reduce((sum, each) => sum + each.count, 0), relationships: Number(relationships.rows[0]?.[0] ?? 0) };
}

// The classes that have elements and stand under the model's service layer; where there is none, those called a service.
export function serviceClasses(model: Model, present: string[]): string[] {
    const parents = new Map(model.classes.map((each) => [each.name, each.parent]));
    const isUnder = (name: string, above: string) => {
        for (let at: string | undefined = name, steps = 0; at !== undefined && steps < 100; at = parents.get(at), ++steps) if (at === above) return true;
        return false;
    };
    const layered = present.filter((name) => isUnder(name, "ServiceLayer"));
    return layered.length > 0 ? layered : present.filter((name) => /service$/i.test(name));
}

// The words that tools use, the most critical first; what nobody has said comes last.
export const criticalities = ["critical", "very high", "high", "medium", "moderate", "normal", "low", "very low"];
export const servicesMost = 10;

// Business services before offerings and what stands on them, where the criticality is the same.
export async function askServices(api: Api, classes: string[], ask: Ask): Promise<Element[]> {
    if (classes.length === 0) return [];
    const quoted = classes.map((name) => `\`${name.replaceAll("`", "``")}\``).join("|");
    const { rows } = await api.query(
        `MATCH (s:${quoted})
        WITH s, [i IN range(0, size($words) - 1) WHERE $words[i] = toLower(toString(s.criticality))] AS ranks
        RETURN s ORDER BY CASE WHEN size(ranks) > 0 THEN ranks[0] ELSE size($words) END, labels(s)[0] <> 'BusinessService', toString(s.name)
        LIMIT $most`, { words: criticalities, most: servicesMost }, ask);
    return rows.map(([service]) => service as Element);
}
