// The server's public HTTP interface (docs/http.md), and no other way to it: what the page shows, anybody can script.

import type { Element, Path, Relationship, Value } from "./graph/model";
import { text } from "./text";

// What went wrong, in the server's words where it has said something.
//   gone: no answer; time-out: it took too long; refused: who asks may not (401: nobody has signed in); missing: there is no
//   such thing; asked: the statement or request is wrong, with its place; busy: too many; failed: the server's own trouble.
export type ErrorKind = "gone" | "time-out" | "refused" | "missing" | "asked" | "busy" | "failed";

export class ApiError extends Error {
    constructor(readonly kind: ErrorKind, readonly code: string, message: string, readonly hint = "", readonly status = 0,
        readonly line?: number, readonly column?: number) {
        super(message);
        this.name = "ApiError";
    }
    get needsSignIn() { return this.status === 401; }
}

export interface Notice { code: string; message: string }
export interface Result { columns: string[]; rows: Value[][]; notices: Notice[]; transaction?: number }

export interface ModelAttribute { name: string; type?: string; enum?: string[]; description?: string; required?: boolean; unit?: string; reference?: string }
export interface ModelStatus { attribute: string; down?: string[]; degraded?: string[]; at_risk?: string[] }
export interface ModelClass { name: string; status?: ModelStatus; parent?: string; abstract?: boolean; description?: string; attributes?: ModelAttribute[]; keys?: string[][] }
export interface ModelType { name: string; inverse?: string; from?: string[]; to?: string[]; depends?: "source" | "target" | "both" | "none"; effect?: string; dated?: boolean; grouped?: unknown; description?: string; attributes?: ModelAttribute[] }
export interface Model { classes: ModelClass[]; relationship_types: ModelType[] }

export interface Times { validAt?: string; asOf?: string }
export interface Limits { time_ms?: number; memory_mb?: number; rows?: number }
export interface Ask { signal?: AbortSignal }

export interface Found { node: Element; attribute: string; value: string }
export interface Neighbour { relationship: Relationship; neighbour: Element }
export interface Affected { ci: Element; state: string; stateBefore: string; hops: number; cause: Path | null; margin: number | null; marginBefore: number | null }
export interface Commit {
    tx: number; time: string; author: string | null; reason: string | null; source: string | null; change: string | null;
    nodesCreated: number; nodesChanged: number; nodesDeleted: number;
    relationshipsCreated: number; relationshipsChanged: number; relationshipsDeleted: number;
    modelChanged: boolean; bulkLoad: boolean; accountsChanged: boolean;
}
// role: "" where the database has no accounts, and everybody may do everything.
export interface Who { name: string; role: "" | "reader" | "editor" | "admin" }

const kindOf = (status: number): ErrorKind =>
    status === 408 ? "time-out" : status === 401 || status === 403 ? "refused" : status === 404 ? "missing"
        : status === 429 ? "busy" : status >= 400 && status < 500 ? "asked" : "failed";

const isErrorBody = (value: unknown): value is { error: { code: string; message: string; hint?: string; line?: number; column?: number } } => {
    const error = (value as { error?: { code?: unknown; message?: unknown } } | null)?.error;
    return typeof error?.code === "string" && typeof error.message === "string";
};

export function errorOf(status: number, body: unknown): ApiError {
    if (!isErrorBody(body)) return new ApiError(kindOf(status), "unknown", text.errors.noAnswer(status), "", status);
    const { code, message, hint, line, column } = body.error;
    // What goes wrong behind the first rows comes with status 200.
    const kind = code === "time_out" ? "time-out" : status === 200 ? "failed" : kindOf(status);
    return new ApiError(kind, code, message, hint ?? (kind === "time-out" ? text.errors.timeOutHint : ""), status, line, column);
}

// A signal's abort goes through as it is; everything else becomes an ApiError.
function translated(error: unknown, signal?: AbortSignal): unknown {
    if (error instanceof ApiError || signal?.aborted) return error;
    return new ApiError("gone", "gone", text.errors.gone, text.errors.goneHint);
}

// The lines of a body as they come; the last may lack its end.
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    const reader = body.getReader(), decoder = new TextDecoder();
    let rest = "";
    try {
        for (;;) {
            const { value, done } = await reader.read();
            rest += decoder.decode(value, { stream: !done });
            const lines = rest.split(/\r?\n/);
            rest = done ? "" : lines.pop()!;
            yield* lines;
            if (done) return;
        }
    } finally {
        void reader.cancel().catch(() => undefined);  // who stops reading stops the statement
    }
}

export type Authorization = string | null;
export const basic = (name: string, password: string): string =>
    "Basic " + btoa(String.fromCharCode(...new TextEncoder().encode(`${name}:${password}`)));
export const bearer = (token: string): string => `Bearer ${token}`;

export class Api {
    private authorization: Authorization = null;

    constructor(private readonly base: string, private readonly send: typeof fetch = (...all) => fetch(...all)) {}

