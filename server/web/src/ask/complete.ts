// What may stand at a place of a statement.

import { type Token, isKeyword, isMeaning, keywords, plainName, quotedName, textOf, tokensOf } from "./mql";
import type { Vocabulary, Word } from "./vocabulary";

export type ChoiceKind = "class" | "type" | "attribute" | "function" | "procedure" | "keyword" | "variable" | "parameter" | "value";
export interface Choice { label: string; apply: string; kind: ChoiceKind; detail: string; info: string }
export interface Choices { from: number; choices: Choice[] }

const choiceOf = (kind: ChoiceKind) => ({ name, detail, info }: Word): Choice => ({ label: name, apply: kind === "class" || kind === "type" || kind === "attribute" ? quotedName(name) : name, kind, detail, info });
const plain = (kind: ChoiceKind, label: string, apply = label): Choice => ({ label, apply, kind, detail: "", info: "" });

export interface Variable { name: string; labels: string[]; kind: "node" | "relationship" | "other" }

// Variables that a statement names, with the labels they are given: (s:Server), [r:USES], AS name, path =.
export function variablesOf(statement: string): Variable[] {
    const tokens = tokensOf(statement).filter(isMeaning), found = new Map<string, Variable>();
    const at = (i: number) => textOf(statement, tokens[i]);
    const isName = (token: Token | undefined) => token?.kind === "name" || (token?.kind === "word");
    const note = (i: number, kind: Variable["kind"], labels: string[]) => {
        const name = plainName(at(i)), before = found.get(name);
        if (before) {
            before.labels = [...new Set([...before.labels, ...labels])];
            if (before.kind === "other") before.kind = kind;
        } else found.set(name, { name, labels, kind });
    };
    tokens.forEach((token, i) => {
        if (!isName(token)) return;
        const before = at(i - 1), next = at(i + 1), keyword = token.kind === "word" && isKeyword(at(i));
        if ((before === "(" || before === "[") && [":", ")", "]", "{", "*", "WHERE"].includes(next.toUpperCase()) && !keyword) {
            const beforeBracket = textOf(statement, tokens[i - 2]);
            if (before === "(" && tokens[i - 2]?.kind === "word" && !isKeyword(beforeBracket)) return;  // size(n)
            const labels: string[] = [];
            for (let j = i + 1; [":", "|", "&"].includes(at(j)) && isName(tokens[j + 1]); j += 2) labels.push(plainName(at(j + 1)));
            if (before === "[" && beforeBracket !== "-") return;  // a list
            note(i, before === "(" ? "node" : "relationship", labels);
        } else if (before.toUpperCase() === "AS" || (next === "=" && ["MATCH", "CREATE", "MERGE", ","].includes(before.toUpperCase()) && ["(", "SHORTEST"].includes(at(i + 2).toUpperCase()))) note(i, "other", []);
        else if (before.toUpperCase() === "UNWIND" || !keyword && before.toUpperCase() === "YIELD") note(i, "other", []);
        else if (before === "," && !keyword) {
            for (let j = i - 2; j > 0 && (isName(tokens[j]) || at(j) === ","); --j) if (at(j).toUpperCase() === "YIELD") note(i, "other", []);
        }
    });
    return [...found.values()];
}

const shows = ["CLASSES", "RELATIONSHIP TYPES", "FUNCTIONS", "PROCEDURES", "INDEXES", "CONSTRAINTS", "DATABASES", "SETTINGS", "CURRENT USER"];

