// One commit: what it changed, with the values before and after.

import { type Api, ApiError, type Ask, type Commit, linesOf } from "../api";
import type { Element, Value } from "../graph/model";
import { type CommitEvent, type ElementChange, serverSentEvents } from "../live/events";
import { text } from "../text";

export interface AttributeChange { name: string; before: Value | undefined; after: Value | undefined }
export interface ElementDiff { change: ElementChange["change"]; element: Element; attributes: AttributeChange[] }
export interface RelationshipDiff { change: ElementChange["change"]; id: string; type: string; source: Element | undefined; target: Element | undefined }
export interface CommitDetails {
    commit: CommitEvent;
    counts: Commit | undefined;  // undefined: too long ago to be among the latest of the log
    elements: ElementDiff[]; relationships: RelationshipDiff[];
    unlisted: number;  // changes that are not among them
    newest: number;    // commit
}

const logMost = 1_000, elementsMost = 200, relationshipsMost = 200;

// The event of the one commit, from the stream of them.
async function askEvent(api: Api, tx: number, signal: AbortSignal): Promise<CommitEvent> {
    const stop = new AbortController(), end = () => stop.abort();
    signal.addEventListener("abort", end);
    try {
        const body = await api.events(tx - 1, { signal: stop.signal });
        for await (const { event, data } of serverSentEvents(linesOf(body))) {
            if (event !== "commit") continue;
            const commit = JSON.parse(data) as CommitEvent;
            if (commit.tx === tx) return commit;
            break;  // it is not kept any more
        }
    } finally {
        signal.removeEventListener("abort", end);
        stop.abort();
    }
    throw new ApiError("missing", "entity_not_found", text.commit.missing(tx), text.commit.missingHint);
}

const isSame = (a: Value | undefined, b: Value | undefined) => JSON.stringify(a) === JSON.stringify(b);

export function attributeChanges(before: Element | undefined, after: Element | undefined): AttributeChange[] {
    const names = new Set([...Object.keys(before?.properties ?? {}), ...Object.keys(after?.properties ?? {})]);
    return [...names].map((name) => ({ name, before: before?.properties[name], after: after?.properties[name] })).filter((each) => !isSame(each.before, each.after));
}

async function askElements(api: Api, ids: string[], tx: number, ask: Ask): Promise<Map<string, Element>> {
    if (ids.length === 0 || tx < 1) return new Map();
    const { rows } = await api.query(`AS OF TRANSACTION ${tx} FOR VALID_TIME ALL MATCH (n) WHERE elementId(n) IN $ids RETURN n`, { ids }, ask);
    return new Map(rows.map(([node]) => [(node as Element).id, node as Element]));
}

export async function askCommit(api: Api, tx: number, signal: AbortSignal): Promise<CommitDetails> {
    const [newest] = await api.log(1, { signal });
    if (!newest || tx > newest.tx) throw new ApiError("missing", "entity_not_found", text.commit.notYet(tx), text.commit.notYetHint(newest?.tx ?? 0));
    const [commit, counts] = await Promise.all([
        askEvent(api, tx, signal),
        newest.tx - tx < logMost ? api.log(newest.tx - tx + 1, { signal }).then((list) => list.find((each) => each.tx === tx)) : undefined,
    ]);
    const nodes = commit.changes.filter((each) => each.element === "node").slice(0, elementsMost);
    const rels = commit.changes.filter((each) => each.element === "relationship").slice(0, relationshipsMost);
    const ids = [...new Set([...nodes.map(({ id }) => id), ...rels.flatMap(({ source, target }) => [source ?? "", target ?? ""])])];
    const [after, before] = await Promise.all([askElements(api, ids, tx, { signal }), askElements(api, ids, tx - 1, { signal })]);
    const known = (id: string | undefined) => after.get(id ?? "") ?? before.get(id ?? "");
    return {
        commit, counts, newest: newest.tx, unlisted: commit.more + commit.changes.length - nodes.length - rels.length,
        elements: nodes.map(({ change, id, labels = [] }) => ({ change, element: known(id) ?? { id, labels, properties: {} }, attributes: attributeChanges(before.get(id), after.get(id)) })),
        relationships: rels.map(({ change, id, type = "", source, target }) => ({ change, id, type, source: known(source), target: known(target) })),
    };
}
