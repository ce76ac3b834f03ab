// What the page of a failure asks: what fails, what that does, and which chain of causes leads there.

import { type Api, ApiError, type Ask, type Model, type Notice, type Times } from "../api";
import { type Element, type Path, type Value, classOf, keyOf, nameOf } from "../graph/model";
import { severity } from "../graph/states";
import { criticalities } from "../start/estate";
import { text } from "../text";
import type { Failure, FailureState } from "../view_state";

// One affected element: what a list says of it, so that ten thousand of them are a small answer.
export interface Hit {
    id: string; key: string; name: string; class: string; criticality: string; isService: boolean;
    state: string; stateBefore: string; hops: number; margin: number | null; marginBefore: number | null;
    because: FailureState;  // which of the Impact's questions has its cause
    onlyTogether: boolean;
}
export interface Failed { failure: Failure; element: Element }
export interface Count { class: string; state: string; count: number; isService: boolean }
// `questions`: what was asked, by state: all that is not up fails at least degraded, and what is down takes down what it takes down.
export interface Impact {
    failed: Failed[]; hits: Hit[]; counts: Count[]; total: number; notices: Notice[]; transaction?: number;
    questions: Partial<Record<FailureState, string[]>>;
    alone: "one" | "compared" | "too-many";  // whether it is known what only all of them together do
}

export const hitsMost = 20_000, comparedMost = 8;

// -- times

export const isDay = (written: string) => /^\d{4}-\d\d-\d\d$/.test(written);
const isTransaction = (written: string) => /^\d{1,15}$/.test(written);
const isTime = (written: string) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(written) && !Number.isNaN(Date.parse(written));
// What stands in an address is checked here: the server would name a place in a statement that nobody sees.
export function timesProblem({ validAt, asOf }: Times): ApiError | undefined {
    if (validAt && !isTime(validAt)) return new ApiError("asked", "time", text.break.noTime(validAt), text.break.noTimeHint);
    if (asOf && !isTransaction(asOf) && !isTime(asOf)) return new ApiError("asked", "time", text.break.noTime(asOf), text.break.noTimeHint);
    return undefined;
}
export function timesBefore({ validAt, asOf }: Times): { clause: string; parameters: Record<string, string> } {
    const parameters: Record<string, string> = {};
    let clause = "";
    if (asOf && isTransaction(asOf)) clause += `AS OF TRANSACTION ${asOf} `;
    else if (asOf) {
        clause += "AS OF datetime($as_of) ";
        parameters.as_of = asOf;
    }
    if (validAt) {
        clause += `FOR VALID_TIME AS OF ${isDay(validAt) ? "date" : "datetime"}($valid_at) `;
        parameters.valid_at = validAt;
    }
    return { clause, parameters };
}

// -- services

// The model's service layer; a class that it does not know is a service if it is called one. As `mainstay impact` has it.
export interface Services { isService: (className: string) => boolean; parameters: { services: string[]; known: string[] } }
export function servicesOf(model: Model): Services {
    const parents = new Map(model.classes.map((each) => [each.name, each.parent]));
    const isUnder = (name: string) => {
        for (let at: string | undefined = name, steps = 0; at !== undefined && steps < 100; at = parents.get(at), ++steps) if (at === "ServiceLayer") return true;
        return false;
    };
    const known = [...parents.keys()], services = known.filter(isUnder), set = new Set(services);
    return { isService: (name) => (parents.has(name) ? set.has(name) : name.endsWith("Service")), parameters: { services, known } };
}
const serves = "(labels(ci)[0] IN $services OR (NOT labels(ci)[0] IN $known AND labels(ci)[0] ENDS WITH 'Service'))";

export const criticalityRank = (word: string) => {
    const at = criticalities.indexOf(word.toLowerCase());
    return at < 0 ? criticalities.length : at;
};
const names = new Intl.Collator(text.language, { numeric: true });
const byName = (a: Hit, b: Hit) => names.compare(a.name, b.name);
// Services: the most critical first, then the worst, then the nearest.
export const byCriticality = (a: Hit, b: Hit) =>
    criticalityRank(a.criticality) - criticalityRank(b.criticality) || severity(b.state) - severity(a.state) || a.hops - b.hops || byName(a, b);
export const bySeverity = (a: Hit, b: Hit) => severity(b.state) - severity(a.state) || a.hops - b.hops || byName(a, b);

// The lists of an answer, sorted once: ten thousand hits are not sorted anew with every key.
export interface Lists { services: Hit[]; others: Hit[]; worst: Hit[]; weaker: Hit[] }
const sorted = new WeakMap<Impact, Lists>();
export function listsOf(impact: Impact): Lists {
    const known = sorted.get(impact);
    if (known) return known;
    const worst = [...impact.hits].sort(bySeverity), others = worst.filter((hit) => !hit.isService);
    const lists = {
        services: impact.hits.filter((hit) => hit.isService).sort(byCriticality), others, worst,
        weaker: others.filter((hit) => hasLostMargin(hit) && hit.state !== "down" && hit.state !== "degraded"),
    };
    sorted.set(impact, lists);
    return lists;
}
export const hasLostMargin = (hit: Hit) => hit.margin !== null && (hit.marginBefore === null || hit.margin < hit.marginBefore);

