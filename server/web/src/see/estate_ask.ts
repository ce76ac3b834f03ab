// What the picture of the whole estate asks: how many there are of each class, up to 5,000 elements of those chosen, services
// first, and the relationships among them.

import type { Api, Ask, Times } from "../api";
import { type Sense, isServiceClass, isUnder } from "../graph/sense";
import { amongStatement, amongParameters, quotedName, timed } from "./ask";

export const estateMost = 5_000, relationshipsMost = 25_000;

export interface Dot { id: string; key: string; name: string; class: string }
export interface Line { source: string; target: string; type: string }
export interface EstateCounts { classes: { name: string; count: number }[] }
export interface EstateShown { dots: Dot[]; lines: Line[]; total: number; linesCut: boolean }

export async function askCounts(api: Api, times: Times, ask: Ask): Promise<EstateCounts> {
    const [statement, parameters] = timed("MATCH (n) RETURN labels(n)[0] AS class, count(*) AS count ORDER BY count DESC, class", {}, times);
    const { rows } = await api.query(statement, parameters, ask);
    return { classes: rows.filter(([name]) => name !== null).map(([name, count]) => ({ name: String(name), count: Number(count) })) };
}

// What can fail, if the model says which that is; else everything.
export function usualClasses({ classes }: EstateCounts, sense: Sense): string[] {
    const items = classes.filter((each) => isUnder(sense, each.name, "ConfigurationItem")).map((each) => each.name);
    return items.length > 0 ? items : classes.map((each) => each.name);
}

export async function askShown(api: Api, chosen: string[], counts: EstateCounts, sense: Sense, times: Times, { signal }: Ask): Promise<EstateShown> {
    const query = (statement: string, given: Record<string, unknown>) => {
        const [text, parameters] = timed(statement, given, times);
        return api.query(text, parameters, { signal });
    };
    const isChosen = new Set(chosen), total = counts.classes.reduce((sum, each) => sum + (isChosen.has(each.name) ? each.count : 0), 0);
    const dots: Dot[] = [];
    // A class matches those below it too; labels(n)[0] is its own.
    for (const part of [chosen.filter((each) => isServiceClass(sense, each)), chosen.filter((each) => !isServiceClass(sense, each))]) {
        if (part.length === 0 || dots.length >= estateMost) continue;
        const { rows } = await query(`MATCH (n:${part.map(quotedName).join("|")}) WHERE labels(n)[0] IN $part
            RETURN elementId(n), toString(n.id), toString(coalesce(n.name, n.hostname, n.id)), labels(n)[0] LIMIT $most`, { part, most: estateMost - dots.length });
        for (const [id, key, name, className] of rows) dots.push({ id: String(id), key: String(key ?? id), name: String(name ?? key ?? id), class: String(className) });
    }
    const { rows } = await query(`${amongStatement} RETURN elementId(n), elementId(m), type(r) LIMIT $most`, { ...amongParameters(dots.map((each) => each.id)), most: relationshipsMost + 1 });
    return { dots, total, linesCut: rows.length > relationshipsMost, lines: rows.slice(0, relationshipsMost).map(([source, target, type]) => ({ source: String(source), target: String(target), type: String(type) })) };
}