    // As whom requests are made from now on; null: as nobody.
    signInAs(authorization: Authorization) { this.authorization = authorization; }
    get hasCredentials() { return this.authorization !== null; }

    async request(path: string, { method = "GET", body, accept = "application/json", signal, headers = {} }:
        Ask & { method?: string; body?: unknown; accept?: string; headers?: Record<string, string> } = {}): Promise<Response> {
        const all: Record<string, string> = { accept, ...headers };
        if (this.authorization) all.authorization = this.authorization;
        if (body !== undefined) all["content-type"] = "application/json";
        let response: Response;
        try {
            // omit: the browser must not put up a dialogue of its own for a 401.
            response = await this.send(new URL(path, this.base).href, {
                method, headers: all, credentials: "omit", cache: "no-store",
                body: body === undefined ? null : JSON.stringify(body), signal: signal ?? null,
            });
        } catch (error) {
            throw translated(error, signal);
        }
        if (response.ok) return response;
        throw errorOf(response.status, await response.json().catch(() => null));
    }

    private async json<T>(path: string, ask: Parameters<Api["request"]>[1] = {}): Promise<{ value: T; response: Response }> {
        const response = await this.request(path, ask);
        let whole: string;
        try {
            whole = await response.text();
        } catch (error) {
            throw translated(error, ask.signal);
        }
        let value: unknown;
        try {
            value = JSON.parse(whole);
        } catch {
            throw new ApiError("failed", "unreadable", text.errors.unreadable, "", response.status);
        }
        if (isErrorBody(value)) throw errorOf(response.status, value);
        return { value: value as T, response };
    }

    private async rows(path: string, ask: Parameters<Api["request"]>[1] = {}): Promise<Result> {
        const { value, response } = await this.json<Result>(path, ask);
        const tx = response.headers.get("mainstay-transaction");
        return { columns: value.columns, rows: value.rows, notices: value.notices ?? [], ...(tx ? { transaction: Number(tx) } : {}) };
    }

    // Reads unless `access` says otherwise: the page's own questions change nothing.
    query(statement: string, parameters: Record<string, unknown> = {},
        { access = "read", limits, reason, change, signal }: Ask & { access?: "read" | "write"; limits?: Limits; reason?: string; change?: string } = {}): Promise<Result> {
        return this.rows("v1/query", { method: "POST", body: { statement, parameters, access, limits, reason, change }, signal });
    }

    // Rows as they come, as objects by column.
    async *queryRows(statement: string, parameters: Record<string, unknown> = {}, { access = "read", limits, signal }: Ask & { access?: "read" | "write"; limits?: Limits } = {}):
        AsyncGenerator<Record<string, Value>> {
        const response = await this.request("v1/query", { method: "POST", accept: "application/x-ndjson", body: { statement, parameters, access, limits }, signal });
        try {
            for await (const line of linesOf(response.body!)) {
                if (line === "") continue;
                const row = JSON.parse(line) as Record<string, Value>;
                // A column may be called `error`; the server's own has nothing beside it.
                if (Object.keys(row).length === 1 && isErrorBody(row)) throw errorOf(response.status, row);
                yield row;
            }
        } catch (error) {
            if (error instanceof SyntaxError) throw new ApiError("failed", "cut", text.errors.cut);
            throw translated(error, signal);
        }
    }

    async search(q: string, ask: Ask & { className?: string; limit?: number } = {}): Promise<Found[]> { return (await this.searchAll(q, ask)).found; }

    // notices: the search ended before all was looked at.
    async searchAll(q: string, { className, limit = 20, signal }: Ask & { className?: string; limit?: number } = {}): Promise<{ found: Found[]; notices: Notice[] }> {
        const about = new URLSearchParams({ q, limit: String(limit), ...(className ? { class: className } : {}) });
        const { rows, notices } = await this.rows(`v1/search?${about}`, { signal });
        return { found: rows.map(([node, attribute, value]) => ({ node: node as Element, attribute: String(attribute), value: String(value) })), notices };
    }

    async node(key: string, { className, signal }: Ask & { className?: string } = {}): Promise<Element> {
        const about = className ? `?${new URLSearchParams({ class: className })}` : "";
        const { rows } = await this.rows(`v1/nodes/${encodeURIComponent(key)}${about}`, { signal });
        return rows[0]![0] as Element;
    }

    async neighbours(key: string, { direction = "both", type, limit = 100, signal }: Ask & { direction?: "out" | "in" | "both"; type?: string; limit?: number } = {}): Promise<Neighbour[]> {
        const about = new URLSearchParams({ direction, limit: String(limit), ...(type ? { type } : {}) });
        const { rows } = await this.rows(`v1/nodes/${encodeURIComponent(key)}/neighbours?${about}`, { signal });
        return rows.map(([relationship, neighbour]) => ({ relationship: relationship as Relationship, neighbour: neighbour as Element }));
    }