// `isAsked`: by a key, not by typing. undefined: nothing is offered here.
export function choicesAt(statement: string, position: number, words: Vocabulary, isAsked: boolean, parameters: string[] = []): Choices | undefined {
    const all = tokensOf(statement);
    const under = all.find((token) => token.from < position && position <= token.to);
    if (under?.kind === "comment") return undefined;
    const before = all.filter((token) => isMeaning(token) && token.to <= position && token !== under);
    const isWord = under?.kind === "word" || under?.kind === "name";
    if (!isWord && under && isMeaning(under) && under.kind === "symbol") before.push(under);
    const from = isWord ? under.from : position;
    const back = (n: number) => textOf(statement, before.at(-n));

    // Brackets that are open here, with where they opened.
    const open: number[] = [];
    before.forEach((token, i) => {
        const written = textOf(statement, token);
        if (token.kind !== "symbol") return;
        if (written === "(" || written === "[" || written === "{") open.push(i);
        else if (written === ")" || written === "]" || written === "}") open.pop();
    });
    const inside = open.length > 0 ? textOf(statement, before[open.at(-1)!]) : "";
    const labelsBefore = (i: number) => {
        // The labels in front of a `{`: (s:Server {, [:USES {.
        const labels: string[] = [];
        for (let j = i; j > 0 && !["(", "["].includes(textOf(statement, before[j])); --j)
            if ([":", "|", "&"].includes(textOf(statement, before[j - 1]))) labels.unshift(plainName(textOf(statement, before[j])));
        return labels;
    };
    const isRelationshipMap = (i: number) => {
        for (let j = i - 1; j >= 0; --j) {
            const written = textOf(statement, before[j]);
            if (written === "[") return true;
            if (written === "(") return false;
        }
        return false;
    };
    const attributes = (labels: string[], isRelationship: boolean) =>
        (isRelationship ? labels.flatMap((label) => words.typeAttributesOf(label)) : (labels.length > 0 ? labels : [""]).flatMap((label) => words.attributesOf(label)))
            .filter((each, i, list) => list.findIndex((other) => other.name === each.name) === i);
    const attributeChoices = (labels: string[], isRelationship: boolean) =>
        attributes(labels, isRelationship).map(({ name, type, description }) => choiceOf("attribute")({ name, detail: type ?? "", info: description ?? "" }));

    // In a text: the values that the model gives its attribute.
    if (under?.kind === "text") {
        if (under.isClosed && position === under.to) return undefined;
        const operator = back(1), at = open.at(-1) ?? -1;
        let name = "", labels: string[] = [], isRelationship = false;
        if (operator === ":" && inside === "{") {
            name = plainName(back(2));
            labels = labelsBefore(at - 1);
            isRelationship = isRelationshipMap(at);
        } else {
            // n.status = '…', n.status <> '…', n.status IN ['…', '…
            const isIn = inside === "[" && textOf(statement, before[at - 1]).toUpperCase() === "IN" && (operator === "[" || operator === ",");
            const end = isIn ? at - 2 : operator === "=" ? before.length - 2 : operator === ">" ? before.length - 3 : -1;
            if (end >= 2 && textOf(statement, before[end - 1]) === ".") {
                name = plainName(textOf(statement, before[end]));
                const variable = variablesOf(statement).find((each) => each.name === plainName(textOf(statement, before[end - 2])));
                labels = variable?.labels ?? [];
                isRelationship = variable?.kind === "relationship";
            }
        }
        const values = attributes(labels, isRelationship).find((each) => each.name === name)?.enum;
        return values ? { from: under.from + 1, choices: values.map((value) => plain("value", value)) } : undefined;
    }
    if (under?.kind === "parameter") return { from: under.from, choices: parameters.map((name) => plain("parameter", `$${name}`, `$${/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : quotedName(name)}`)) };
    if (under?.kind === "number") return undefined;

    const last = back(1);
    if (inside !== "{" && (last === ":" || (last === "|" || last === "&" || last === "!"))) {
        // A label in ( ) or behind a variable is a class, one in [ ] after a dash a type.
        const isType = inside === "[" && textOf(statement, before[open.at(-1)! - 1]) === "-";
        return { from, choices: (isType ? [plain("type", "DEPENDENCY"), ...words.types.map(choiceOf("type"))] : words.classes.map(choiceOf("class"))) };
    }
    if (last === ".") {
        const name = plainName(back(2)), variable = variablesOf(statement).find((each) => each.name === name);
        const dotted = [...words.functions.map(choiceOf("function")), ...words.procedures.map(choiceOf("procedure"))].filter(({ label }) => label.startsWith(`${name}.`));
        if (variable) return { from, choices: attributeChoices(variable.labels, variable.kind === "relationship") };
        if (dotted.length > 0) return { from, choices: dotted.map((each) => ({ ...each, apply: each.label.slice(name.length + 1), label: each.label.slice(name.length + 1) })) };
        if (/^[\p{L}_`]/u.test(back(2))) return { from, choices: attributeChoices([], false) };
        return undefined;
    }
    if (inside === "{" && (last === "{" || last === ",")) {
        const at = open.at(-1)!;
        return { from, choices: attributeChoices(labelsBefore(at - 1), isRelationshipMap(at)) };
    }
    if (last.toUpperCase() === "CALL") return { from, choices: words.procedures.map(choiceOf("procedure")) };
    if (last.toUpperCase() === "SHOW") return { from, choices: shows.map((each) => plain("keyword", each)) };
    if (!isWord && !isAsked) return undefined;
    const typed = isWord ? textOf(statement, under) : "";
    const named = variablesOf(statement), variables = named.filter(({ name }) => name !== typed);
    // A word that is whole is no beginning of another: Enter behind it is a new line.
    if (!isAsked && (keywords.includes(typed.toUpperCase()) || named.length > variables.length)) return undefined;
    return {
        from, choices: [
            ...variables.map(({ name, labels }): Choice => ({ label: name, apply: quotedName(name), kind: "variable", detail: labels.join(", "), info: "" })),
            ...keywords.map((each) => plain("keyword", each)),
            ...words.functions.map(choiceOf("function")),
        ],
    };
}