// -- asking

// What each key names. One that names nothing throws, with the failure in the message: an impact of the rest would be a wrong answer.
export async function resolve(api: Api, failures: Failure[], times: Times, ask: Ask = {}): Promise<Failed[]> {
    const { clause, parameters } = timesBefore(times);
    return Promise.all(failures.map(async (failure) => {
        try {
            return { failure, element: await api.node(failure.key, ask) };
        } catch (error) {
            // The server looks for it as things are now; at another time it may be there.
            if (!(error instanceof ApiError) || error.kind !== "missing" || clause === "") throw error;
            const { rows } = await api.query(`${clause}MATCH (n) WHERE n.id = $key OR elementId(n) = $key RETURN n LIMIT 2`, { ...parameters, key: failure.key }, ask);
            if (rows.length !== 1) throw error;
            return { failure, element: rows[0]![0] as Element };
        }
    }));
}

const said = (value: Value | undefined) => (typeof value === "string" ? value : "");
const slim = "elementId(ci), labels(ci)[0], ci.id, ci.name, ci.hostname, ci.criticality, state, state_before, hops, margin, margin_before";
export function hitOf([id, label, key, name, host, criticality, state, stateBefore, hops, margin, marginBefore]: Value[], because: FailureState, isService: (name: string) => boolean): Hit {
    const className = said(label);
    return {
        id: said(id), key: said(key) || said(id), name: said(name) || said(host) || said(key) || said(id), class: className, criticality: said(criticality),
        isService: isService(className), state: said(state), stateBefore: said(stateBefore), hops: Number(hops),
        margin: margin as number | null, marginBefore: marginBefore as number | null, because, onlyTogether: false,
    };
}

const impactOf = (clause: string, state: FailureState) =>
    `${clause}MATCH (failed) WHERE elementId(failed) IN $ids WITH collect(failed) AS failing IMPACT OF failing WHEN ${state}`;

// Some fail degraded and others down: elements are at least degraded, and lose margins, by all that fails whatever its state, and down by
// what is down alone (docs/failure-semantics.md: each level is a fixpoint of its own). So two questions have the answer of one.
export function merged(all: Hit[], down: Hit[], failedIds: ReadonlySet<string>): Hit[] {
    const hits = new Map(all.map((hit) => [hit.id, hit]));
    for (const hit of down) {
        if (hit.state !== "down" || failedIds.has(hit.id)) continue;
        const known = hits.get(hit.id);
        hits.set(hit.id, known ? { ...hit, margin: known.margin, marginBefore: known.marginBefore } : hit);
    }
    return [...hits.values()];
}

// An element is hit only together if none of what fails does that to it alone.
export function markTogether(hits: Hit[], alone: ReadonlyMap<string, string>[]): Hit[] {
    return hits.map((hit) => ({ ...hit, onlyTogether: alone.every((states) => severity(states.get(hit.id) ?? hit.stateBefore) < severity(hit.state)) }));
}

export function countsOf(hits: Hit[]): Count[] {
    const counts = new Map<string, Count>();
    for (const { class: className, state, isService } of hits) {
        const key = `${className}\n${state}`, count = counts.get(key);
        if (count) ++count.count;
        else counts.set(key, { class: className, state, count: 1, isService });
    }
    return [...counts.values()];
}