    private timesOf = ({ validAt, asOf }: Times) => ({ ...(validAt ? { valid_at: validAt } : {}), ...(asOf ? { as_of: asOf } : {}) });

    // All of `failed` fail together, in one state: that is what the server computes.
    async impact(failed: string[], { when = "down", fromStatus, limits, signal, ...times }: Ask & Times & { when?: "down" | "degraded"; fromStatus?: boolean; limits?: Limits } = {}):
        Promise<{ affected: Affected[]; notices: Notice[] }> {
        const body = { failed, when, from_status: fromStatus, limits, ...this.timesOf(times) };
        const { rows, notices } = await this.rows("v1/impact", { method: "POST", body, signal });
        const affected = rows.map(([ci, state, stateBefore, hops, cause, margin, marginBefore]) => ({
            ci: ci as Element, state: String(state), stateBefore: String(stateBefore), hops: Number(hops), cause: cause as Path | null,
            margin: margin as number | null, marginBefore: marginBefore as number | null,
        }));
        return { affected, notices };
    }

    async dependencies(of: string[], { direction = "dependencies", hops, limits, signal, ...times }: Ask & Times & { direction?: "dependencies" | "dependents"; hops?: number; limits?: Limits } = {}):
        Promise<{ ci: Element; hops: number }[]> {
        const { rows } = await this.rows("v1/dependencies", { method: "POST", body: { of, direction, hops, limits, ...this.timesOf(times) }, signal });
        return rows.map(([ci, distance]) => ({ ci: ci as Element, hops: Number(distance) }));
    }

    async singlePoints(of: string, { signal, limits, ...times }: Ask & Times & { limits?: Limits } = {}): Promise<{ points: Element[]; notices: Notice[] }> {
        const { rows, notices } = await this.rows("v1/spof", { method: "POST", body: { for: [of], limits, ...this.timesOf(times) }, signal });
        return { points: rows.map(([ci]) => ci as Element), notices };
    }

    async model(ask: Ask = {}): Promise<Model> { return (await this.json<Model>("v1/model", ask)).value; }

    // The newest first.
    async log(limit = 100, ask: Ask = {}): Promise<Commit[]> {
        const { columns, rows } = await this.rows(`v1/log?limit=${limit}`, ask);
        const read = (row: Value[], name: string) => row[columns.indexOf(name)] ?? null;
        return rows.reverse().map((row) => ({
            tx: Number(read(row, "tx")), time: String(read(row, "time")), author: read(row, "author") as string | null,
            reason: read(row, "reason") as string | null, source: read(row, "source") as string | null, change: read(row, "change") as string | null,
            nodesCreated: Number(read(row, "nodes_created")), nodesChanged: Number(read(row, "nodes_changed")), nodesDeleted: Number(read(row, "nodes_deleted")),
            relationshipsCreated: Number(read(row, "relationships_created")), relationshipsChanged: Number(read(row, "relationships_changed")), relationshipsDeleted: Number(read(row, "relationships_deleted")),
            modelChanged: read(row, "model_changed") === true, bulkLoad: read(row, "bulk_load") === true, accountsChanged: read(row, "accounts_changed") === true,
        }));
    }

    // A result in another form: csv, graphml, dot, …; or everything, as import reads it back.
    async resultAs(format: string, statement: string, parameters: Record<string, unknown> = {}, ask: Ask = {}): Promise<Blob> {
        const response = await this.request(`v1/query?format=${encodeURIComponent(format)}`, { method: "POST", accept: "*/*", body: { statement, parameters, access: "read" }, ...ask });
        return response.blob().catch((error) => { throw translated(error, ask.signal); });
    }
    async export(ask: Ask = {}): Promise<Blob> {
        const response = await this.request("v1/export", { accept: "application/x-ndjson", ...ask });
        return response.blob().catch((error) => { throw translated(error, ask.signal); });
    }

    // Who the server takes us for. Throws a refusal that needsSignIn.
    async who(ask: Ask = {}): Promise<Who> {
        const { columns, rows } = await this.query("SHOW CURRENT USER", {}, ask);
        const [row = []] = rows;
        const roles = row[columns.indexOf("roles")];
        return { name: String(row[columns.indexOf("user")] ?? ""), role: (Array.isArray(roles) && typeof roles[0] === "string" ? roles[0] : "") as Who["role"] };
    }

    // The open stream of commits; events.ts reads it, and comes back when it ends.
    async events(from: number | null, ask: Ask = {}): Promise<ReadableStream<Uint8Array>> {
        const response = await this.request(from === null ? "v1/events" : `v1/events?from=${from}`, { accept: "text/event-stream", ...ask });
        return response.body!;
    }
}

// Whoever changes something: a reader sees no button for it.
export const mayWrite = (who: Who | null) => who !== null && who.role !== "reader";

export const api = new Api(typeof document === "undefined" ? "http://127.0.0.1/" : new URL(".", document.baseURI).href);
