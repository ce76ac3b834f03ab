// What of the graph is shown, as a list of steps in the address: a link shows the same elements again.
//
//   open=below:svc-booking,out:app-book-api:RUNS_ON:80      in words: what svc-booking stands on, and 80 of what app-book-api runs on
//
// below, above: what an element depends on, or what depends on it, however far, the nearest first. out, in: its relationships of a
// type and direction. A step counts while its element is shown; so that to leave out a step leaves out what came by it.

export type StepKind = "below" | "above" | "out" | "in";
export interface Step { kind: StepKind; key: string; type: string; most: number }

export const fanMost = 40;        // that a step shows, unless it says otherwise
export const moreAtOnce = 100;
export const elementsMost = 1000; // on the canvas; beyond it the whole estate is the better view

const kinds: readonly string[] = ["below", "above", "out", "in"];
const nothing = "none";  // shown alone, by the will of who looks

export const usualSteps = (of: string[]): Step[] => of.flatMap((key) => (["below", "above"] as const).map((kind) => ({ kind, key, type: "", most: fanMost })));

const isSame = (a: Step, b: Step) => a.kind === b.kind && a.key === b.key && a.type === b.type;
const stepText = ({ kind, key, type, most }: Step) =>
    [kind, encodeURIComponent(key), ...(type || most !== fanMost ? [encodeURIComponent(type)] : []), ...(most !== fanMost ? [String(most)] : [])].join(":");

// "" for what would be shown anyway.
export function formatSteps(steps: Step[], of: string[]): string {
    const usual = usualSteps(of);
    if (steps.length === usual.length && steps.every((each, i) => isSame(each, usual[i]!) && each.most === usual[i]!.most)) return "";
    return steps.length === 0 ? nothing : steps.map(stepText).join(",");
}

const decoded = (text: string) => {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
};

// `complaints`: what says nothing; the rest holds.
export function parseSteps(text: string | undefined, of: string[]): { steps: Step[]; complaints: string[] } {
    if (text === undefined || text === "") return { steps: usualSteps(of), complaints: [] };
    const steps: Step[] = [], complaints: string[] = [];
    if (text === nothing) return { steps, complaints };
    for (const part of text.split(",")) {
        const [kind = "", key = "", type = "", most = ""] = part.split(":");
        const count = most === "" ? fanMost : Number(most);
        if (!kinds.includes(kind) || key === "" || !Number.isInteger(count) || count < 1 || part.split(":").length > 4) complaints.push(part);
        else {
            const step: Step = { kind: kind as StepKind, key: decoded(key), type: decoded(type), most: Math.min(count, elementsMost) };
            if (!steps.some((each) => isSame(each, step))) steps.push(step);
        }
    }
    return { steps, complaints };
}

// With it, or with more of it.
export function withStep(steps: Step[], step: Step): Step[] {
    const at = steps.findIndex((each) => isSame(each, step));
    return at < 0 ? [...steps, step] : steps.map((each, i) => (i === at ? step : each));
}
export const withoutStep = (steps: Step[], step: Step) => steps.filter((each) => !isSame(each, step));
export const withoutStepsOf = (steps: Step[], key: string) => steps.filter((each) => each.key !== key);
export const stepOf = (steps: Step[], kind: StepKind, key: string, type = "") => steps.find((each) => isSame(each, { kind, key, type, most: 0 }));

// Keys in a member of the address.
export const formatKeys = (keys: string[]) => keys.map(encodeURIComponent).join(",");
export const parseKeys = (text: string | undefined) => (text ? text.split(",").map(decoded) : []);
