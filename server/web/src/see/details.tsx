// The element that is selected: what can be done with it, what it is related to whether drawn or not, and what is recorded of it.

import { readsAs } from "../find/element";
import { Attributes, BehindList, CommitsOf } from "../find/element_page";
import { type Element, type Relationship, keyOf, nameOf } from "../graph/model";
import type { Sense } from "../graph/sense";
import { Icon } from "../icons";
import { ClassOf, StateMark, linkTo } from "../parts";
import { text } from "../text";
import { formatHash } from "../view_state";
import { views } from "../views";
import type { Fan, Shown } from "./ask";
import { type Step, fanMost, moreAtOnce, stepOf } from "./steps";

const words = text.see;

export interface Doing {
    select: (id: string | null) => void;
    open: (step: Step) => void;
    close: (step: Step) => void;
    collapse: (key: string) => void;
    hide: (key: string) => void;
    startAt: (key: string) => void;
}

const otherEnds = (shown: Shown, id: string, { direction, type }: Fan): Element[] => {
    const isThat = (each: Relationship) => each.type === type && (direction === "out" ? each.source : each.target) === id;
    const found = shown.graph.drawable().filter(isThat).map((each) => shown.graph.elements.get(direction === "out" ? each.target : each.source)!);
    return found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
};

function FanRow({ element, fan, shown, steps, sense, doing }: { element: Element; fan: Fan; shown: Shown; steps: Step[]; sense: Sense; doing: Doing }) {
    const key = keyOf(element), ends = otherEnds(shown, element.id, fan), drawn = ends.length;
    const step = stepOf(steps, fan.direction, key, fan.type), isOut = fan.direction === "out";
    const label = readsAs(sense.model, fan.type, isOut);
    const more = (most: number) => doing.open({ kind: fan.direction, key, type: fan.type, most });
    const next = step ? step.most + moreAtOnce : fanMost;
    return (
        <li class="fan" data-fan={`${fan.direction}:${fan.type}`}>
            <div>
                <span class="fan-name"><Icon name={isOut ? "out" : "in"} /><span title={fan.type}>{label}</span></span>
                <span class="number faint">{drawn < fan.count ? words.ofAll(drawn, fan.count) : text.count(fan.count)}</span>
                <span class="fan-actions">
                    {drawn < fan.count && <button type="button" class="small" aria-label={words.showFan(label, drawn > 0)} onClick={() => more(next)}>{drawn > 0 ? words.showMore : words.show}</button>}
                    {step && <button type="button" class="small icon-only" aria-label={words.closeFan(label)} title={words.close} onClick={() => doing.close(step)}><Icon name="close" /></button>}
                </span>
            </div>
            {drawn > 0 && (
                <details>
                    <summary>{words.listed(drawn)}</summary>
                    <ul class="ends">{ends.map((each) => <li key={each.id}><button type="button" class="plain" onClick={() => doing.select(each.id)}>{nameOf(each)}</button> <ClassOf element={each} /></li>)}</ul>
                </details>
            )}
        </li>
    );
}

function FarRow({ kind, element, shown, steps, doing }: { kind: "below" | "above"; element: Element; shown: Shown; steps: Step[]; doing: Doing }) {
    const key = keyOf(element), step = stepOf(steps, kind, key), count = step && shown.stepCounts.find((each) => each.step.kind === kind && each.step.key === key);
    const label = kind === "below" ? words.below : words.above;
    return (
        <li class="fan" data-fan={kind}>
            <div>
                <span class="fan-name"><Icon name={kind} />{label}</span>
                <span class="number faint">{count ? (count.shown < count.total ? words.ofAll(count.shown, count.total) : text.count(count.total)) : ""}</span>
                <span class="fan-actions">
                    {(!count || count.shown < count.total) && <button type="button" class="small" aria-label={words.showFan(label, Boolean(count))} onClick={() => doing.open({ kind, key, type: "", most: step ? step.most + moreAtOnce : fanMost })}>{count ? words.showMore : words.show}</button>}
                    {step && (!count || count.total > 0) && <button type="button" class="small icon-only" aria-label={words.closeFan(label)} title={words.close} onClick={() => doing.close(step)}><Icon name="close" /></button>}
                </span>
            </div>
        </li>
    );
}

export function Details({ element, shown, steps, sense, doing, isStart, times, state, hasGroups, round }: { element: Element; shown: Shown; steps: Step[]; sense: Sense; doing: Doing; isStart: boolean; times: { validAt: string; asOf: string }; state?: string | undefined; hasGroups: boolean; round: number }) {
    const key = keyOf(element), fans = shown.fans.get(element.id) ?? [];
    const carries = (fan: Fan) => (sense.depends.get(fan.type) ?? "none") !== "none";
    const hasSteps = steps.some((each) => each.key === key), group = hasGroups ? shown.groups?.get(element.id) : undefined;
    const ordered = [...fans.filter(carries), ...fans.filter((each) => !carries(each))];
    const canBreak = views.some((each) => each.name === "break");
    return (
        <section class="panel details" data-panel="details" aria-label={words.details}>
            <header class="details-head">
                <h2>{nameOf(element)}</h2>
                <p><ClassOf element={element} /> <span class="faint mono">{key}</span>{group && <span class="faint"> · {group}</span>}</p>
                {state && <StateMark state={state} />}
            </header>
            <div class="actions">
                <a class="button" href={linkTo(element)}>{words.openPage}</a>
                {canBreak && <a class="button" href={formatHash({ view: "break", failures: [{ key, state: "down" }], validAt: times.validAt, asOf: times.asOf })}>{words.breakIt}</a>}
                {!isStart && <button type="button" onClick={() => doing.startAt(key)}>{words.startHere}</button>}
                {hasSteps && <button type="button" onClick={() => doing.collapse(key)}>{words.collapse}</button>}
                {!isStart && <button type="button" onClick={() => doing.hide(key)}>{words.hide}</button>}
            </div>
            <section>
                <h3>{words.expand}</h3>
                <ul class="fans">
                    <FarRow kind="above" {...{ element, shown, steps, doing }} />
                    <FarRow kind="below" {...{ element, shown, steps, doing }} />
                    {ordered.map((fan) => <FanRow key={fan.direction + fan.type} {...{ element, fan, shown, steps, sense, doing }} />)}
                </ul>
                {fans.length === 0 && <p class="faint">{text.element.noNeighbours}</p>}
            </section>
            <details open data-part="attributes"><summary>{text.element.attributes}</summary><Attributes model={sense.model} element={element} /></details>
            <details open data-part="behind"><summary>{text.element.behind}</summary><BehindList key={element.id} model={sense.model} element={element} times={times} round={round} /></details>
            <details open data-part="commits"><summary>{text.element.commits}</summary><CommitsOf key={element.id} id={element.id} round={round} /></details>
        </section>
    );
}