export async function askImpact(api: Api, failures: Failure[], services: Services, times: Times, ask: Ask = {}): Promise<Impact> {
    const { clause, parameters } = timesBefore(times);
    const failed = await resolve(api, failures, times, ask);
    const ids = [...new Set(failed.map(({ element }) => element.id))];
    const idsDown = [...new Set(failed.filter(({ failure }) => failure.state === "down").map(({ element }) => element.id))];
    const questions: Impact["questions"] = idsDown.length === 0 ? { degraded: ids } : idsDown.length === ids.length ? { down: ids } : { degraded: ids, down: idsDown };
    // For who reads the answer later: which commits it knows. Taken before it, so that it is never said to know more than it does.
    const newest = times.asOf ? undefined : (await api.log(1, ask))[0]?.tx;
    // What is not there at that time cannot fail; the server would pass over it.
    const there = await api.query(`${clause}MATCH (n) WHERE elementId(n) IN $ids RETURN elementId(n)`, { ...parameters, ids }, ask);
    const present = new Set(there.rows.map(([id]) => id));
    const absent = failed.find(({ element }) => !present.has(element.id));
    if (absent) throw new ApiError("missing", "absent", text.break.absent(nameOf(absent.element)), text.break.absentHint, 404);

    const rowsOf = async (state: FailureState, of: string[]) => {
        const { rows, notices } = await api.query(`${impactOf(clause, state)} YIELD ci, state, state_before, hops, margin, margin_before RETURN ${slim} ORDER BY NOT ${serves}, hops LIMIT $most`,
            { ...parameters, ...services.parameters, ids: of, most: hitsMost + 1 }, ask);
        return { hits: rows.map((row) => hitOf(row, state, services.isService)), notices };
    };
    const [all, onlyDown] = await Promise.all([rowsOf(questions.degraded ? "degraded" : "down", ids), questions.degraded && questions.down ? rowsOf("down", questions.down) : undefined]);
    const isCut = all.hits.length > hitsMost;
    if (onlyDown && (isCut || onlyDown.hits.length > hitsMost)) throw new ApiError("asked", "too_many", text.break.tooManyMixed(hitsMost), text.break.tooManyMixedHint);
    let hits = onlyDown ? merged(all.hits, onlyDown.hits, new Set(ids)) : all.hits.slice(0, hitsMost);
    const notices = [...all.notices, ...(onlyDown?.notices ?? [])]
        .filter(({ code, message }, at, every) => code !== "unknown_attribute" && every.findIndex((each) => each.message === message) === at);

    let counts = countsOf(hits);
    if (isCut) {
        const { rows } = await api.query(`${impactOf(clause, questions.degraded ? "degraded" : "down")} YIELD ci, state RETURN labels(ci)[0], state, count(*)`, { ...parameters, ids }, ask);
        counts = rows.map(([label, state, count]) => ({ class: said(label), state: said(state), count: Number(count), isService: services.isService(said(label)) }));
    }
    let alone: Impact["alone"] = "one";
    if (ids.length > 1) {
        alone = ids.length > comparedMost || isCut ? "too-many" : "compared";
        if (alone === "compared") {
            const states = await Promise.all(ids.map(async (id) => {
                const { rows } = await api.query(`${impactOf(clause, idsDown.includes(id) ? "down" : "degraded")} YIELD ci, state RETURN elementId(ci), state`, { ...parameters, ids: [id] }, ask);
                return new Map(rows.map(([hit, state]) => [said(hit), said(state)]));
            }));
            hits = markTogether(hits, states);
        }
    }
    return {
        failed, hits, counts, total: counts.reduce((sum, each) => sum + each.count, 0), notices, questions, alone,
        ...(newest === undefined ? {} : { transaction: newest }),
    };
}

// The chains of causes of these hits, by element id: from what fails to each.
export async function askCauses(api: Api, impact: Impact, of: Hit[], times: Times, ask: Ask = {}): Promise<Map<string, Path>> {
    const { clause, parameters } = timesBefore(times), causes = new Map<string, Path>();
    await Promise.all((["down", "degraded"] as const).map(async (state) => {
        const wanted = of.filter((hit) => hit.because === state).map((hit) => hit.id), ids = impact.questions[state];
        if (wanted.length === 0 || !ids) return;
        const { rows } = await api.query(`${impactOf(clause, state)} YIELD ci, cause WHERE elementId(ci) IN $wanted RETURN elementId(ci), cause`, { ...parameters, ids, wanted }, ask);
        for (const [id, cause] of rows) if (cause) causes.set(said(id), cause as Path);
    }));
    return causes;
}

// -- single points of failure

export interface Point { element: Element; services: number | null; elements: number | null }  // null: not counted
export const rankedMost = 200;

// Every element whose failure alone takes `of` down; those that take down the most services first.
export async function askPoints(api: Api, of: string, services: Services, times: Times, ask: Ask = {}): Promise<{ element: Element; points: Point[]; notices: Notice[] }> {
    const { clause, parameters } = timesBefore(times);
    const [element, { points, notices }] = await Promise.all([api.node(of, ask), api.singlePoints(of, { ...times, ...ask })]);
    const ids = points.slice(0, rankedMost).map((each) => each.id);
    const { rows } = ids.length === 0 ? { rows: [] } : await api.query(
        `${clause}MATCH (point) WHERE elementId(point) IN $ids IMPACT OF point WHEN down YIELD ci, state WHERE state = 'down'
        RETURN elementId(point), count(CASE WHEN ${serves} THEN 1 END), count(*)`, { ...parameters, ...services.parameters, ids }, ask);
    const counted = new Map(rows.map(([id, served, all]) => [said(id), [Number(served), Number(all)] as const]));
    const ranked = points.map((point): Point => ({ element: point, services: counted.get(point.id)?.[0] ?? null, elements: counted.get(point.id)?.[1] ?? null }));
    ranked.sort((a, b) => (b.services ?? -1) - (a.services ?? -1) || (b.elements ?? -1) - (a.elements ?? -1) ||
        classOf(a.element).localeCompare(classOf(b.element)) || nameOf(a.element).localeCompare(nameOf(b.element), text.language, { numeric: true }));
    return { element, points: ranked, notices };
}

export const withFailure = (failures: Failure[], key: string, state: FailureState = "down"): Failure[] =>
    failures.some((each) => each.key === key) ? failures.map((each) => (each.key === key ? { key, state } : each)) : [...failures, { key, state }];
export const withoutFailure = (failures: Failure[], key: string) => failures.filter((each) => each.key !== key);

export const failureOf = (element: Element): Failure => ({ key: keyOf(element), state: "down" });
