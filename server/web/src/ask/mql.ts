// The language as an editor sees it: tokens, and what each of them is. The server alone says whether a statement is right.

export type Kind = "space" | "comment" | "text" | "name" | "word" | "number" | "parameter" | "symbol";  // name: in backticks
export interface Token { kind: Kind; from: number; to: number; isClosed: boolean }

export const keywords: readonly string[] = `
    ACYCLIC ALL AND ANY AS ASC ASCENDING BASELINE BETWEEN BREAK BY CALL CASE CHANGE CHANGES CONCURRENT CONSTRAINT CONTAINS CONTINUE COUNT CREATE CSV CURRENT
    DATABASES DEGRADED DELETE DEPENDENCIES DEPENDENTS DESC DESCENDING DETACH DIFFERENT DISTINCT DOWN DROP ELSE END ENDS EXISTS
    ERROR EXPLAIN FAIL FAILURE FALSE FIELDTERMINATOR FOR FOREACH FROM FUNCTIONS GIVEN GROUP GROUPS HEADERS HISTORY HOP HOPS IF IMPACT IN INDEX INDEXES IS KEY LIMIT LOAD
    MATCH MERGE NODE NONE NOT NULL OF OFFSET ON OPTIONAL OR ORDER PATH PATHS POINTS PROCEDURES PROFILE PROOF PROPERTY REDUCE
    RELATIONSHIP RELATIONSHIPS REMOVE REPEATABLE REPORT REQUIRE RETURN ROWS SET SHORTEST SHOW SINGLE SKIP STARTS STATUS THEN TRAIL
    TRANSACTION TRANSACTIONS TRUE UNION UNIQUE UNWIND USER VALID_TIME WALK WHAT WHEN WHERE WITH WITHIN XOR YIELD`.trim().split(/\s+/);
const keywordSet = new Set(keywords);
// Also what columns and variables are called: a keyword when it is written as one.
const soft = new Set("break change changes concurrent continue count csv current group groups history hop hops index key node path paths points property relationship rows state status transaction user failure what error fail headers load report".split(" "));
export const isKeyword = (word: string) => keywordSet.has(word.toUpperCase()) && !soft.has(word);

const forms: [Kind, RegExp][] = [
    ["space", /\s+/y],
    // The group is what closes it.
    ["comment", /\/\/[^\n]*()|\/\*[^]*?(?:(\*\/)|$(?![^]))/y],
    ["text", /'(?:[^'\\]|\\[^])*('?)|"(?:[^"\\]|\\[^])*("?)/y],
    ["name", /`(?:[^`]|``)*(`?)/y],
    ["parameter", /\$(?:`(?:[^`]|``)*`?|[\p{L}\p{N}_]*)/yu],
    // Two dots are a range, no number; and the second of them begins none.
    ["number", /(?:\d[\p{L}\p{N}_]*(?:\.\d[\p{L}\p{N}_]*)?|(?<!\.)\.\d[\p{L}\p{N}_]*)(?:(?<=[eE])[-+]\d+)?/yu],
    ["word", /[\p{L}_][\p{L}\p{N}_]*/yu],
    ["symbol", /[^]/yu],
];

export function tokensOf(statement: string): Token[] {
    const tokens: Token[] = [];
    for (let at = 0; at < statement.length;) {
        for (const [kind, form] of forms) {
            form.lastIndex = at;
            const found = form.exec(statement);
            if (!found) continue;
            const to = at + found[0].length;
            const isClosed = kind === "comment" ? found[0].startsWith("//") || found[2] !== undefined : (kind !== "text" && kind !== "name") || Boolean(found[1] || found[2]);
            tokens.push({ kind, from: at, to, isClosed });
            at = to;
            break;
        }
    }
    return tokens;
}

