// The words of a database, for completion: classes, types and attributes of its model, functions, procedures.

import type { Api, Ask, Model, ModelAttribute } from "../api";

export interface Word { name: string; detail: string; info: string }
export interface Vocabulary {
    classes: Word[]; types: Word[]; functions: Word[]; procedures: Word[];
    attributesOf: (className: string) => ModelAttribute[];  // with those of its ancestors; of all classes for one that is not known
    typeAttributesOf: (type: string) => ModelAttribute[];
}

export const noVocabulary: Vocabulary = { classes: [], types: [], functions: [], procedures: [], attributesOf: () => [], typeAttributesOf: () => [] };

const first = (list: ModelAttribute[]) => [...new Map([...list].reverse().map((each) => [each.name, each])).values()].reverse();

export function vocabularyOf(model: Model, functions: Word[] = [], procedures: Word[] = []): Vocabulary {
    const classes = new Map(model.classes.map((each) => [each.name, each])), known = new Map<string, ModelAttribute[]>();
    const all = first(model.classes.flatMap((each) => each.attributes ?? []));
    const ancestors = (name: string): ModelAttribute[] => {
        const found: ModelAttribute[] = [], seen = new Set<string>();
        for (let at = classes.get(name); at && !seen.has(at.name); at = classes.get(at.parent ?? "")) {
            seen.add(at.name);
            found.push(...(at.attributes ?? []));
        }
        return first(found);
    };
    return {
        classes: model.classes.map((each) => ({ name: each.name, detail: each.parent ?? "", info: each.description ?? "" })),
        types: model.relationship_types.map((each) => ({ name: each.name, detail: each.inverse ?? "", info: each.description ?? "" })),
        functions, procedures,
        attributesOf: (name) => {
            if (!classes.has(name)) return all;
            if (!known.has(name)) known.set(name, ancestors(name));
            return known.get(name)!;
        },
        typeAttributesOf: (type) => model.relationship_types.find((each) => each.name === type)?.attributes ?? [],
    };
}

// What it lacks of functions and procedures is no reason to complete nothing.
export async function askVocabulary(api: Api, ask: Ask = {}): Promise<Vocabulary> {
    const words = async (what: string): Promise<Word[]> => {
        const { rows } = await api.query(`SHOW ${what} YIELD name, signature, description`, {}, ask).catch(() => ({ rows: [] }));
        return rows.map(([name, signature, info]) => ({ name: String(name), detail: String(signature).slice(String(name).length).replaceAll(" :: ", ": "), info: String(info) }));
    };
    const [model, functions, procedures] = await Promise.all([api.model(ask), words("FUNCTIONS"), words("PROCEDURES")]);
    return vocabularyOf(model, functions, procedures);
}
