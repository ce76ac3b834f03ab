// A result in the JSON form, read while it comes: {"columns":[…],"rows":[[…],…],"notices":[…],"plan":{…},"counters":{…}}. Rows
// are handed on as soon as they are whole, so that nobody waits for the last or keeps them all.

import type { Notice } from "../api";
import type { Value } from "../graph/model";

export interface Plan { operator: string; details: string; estimated_rows: number; rows?: number; time_ms?: number; bytes?: number; children: Plan[] }
export type Counters = Record<string, number>;
export interface Summary { notices: Notice[]; plan?: Plan; counters?: Counters; error?: unknown }

// JSON.parse rounds whole numbers beyond 2^53: these stay as they are written, as texts.
const exact = (json: string) => (/\d{16}/.test(json)
    ? json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (part) => (/^-?\d{16,}$/.test(part) && !Number.isSafeInteger(Number(part)) ? `"${part}"` : part)) : json);

const quote = 0x22, backslash = 0x5c, comma = 0x2c;

export class ResultReader {
    columns: string[] | undefined;
    private rest = "";           // what was not handed on yet
    private at = 0;              // where in it to go on
    private depth = 0;
    private isInText = false;
    private row = -1;            // where the row that is open begins
    private part: "head" | "rows" | "tail" = "head";

    // What goes wrong in `onRow` ends the reading.
    constructor(private readonly onRow: (row: Value[]) => void) {}

    push(chunk: string) {
        this.rest += chunk;
        if (this.part === "tail") return;
        const text = this.rest;
        let i = this.at;
        for (; i < text.length; ++i) {
            const code = text.charCodeAt(i);
            if (this.isInText) {
                if (code === backslash) ++i;
                else if (code === quote) this.isInText = false;
                continue;
            }
            if (code === quote) this.isInText = true;
            else if (code === 0x5b || code === 0x7b) {
                ++this.depth;
                if (this.part === "head" && this.depth === 2 && /"rows"\s*:\s*$/.test(text.slice(Math.max(0, i - 40), i))) {
                    this.columns = (JSON.parse(text.slice(0, i) + "[]}") as { columns: string[] }).columns;
                    this.part = "rows";
                } else if (this.part === "rows" && this.depth === 3) this.row = i;
            } else if (code === 0x5d || code === 0x7d) {
                --this.depth;
                if (this.part === "rows" && this.depth === 2) {
                    this.onRow(JSON.parse(exact(text.slice(this.row, i + 1))) as Value[]);
                    this.row = -1;
                } else if (this.part === "rows" && this.depth === 1) {
                    this.part = "tail";
                    this.rest = text.slice(i + 1);
                    return;
                }
            }
        }
        // An escape may be cut in two: i is then one behind the end.
        const kept = this.part === "head" ? 0 : this.row >= 0 ? this.row : Math.min(i, text.length);
        this.rest = text.slice(kept);
        this.at = i - kept;
        if (this.row >= 0) this.row = 0;
    }

    // Once everything was pushed. undefined: it was cut off.
    end(): Summary | undefined {
        if (this.part !== "tail") return undefined;
        const members = this.rest.trim();
        try {
            return { notices: [], ...(JSON.parse(`{${members.charCodeAt(0) === comma ? members.slice(1) : members}`) as Partial<Summary>) };
        } catch {
            return undefined;
        }
    }
}