export const textOf = (statement: string, token: Token | undefined) => (token ? statement.slice(token.from, token.to) : "");
export const isMeaning = (token: Token) => token.kind !== "space" && token.kind !== "comment";
// A name as it is written, without its backticks.
export const plainName = (name: string) => (name.startsWith("`") ? name.slice(1, name.endsWith("`") && name.length > 1 ? -1 : undefined).replaceAll("``", "`") : name);
export const quotedName = (name: string) => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name.replaceAll("`", "``")}\``);

// How a token is shown. "plain": as it is.
export type Ink = "plain" | "comment" | "text" | "number" | "keyword" | "label" | "function" | "parameter" | "bracket";
export interface InkSpan { from: number; to: number; ink: Ink }

export function inksOf(statement: string): InkSpan[] {
    const tokens = tokensOf(statement).filter((token) => token.kind !== "space"), spans: InkSpan[] = [], open: string[] = [];
    let before: Token | undefined;
    tokens.forEach((token, i) => {
        const written = textOf(statement, token), last = textOf(statement, before), next = textOf(statement, tokens[i + 1]);
        const isInMap = open.at(-1) === "{";
        let ink: Ink = "plain";
        if (token.kind === "comment" || token.kind === "text" || token.kind === "number" || token.kind === "parameter") ink = token.kind;
        else if (token.kind === "word" || token.kind === "name") {
            const isKey = isInMap && next === ":";
            if (!isInMap && (last === ":" || last === "|" || last === "&" || last === "!")) ink = "label";
            else if (token.kind === "word" && !isKey && last !== ".") {
                if (next === "(" && !/^(?:AND|OR|XOR|NOT|IN|MATCH|CREATE|MERGE|WHERE|RETURN|WITH|WHEN|THEN|ELSE|CASE|UNWIND|OF|FOR|ON|BY|AS|SET|OPTIONAL|DELETE|FROM|YIELD|CALL|SHORTEST|PATH|PATHS)$/i.test(written)) ink = "function";
                else if (isKeyword(written)) ink = "keyword";
            }
        } else if (written === "(" || written === "[" || written === "{") {
            open.push(written);
            ink = "bracket";
        } else if (written === ")" || written === "]" || written === "}") {
            open.pop();
            ink = "bracket";
        }
        if (ink !== "plain") spans.push({ from: token.from, to: token.to, ink });
        if (token.kind !== "comment") before = token;
    });
    return spans;
}

// Names of the parameters that a statement has, each once, as they come.
export function parametersOf(statement: string): string[] {
    const names = tokensOf(statement).filter((token) => token.kind === "parameter").map((token) => plainName(textOf(statement, token).slice(1)));
    return [...new Set(names)].filter((name) => name !== "");
}

// Where a statement says something other than white space and comments, and what its first word is.
export const firstWord = (statement: string): string => textOf(statement, tokensOf(statement).find(isMeaning)).toUpperCase();

// The place that an error names: from it to the end of the word there. Lines and columns count from 1; a column is a character,
// whatever it takes to store it.
export function placeOf(statement: string, line: number, column: number): { from: number; to: number } {
    const lines = statement.split("\n");
    const row = Math.min(Math.max(line, 1), lines.length) - 1;
    const start = lines.slice(0, row).reduce((sum, each) => sum + each.length + 1, 0);
    const from = start + [...lines[row]!].slice(0, Math.max(column, 1) - 1).join("").length;
    const token = tokensOf(statement).find((each) => each.from <= from && from < each.to);
    if (token && isMeaning(token)) return { from, to: Math.max(token.to, from + 1) };
    // Behind the end, or on a blank: what stands before it can be seen.
    const before = from >= statement.length ? tokensOf(statement).filter(isMeaning).at(-1) : undefined;
    return before ? { from: before.from, to: before.to } : { from: Math.max(0, Math.min(from, statement.length - 1)), to: Math.min(from + 1, statement.length) };
}

// What the server means one may have meant, out of a hint: did you mean `Server`?
export function meantOf(hint: string): string[] {
    return /did you mean/i.test(hint) ? [...hint.slice(hint.search(/did you mean/i)).matchAll(/`([^`]+)`/g)].map(([, word]) => word!) : [];
}
