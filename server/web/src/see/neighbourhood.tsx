// One or several elements and what they stand on and carry, drawn or as a list, grown and cut back by who looks.

import { useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { type CanvasHandle, GraphCanvas, Legend, unwrittenType } from "../graph/canvas";
import { type LayoutName, isLayout, layouts, ringsMost } from "../graph/layout";
import { type Element, classOf, keyOf, nameOf } from "../graph/model";
import { fileName, save } from "../graph/save";
import { type Sense, useSense } from "../graph/sense";
import { touchedBy, useRefresh } from "../live/live";
import { useLoaded } from "../load";
import { ClassOf, ErrorBox, Panel, Waiting } from "../parts";
import { adjust, go } from "../router";
import { stateOf, statusOf } from "../start/estate";
import { text } from "../text";
import type { ViewState } from "../view_state";
import { AddBox } from "./add_box";
import { type Grouping, Seer, type Shown, groupings, notDrawn } from "./ask";
import { Details, type Doing } from "./details";
import { type Step, fanMost, formatKeys, formatSteps, moreAtOnce, parseKeys, parseSteps, withStep, withoutStep, withoutStepsOf } from "./steps";

const words = text.see;
const nobody = "none";

// What is shown of what was asked for: always said, with the way to more.
function LeftOut({ shown, open, unhide }: { shown: Shown; open: (step: Step) => void; unhide: () => void }) {
    const { graph, stepCounts, missing, hidden, cut } = shown;
    const cutSteps = stepCounts.filter((each) => each.shown < each.total);
    return (
        <div class="left-out" data-part="left-out">
            <p role="status"><strong>{words.shown(graph.elements.size, graph.drawable().length)}</strong>{cutSteps.length === 0 && hidden === 0 && cut === 0 && ` ${words.nothingLeftOut}`}</p>
            {cutSteps.map(({ step, shown: some, total }) => {
                const name = nameOf(shown.byKey.get(step.key)!), most = Math.min(total, step.most + moreAtOnce);
                return (
                    <p key={step.kind + step.key + step.type}>{words.part(some, total, words.stepOf(step.kind, name, step.type))}{" "}
                        {step.most < total && <button type="button" class="small" onClick={() => open({ ...step, most })}>{words.showN(most - step.most)}</button>}</p>
                );
            })}
            {cut > 0 && <p>{words.cut(cut)}</p>}
            {hidden > 0 && <p>{words.hidden(hidden)} <button type="button" class="small" onClick={unhide}>{words.unhide}</button></p>}
            {missing.map((key) => <p key={key} class="wrong">{words.missing(key)}</p>)}
        </div>
    );
}

function List({ shown, selected, sense, doing, hasGroups }: { shown: Shown; selected: string | null; sense: Sense; doing: Doing; hasGroups: boolean }) {
    const badges = useMemo(() => notDrawn(shown, sense), [shown, sense]);
    const around = new Map<string, number>();
    for (const { source, target } of shown.graph.drawable()) for (const id of [source, target]) around.set(id, (around.get(id) ?? 0) + 1);
    const groupOf = (each: Element) => shown.groups?.get(each.id) ?? "";
    const rows = [...shown.graph.elements.values()].sort((a, b) => (groupOf(a) < groupOf(b) ? -1 : groupOf(a) > groupOf(b) ? 1 : classOf(a) < classOf(b) ? -1 : classOf(a) > classOf(b) ? 1 : nameOf(a) < nameOf(b) ? -1 : 1));
    const columns = words.columns;
    return (
        <Panel title={words.listTitle} name="elements">
            <table class="element-list">
                <thead><tr><th>{columns.name}</th><th>{columns.class}</th>{hasGroups && <th class="wide-only">{columns.group}</th>}<th class="number wide-only">{columns.shown}</th><th class="number">{columns.more}</th></tr></thead>
                <tbody>{rows.map((each) => (
                    <tr key={each.id} aria-current={each.id === selected ? "true" : undefined}>
                        <td><button type="button" class="plain" aria-pressed={each.id === selected} onClick={() => doing.select(each.id)}>{nameOf(each)}</button></td><td><ClassOf element={each} /></td>
                        {hasGroups && <td class="wide-only">{groupOf(each)}</td>}<td class="number wide-only">{text.count(around.get(each.id) ?? 0)}</td><td class="number">{badges.get(each.id) ?? ""}</td>
                    </tr>
                ))}</tbody>
            </table>
        </Panel>
    );
}

export function Neighbourhood({ state }: { state: ViewState }) {
    const sense = useSense(), seer = useMemo(() => new Seer(api), []), canvas = useRef<CanvasHandle>(null);
    const { of, own, validAt, asOf } = state;
    const { steps, complaints } = useMemo(() => parseSteps(own.open, of), [own.open, of.join("\n")]);
    const hidden = parseKeys(own.hide), grouping = (own.group ?? "") as Grouping;
    const question = { of, steps, hidden, times: { validAt, asOf }, grouping };
    const loaded = useLoaded(async (signal) => (sense ? seer.ask({ ...question, sense, several: words.several }, { signal }) : undefined), [question, Boolean(sense)]);
    // What was shown stays until what comes next is there.
    const last = useRef<Shown>();
    if (loaded.value) last.current = loaded.value;
    const shown = loaded.value ?? last.current;
    const [failure, setFailure] = useState<unknown>();
    const [round, setRound] = useState(0);
    useRefresh(() => {
        seer.forget();
        loaded.again();
        setRound((n) => n + 1);
    }, (commit) => touchedBy(commit).some((id) => last.current?.graph.elements.has(id)));

    const hasRings = !shown || shown.graph.elements.size <= ringsMost, wantsRings = state.layout === "rings";
    const layout: LayoutName = isLayout(state.layout) && (hasRings || !wantsRings) ? state.layout : "layers";
    const badges = useMemo(() => (shown && sense ? notDrawn(shown, sense) : undefined), [shown, sense]);
    // What is recorded of their state, where it is worse than up.
    const looks = useMemo(() => (shown && sense ? new Map([...shown.graph.elements.values()].flatMap((each): [string, string][] => {
        const status = statusOf(sense.model, classOf(each)), said = status && each.properties[status.attribute];
        const state = status && typeof said === "string" ? stateOf(status, said) : undefined;
        return state ? [[each.id, state]] : [];
    })) : undefined), [shown, sense]);
    const roots = useMemo(() => (shown ? of.flatMap((key) => { const found = shown.byKey.get(key); return found ? [found.id] : []; }) : []), [shown, of.join("\n")]);
    const wanted = own.sel === nobody ? undefined : own.sel ?? of[0];
    const selected = (wanted !== undefined && shown?.byKey.get(wanted)?.id) || null;

    const withOwn = (change: Record<string, string>) => ({ ...own, ...change });
    const show = (next: Step[]) => go({ ...state, own: withOwn({ open: formatSteps(next, of) }) });
    const keyOfId = (id: string) => keyOf(shown!.graph.elements.get(id)!);
    const doing: Doing = {
        select: (id) => adjust({ own: withOwn({ sel: id === null ? nobody : keyOfId(id) }) }),
        open: (step) => show(withStep(steps, step)),
        close: (step) => show(withoutStep(steps, step)),
        collapse: (key) => show(withoutStepsOf(steps, key)),
        hide: (key) => go({ ...state, own: withOwn({ hide: formatKeys([...hidden, key]), sel: "" }) }),
        startAt: (key) => go({ view: "see", of: [key], layout: state.layout, validAt, asOf, own: { ...(grouping ? { group: grouping } : {}), ...(own.as ? { as: own.as } : {}) } }),
    };
    // Everything that carries failure, in both directions, of what has more than is drawn.
    const expand = (id: string) => {
        if (!shown || !sense) return;
        const key = keyOfId(id);
        const fans = (shown.fans.get(id) ?? []).filter((each) => (sense.depends.get(each.type) ?? "none") !== "none");
        const next = fans.reduce((all, { direction, type }) => (all.some((each) => each.kind === direction && each.key === key && each.type === type) ? all : withStep(all, { kind: direction, key, type, most: fanMost })), steps);
        if (next.length > steps.length) show(next);
    };
    const title = of.map((key) => { const found = shown?.byKey.get(key); return found ? nameOf(found) : key; }).join(", ");
    const notes = (now: Shown) => [words.shown(now.graph.elements.size, now.graph.drawable().length),
        ...now.stepCounts.filter((each) => each.shown < each.total).map(({ step, shown: some, total }) => words.part(some, total, words.stepOf(step.kind, nameOf(now.byKey.get(step.key)!), step.type))),
        ...[unwrittenType(now.graph)].flatMap((type) => (type ? [text.graph.unwritten(type)] : []))];
    const savePng = () => canvas.current?.png().then((blob) => save(blob, fileName(title, "png")), setFailure);
    const saveSvg = () => { if (shown) save(new Blob([canvas.current?.svg(title, notes(shown)) ?? ""], { type: "image/svg+xml" }), fileName(title, "svg")); };

    const now = selected ? shown?.graph.elements.get(selected) : undefined;
    const isList = own.as === "list";
    return (
        <>
            <header class="title">
                <h1>{title}</h1>
                {!isList && <span class="actions"><button type="button" onClick={savePng}>{words.png}</button><button type="button" onClick={saveSvg}>{words.svg}</button></span>}
            </header>
            <div class="see-tools">
                <AddBox onAdd={(key) => { if (!of.includes(key)) go({ ...state, of: [...of, key], own: withOwn({ open: own.open ? formatSteps([...steps, { kind: "below", key, type: "", most: fanMost }, { kind: "above", key, type: "", most: fanMost }], [...of, key]) : "", sel: key }) }); }} />
                {!isList && <label><span>{words.layout}</span><select value={layout} onChange={(event) => adjust({ layout: event.currentTarget.value === "layers" ? "" : event.currentTarget.value })}>{layouts.map((each) => <option key={each} value={each} disabled={each === "rings" && !hasRings}>{words.layouts[each]}</option>)}</select></label>}
                <label><span>{words.group}</span><select value={grouping} onChange={(event) => adjust({ own: withOwn({ group: event.currentTarget.value }) })}>{(sense ? groupings(sense) : [grouping]).map((each) => <option key={each} value={each}>{words.groups[each]}</option>)}</select></label>
                <label class="dated"><span>{words.validAt}</span><input type="date" value={validAt.slice(0, 10)} onChange={(event) => adjust({ validAt: event.currentTarget.value })} /></label>
                <span class="switch" role="group" aria-label={words.as}>
                    <button type="button" aria-pressed={!isList} onClick={() => adjust({ own: withOwn({ as: "" }) })}>{words.drawn}</button>
                    <button type="button" aria-pressed={isList} onClick={() => adjust({ own: withOwn({ as: "list" }) })}>{words.list}</button>
                </span>
                {!isList && <button type="button" onClick={() => canvas.current?.arrange()} title={words.arrangeHint}>{words.arrange}</button>}
            </div>
            {complaints.length > 0 && <ErrorBox error={new Error(words.complaint(complaints.join(", ")))} />}
            {loaded.error !== undefined && <ErrorBox error={loaded.error} again={() => { seer.forget(); loaded.again(); }} />}
            {failure !== undefined && <ErrorBox error={failure} />}
            {!shown && loaded.error === undefined && <Waiting rows={8} />}
            {shown && sense && (
                <div class="see-main" data-loading={loaded.isLoading ? "true" : undefined}>
                    <div class="see-left">
                        {isList ? <List shown={shown} selected={selected} sense={sense} doing={doing} hasGroups={grouping !== "" && grouping !== "class"} />
                            : <GraphCanvas key={of[0]} graph={shown.graph} label={words.canvas(title)} selected={selected} layout={layout} roots={roots} handle={canvas} onSelect={doing.select} onOpen={expand}
                                {...(badges ? { badges } : {})} {...(looks ? { looks } : {})} {...(shown.groups ? { groups: shown.groups } : {})} />}
                        {wantsRings && !hasRings && !isList && <p class="left-out">{words.noRings(ringsMost)}</p>}
                        <LeftOut shown={shown} open={doing.open} unhide={() => go({ ...state, own: withOwn({ hide: "" }) })} />
                        {!isList && <Legend graph={shown.graph} layout={layout} {...(looks ? { looks } : {})} />}
                    </div>
                    {now ? <Details element={now} shown={shown} steps={steps} sense={sense} doing={doing} isStart={of.includes(keyOf(now))} times={{ validAt, asOf }} state={looks?.get(now.id)} hasGroups={grouping !== "class"} round={round} />
                        : <section class="panel details" data-panel="details"><p class="hint">{words.selectHint}</p></section>}
                </div>
            )}
        </>
    );
}
