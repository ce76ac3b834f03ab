// What is looked at, as the part of the address behind `#`: a link shows the same again to somebody else.
//
//   #/impact?of=svc-booking&fail=down:cnd-river-07&layout=layers&at=2026-09-01&asof=12
//
// Elements stand by their keys, which outlive element ids. Unknown members are kept, so that a view can have its own.

export type FailureState = "down" | "degraded";
export interface Failure { key: string; state: FailureState }

export interface ViewState {
    view: string;          // "start" if nothing is said
    of: string[];          // keys of what is looked at
    q: string;             // what is searched for
    class: string;
    failures: Failure[];   // what is marked as failed
    layout: string;        // "" is the usual one of the view
    validAt: string;       // day or time whose dated elements count; "": all that is there
    asOf: string;          // transaction or time: the database as it was then; "": now
    own: Record<string, string>;  // members that one view alone knows
}

export const startState: ViewState = { view: "start", of: [], q: "", class: "", failures: [], layout: "", validAt: "", asOf: "", own: {} };

const single = { q: "q", class: "class", layout: "layout", at: "validAt", asof: "asOf" } as const;

// `complaints`: what of it says nothing, in the order it stands; the rest holds.
export function parseHash(hash: string): { state: ViewState; complaints: string[] } {
    const state: ViewState = { ...startState, of: [], failures: [], own: {} };
    const complaints: string[] = [];
    const plain = hash.replace(/^#?\/?/, "");
    if (plain === "") return { state, complaints };
    const [view = "", rest = ""] = [plain.split("?", 1)[0], plain.includes("?") ? plain.slice(plain.indexOf("?") + 1) : ""];
    if (/^[a-z][a-z0-9-]*$/.test(view)) state.view = view;
    else complaints.push(view);
    for (const [name, value] of new URLSearchParams(rest)) {
        if (name === "of") {
            if (value !== "" && !state.of.includes(value)) state.of.push(value);
        } else if (name === "fail") {
            const [, how, key] = /^(down|degraded):(.+)$/s.exec(value) ?? [];
            if (!how || !key) complaints.push(`fail=${value}`);
            else if (!state.failures.some((each) => each.key === key)) state.failures.push({ key, state: how as FailureState });
        } else if (Object.hasOwn(single, name)) {
            state[single[name as keyof typeof single]] = value;
        } else {
            state.own[name] = value;
        }
    }
    return { state, complaints };
}

// The shortest address of it, always the same for the same state.
export function formatHash(state: Partial<ViewState>): string {
    const all = { ...startState, ...state };
    const parts: [string, string][] = [];
    for (const key of all.of) parts.push(["of", key]);
    if (all.q) parts.push(["q", all.q]);
    if (all.class) parts.push(["class", all.class]);
    for (const { key, state: how } of all.failures) parts.push(["fail", `${how}:${key}`]);
    if (all.layout) parts.push(["layout", all.layout]);
    if (all.validAt) parts.push(["at", all.validAt]);
    if (all.asOf) parts.push(["asof", all.asOf]);
    for (const name of Object.keys(all.own).sort()) if (all.own[name]) parts.push([name, all.own[name]!]);
    // What people read in an address stays readable; a blank, and what ends or divides it, does not.
    const escaped = (text: string) => encodeURIComponent(text).replace(/%(3A|2F|2C|40)/g, (code) => decodeURIComponent(code));
    const query = parts.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join("&");
    if (all.view === "start" && !query) return "#/";
    return `#/${all.view}${query ? `?${query}` : ""}`;
}
