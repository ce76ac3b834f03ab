// What fails, in which state, and at which time: the question that the page answers.

import type { ComponentChildren } from "preact";
import { api } from "../api";
import { type Element, classOf, keyOf, nameOf } from "../graph/model";
import { Icon } from "../icons";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, Panel, StateMark } from "../parts";
import { usePinned, useRecent } from "../remember";
import { go } from "../router";
import { askServices, serviceClasses } from "../start/estate";
import { text } from "../text";
import type { Failure, FailureState, ViewState } from "../view_state";
import { type Failed, askPoints, isDay, servicesOf, withFailure, withoutFailure } from "./impact";
import { Picker } from "./picker";

const words = text.break, states: FailureState[] = ["down", "degraded"];

// The question asked anew, as a new entry of the history; what was looked at in the old answer goes with it.
export const ask = (state: ViewState, change: Partial<ViewState>) => {
    const { chain: _, ...own } = state.own;
    go({ ...state, own, ...change });
};

// As the fields of a form have it, in the reader's own time zone; an address has UTC.
const two = (n: number) => String(n).padStart(2, "0");
export function localOf(written: string): string {
    const time = new Date(written);
    if (written === "" || /^\d+$/.test(written) || Number.isNaN(time.getTime())) return "";
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
export const utcOf = (local: string): string => (local === "" ? "" : new Date(local).toISOString().replace(/:\d\d\.\d+Z$/, "Z"));

function One({ failure, failed, state }: { failure: Failure; failed?: Failed | undefined; state: ViewState }) {
    const name = failed ? nameOf(failed.element) : failure.key;
    return (
        <li data-key={failure.key}>
            <StateMark state="failed" hasWord={false} />
            <span class="who">{failed ? <ElementLink element={failed.element} /> : <span>{failure.key}</span>}
                {failed && <ClassOf element={failed.element} />}{failed && name !== keyOf(failed.element) && <span class="faint mono wide-only">{keyOf(failed.element)}</span>}</span>
            <span class="choice" role="group" aria-label={words.stateOf(name)}>
                {states.map((each) => (
                    <button key={each} type="button" aria-pressed={failure.state === each}
                        onClick={() => ask(state, { failures: withFailure(state.failures, failure.key, each) })}><StateMark state={each} hasWord={false} />{words.failedIn[each]}</button>
                ))}
            </span>
            <button type="button" class="plain icon-only" aria-label={words.remove(name)} title={words.remove(name)}
                onClick={() => ask(state, { failures: withoutFailure(state.failures, failure.key) })}><Icon name="close" /></button>
        </li>
    );
}

function Time({ label, hint, children, onNow, isSet }: { label: string; hint: string; children: ComponentChildren; onNow: () => void; isSet: boolean }) {
    return (
        <span class="time-field" title={hint}>
            <label><span>{label}</span>{children}</label>
            {isSet && <button type="button" class="plain" onClick={onNow} aria-label={`${label}: ${words.now}`}>{words.now}</button>}
        </span>
    );
}

export function Times({ state }: { state: ViewState }) {
    const { validAt, asOf } = state, isTransaction = /^\d+$/.test(asOf);
    return (
        <div class="times">
            <Time label={words.when} hint={words.whenHint} isSet={validAt !== ""} onNow={() => ask(state, { validAt: "" })}>
                <input type="date" name="at" value={isDay(validAt) ? validAt : localOf(validAt).slice(0, 10)}
                    onChange={(event) => { if (event.currentTarget.validity.valid) ask(state, { validAt: event.currentTarget.value }); }} />
            </Time>
            <Time label={words.asOf} hint={words.asOfHint} isSet={asOf !== ""} onNow={() => ask(state, { asOf: "" })}>
                {isTransaction ? <span class="mono">{words.transaction(asOf)}</span> : (
                    <input type="datetime-local" name="asof" value={localOf(asOf)}
                        onChange={(event) => { if (event.currentTarget.validity.valid) ask(state, { asOf: utcOf(event.currentTarget.value) }); }} />
                )}
            </Time>
        </div>
    );
}

const offeredMost = 6;

// Where to begin: what was pinned and opened, or else what the most critical service cannot do without.
function Offers({ state }: { state: ViewState }) {
    const recent = useRecent(), pinned = usePinned();
    const kept = [...pinned, ...recent.filter((each) => !pinned.some(({ key }) => key === each.key))].slice(0, offeredMost);
    const points = useLoaded(async (signal) => {
        if (kept.length > 0) return undefined;
        const model = await api.model({ signal });
        const [service] = await askServices(api, serviceClasses(model, model.classes.map((each) => each.name)), { signal });
        return service && askPoints(api, keyOf(service.element), servicesOf(model), { validAt: state.validAt, asOf: state.asOf }, { signal });
    }, [kept.length > 0, state.validAt, state.asOf]);
    const offered = kept.length > 0 ? kept : (points.value?.points ?? []).slice(0, offeredMost).map(({ element }) => ({ key: keyOf(element), name: nameOf(element), class: classOf(element) }));
    if (offered.length === 0) return null;  // also where it could not be asked: it is an offer only
    return (
        <p class="offers"><span class="faint">{kept.length > 0 ? words.noneRecent : words.noneExample(nameOf(points.value!.element))}</span>
            {offered.map((each) => <button key={each.key} type="button" onClick={() => ask(state, { failures: [{ key: each.key, state: "down" }] })}>{each.name} <span class="faint">{each.class}</span></button>)}</p>
    );
}

export function Failing({ state, failed }: { state: ViewState; failed?: Failed[] | undefined }) {
    const add = (element: Element) => ask(state, { failures: withFailure(state.failures, keyOf(element)) });
    const of = (failure: Failure) => failed?.find((each) => each.failure.key === failure.key);
    const ids = (failed ?? []).map(({ element }) => element.id);
    return (
        <Panel title={words.asked} name="failing" action={state.failures.length > 1 && <button type="button" class="plain" onClick={() => ask(state, { failures: [] })}>{words.clear}</button>}>
            {state.failures.length > 0 && <ul class="failing">{state.failures.map((failure) => <One key={failure.key} failure={failure} failed={of(failure)} state={state} />)}</ul>}
            {new Set(ids).size < ids.length && <p class="faint">{words.sameElement}</p>}
            {state.failures.length === 0 && <p>{words.none} <span class="faint">{words.noneHint}</span></p>}
            <div class="question"><Picker onPick={add} /><Times state={state} /></div>
            {state.failures.length === 0 && <Offers state={state} />}
        </Panel>
    );
}
