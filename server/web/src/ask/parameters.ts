// The values of a statement's parameters, as they are typed, and as they are sent.

export const types = ["text", "number", "boolean", "null", "json"] as const;
export type ParameterType = (typeof types)[number];
export interface Parameter { type: ParameterType; typed: string }
export type Parameters = Record<string, Parameter>;

export const emptyParameter: Parameter = { type: "text", typed: "" };

// undefined: what was typed is no value of the type.
export function valueOf({ type, typed }: Parameter): { value: unknown } | undefined {
    const plain = typed.trim();
    switch (type) {
        case "text": return { value: typed };
        case "null": return { value: null };
        case "boolean": return plain === "true" || plain === "false" ? { value: plain === "true" } : undefined;
        case "number":
            // A whole number that would be rounded on its way is none.
            if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(plain) || !Number.isFinite(Number(plain))) return undefined;
            return /^[-+]?\d+$/.test(plain) && !Number.isSafeInteger(Number(plain)) ? undefined : { value: Number(plain) };
        case "json":
            try {
                return { value: JSON.parse(plain) as unknown };
            } catch {
                return undefined;
            }
    }
}

export function parameterOf(value: unknown): Parameter {
    if (value === null || value === undefined) return { type: "null", typed: "" };
    if (typeof value === "string") return { type: "text", typed: value };
    if (typeof value === "number") return { type: "number", typed: String(value) };
    if (typeof value === "boolean") return { type: "boolean", typed: String(value) };
    return { type: "json", typed: JSON.stringify(value) };
}

// Of the names that a statement has; `wrong` are those whose value is none.
export function valuesOf(names: string[], parameters: Parameters): { values: Record<string, unknown>; wrong: string[] } {
    const values: Record<string, unknown> = {}, wrong: string[] = [];
    for (const name of names) {
        const found = valueOf(Object.hasOwn(parameters, name) ? parameters[name]! : emptyParameter);
        if (found) values[name] = found.value;
        else wrong.push(name);
    }
    return { values, wrong };
}

// As an address keeps them: JSON of their values.
export function parametersFrom(json: string | undefined): Parameters {
    try {
        const given: unknown = JSON.parse(json || "{}");
        if (typeof given !== "object" || given === null || Array.isArray(given)) return {};
        return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, parameterOf(value)]));
    } catch {
        return {};
    }
}
