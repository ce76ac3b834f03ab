// One element: what is recorded of it, what it stands on and what stands on it, who and what is behind it, who changed it last.

import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Model, api } from "../api";
import { type Element, classOf, keyOf, nameOf } from "../graph/model";
import { Icon } from "../icons";
import { touchedBy, useRefresh } from "../live/live";
import { ChangedMark } from "../live/line";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, StateMark, Waiting } from "../parts";
import { noteOpened, togglePin, usePinned } from "../remember";
import { Commits } from "../start/commits";
import { stateOf, statusOf } from "../start/estate";
import { text } from "../text";
import { type ViewState, formatHash } from "../view_state";
import { views } from "../views";
import { ancestorsOf } from "./classes";
import { type Attribute, type Group, type Role, type Times, askBehind, askCommitsOf, askGroups, askLinked, attributeGroups, kindsBehind, readsAs, validText } from "./element";
import { keyText, valueText } from "./values";

const words = text.element;
const openMost = 12, pageSize = 50;  // relationships of a type

function Value({ of: { value, unit, reference } }: { of: Attribute }) {
    if (reference && (typeof value === "string" || typeof value === "number")) return <a href={formatHash({ view: "element", of: [String(value)] })}>{String(value)}</a>;
    return <>{valueText(value)}{unit && <span class="faint"> {unit}</span>}</>;
}

export function Attributes({ model, element }: { model: Model; element: Element }) {
    const groups = attributeGroups(model, element);
    if (groups.length === 0) return <p class="faint">{words.noAttributes}</p>;
    return (
        <>
            {groups.map(({ title, attributes }) => (
                <section key={title} class="attribute-group">
                    <h3>{title}</h3>
                    <dl class="attributes">{attributes.map((each) => <div key={each.name}><dt title={each.description}>{each.name}</dt><dd><Value of={each} /></dd></div>)}</dl>
                </section>
            ))}
        </>
    );
}

// Elements that parts of the page show: a commit that changes one of them has the parts ask again, by the next round.
const Listed = createContext<Set<string> | null>(null);

function useRounds(round: number, again: () => void) {
    const first = useRef(true);
    useEffect(() => {
        if (!first.current) again();
        first.current = false;
    }, [round]);
}

// The relationships of one type in one direction: a few are shown at once, many when asked for, page by page.
function LinkedGroup({ id, group, times, round }: { id: string; group: Group; times: Times; round: number }) {
    const listed = useContext(Listed);
    const [isOpen, setOpen] = useState(group.count <= openMost), [most, setMost] = useState(pageSize);
    const { value, error, again } = useLoaded((signal) => (isOpen ? askLinked(api, id, group, most, times, { signal }) : Promise.resolve([])), [id, group.type, group.isOut, isOpen, most, times]);
    useRounds(round, again);
    value?.forEach(({ element }) => listed?.add(element.id));
    const left = group.count - (value?.length ?? 0);
    return (
        <section class="linked-group" data-type={group.type} data-direction={group.isOut ? "out" : "in"}>
            <h4><button type="button" class="head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><Icon name={isOpen ? "down" : "forward"} /><span title={group.type}>{group.reads}</span> <span class="number faint">{text.count(group.count)}</span></button></h4>
            {isOpen && error !== undefined && <ErrorBox error={error} again={again} />}
            {isOpen && !value && error === undefined && <Waiting rows={Math.min(group.count, 3)} />}
            {isOpen && value && value.length > 0 && (
                <ul class="linked">
                    {value.map(({ relationship, element }) => (
                        <li key={relationship.id}><ElementLink element={element} /><ChangedMark of={element.id} /><span class="faint">{validText(relationship)}</span><ClassOf element={element} /></li>
                    ))}
                </ul>
            )}
            {isOpen && value && left > 0 && value.length >= most && <button type="button" class="plain" onClick={() => setMost(most + (most === pageSize ? 150 : 500))}>{words.more(Math.min(left, most === pageSize ? 150 : 500), group.count)}</button>}
        </section>
    );
}

const roles: Role[] = ["on", "under", "other"];

function Relationships({ model, element, times, round }: { model: Model; element: Element; times: Times; round: number }) {
    const { value, error, again } = useLoaded((signal) => askGroups(api, model, element.id, times, { signal }), [element.id, times]);
    useRounds(round, again);
    return (
        <>
            {error !== undefined && <ErrorBox error={error} again={again} />}
            {!value && error === undefined && <Waiting />}
            {value?.length === 0 && <p class="faint">{words.noNeighbours}</p>}
            {times.validAt && <p class="faint">{words.at(times.validAt)}</p>}
            {value && roles.filter((role) => value.some((each) => each.role === role)).map((role) => (
                <section key={role} class="role" data-role={role}>
                    <h3>{words.roles[role]}</h3>
                    {value.filter((each) => each.role === role).map((each) => <LinkedGroup key={`${each.type} ${each.isOut}`} id={element.id} group={each} times={times} round={round} />)}
                </section>
            ))}
        </>
    );
}

export function BehindList({ model, element, times, round }: { model: Model; element: Element; times: Times; round: number }) {
    const listed = useContext(Listed);
    const { value, error, again } = useLoaded((signal) => askBehind(api, model, element, times, { signal }), [element.id, times]);
    useRounds(round, again);
    if (error !== undefined) return <ErrorBox error={error} again={again} />;
    if (!value) return <Waiting rows={2} />;
    value.forEach((each) => listed?.add(each.element.id));
    if (value.length === 0) return <p class="faint">{words.noBehind}</p>;
    return (
        <>
            {kindsBehind.filter((kind) => value.some((each) => each.kind === kind)).map((kind) => (
                <section key={kind} class="role">
                    <h3>{words.kinds[kind]}</h3>
                    <ul class="linked">
                        {value.filter((each) => each.kind === kind).map(({ element: other, relationship, isOut, through }) => (
                            <li key={relationship.id + (through?.id ?? "")}>
                                <span class="faint" title={relationship.type}>{through ? words.through(nameOf(through)) : readsAs(model, relationship.type, isOut)}</span>
                                <ElementLink element={other} /><ChangedMark of={other.id} /><span class="faint">{validText(relationship)}</span><ClassOf element={other} />
                            </li>
                        ))}
                    </ul>
                </section>
            ))}
        </>
    );
}

export function CommitsOf({ id, round }: { id: string; round: number }) {
    const { value, error, again } = useLoaded((signal) => askCommitsOf(api, id, signal), [id]);
    useRounds(round, again);
    if (error !== undefined) return <ErrorBox error={error} again={again} />;
    if (!value) return <Waiting rows={2} />;
    if (value.length === 0) return <p class="faint">{words.noCommits}</p>;
    return <Commits commits={value} noteOf={(tx) => (value.find((each) => each.tx === tx)?.bulk_load ? words.bulkCommit : "")} />;
}

// Links to other views of it, where the page has them.
function Ways({ element, times }: { element: Element; times: Times }) {
    const has = (name: string) => views.some((each) => each.name === name), of = [keyOf(element)];
    return (
        <>
            {has("see") && <a class="button" href={formatHash({ view: "see", of, ...times })}>{words.see}</a>}
            {has("break") && <a class="button strong" href={formatHash({ view: "break", failures: [{ key: keyOf(element), state: "down" }], ...times })}>{words.break}</a>}
            {has("spof") && <a class="button" href={formatHash({ view: "spof", of, ...times })}>{text.break.spofLink}</a>}
        </>
    );
}

export default function ElementPage({ state }: { state: ViewState }) {
    const key = state.of[0] ?? "";
    const { value, error, again } = useLoaded(async (signal) => {
        if (key === "") return undefined;
        const [element, model] = await Promise.all([api.node(key, { signal }), api.model({ signal })]);
        return { element, model };
    }, [key]);
    const [round, setRound] = useState(0), listed = useRef(new Set<string>());
    useEffect(() => listed.current.clear(), [key]);
    useRefresh(() => { again(); setRound((n) => n + 1); }, (commit) => commit.model_changed || !value || touchedBy(commit).some((id) => id === value.element.id || listed.current.has(id)));
    const pinned = usePinned();
    const element = value?.element;
    useEffect(() => {
        if (element) noteOpened({ key: keyOf(element), name: nameOf(element), class: classOf(element) });
    }, [element]);
    if (key === "") return <p class="hint">{text.find.ask}</p>;
    if (error !== undefined && !value)
        return <><ErrorBox error={error} again={again} />{error instanceof ApiError && error.kind === "missing" && <p><a href={formatHash({ view: "find", q: key })}>{words.searchInstead(key)}</a></p>}</>;
    if (!value || !element) return <Waiting rows={8} />;
    const { model } = value, times = { validAt: state.validAt, asOf: state.asOf };
    const remembered = { key: keyOf(element), name: nameOf(element), class: classOf(element) };
    const isPinned = pinned.some((each) => each.key === remembered.key);
    const status = statusOf(model, classOf(element)), said = status && element.properties[status.attribute];
    const worse = status && typeof said === "string" ? stateOf(status, said) : undefined;
    const path = [...ancestorsOf(model, classOf(element))].reverse();
    return (
        <Listed.Provider value={listed.current}>
            {error !== undefined && <ErrorBox error={error} again={again} />}
            {error !== undefined && <p class="hint">{words.deleted}</p>}
            <nav class="path" aria-label={text.find.above}>{[...path, classOf(element)].map((name) => <a key={name} href={formatHash({ view: "find", class: name })}>{name}</a>)}</nav>
            <header class="title">
                <h1>{nameOf(element)}</h1>
                <span class="faint mono">{keyText(element)}</span>
                {worse && <StateMark state={worse} />}
                <ChangedMark of={element.id} />
                <span class="actions">
                    <Ways element={element} times={times} />
                    <button type="button" aria-pressed={isPinned} onClick={() => togglePin(remembered)}><Icon name="pin" />{isPinned ? words.unpin : words.pin}</button>
                </span>
            </header>
            <div class="columns element-columns">
                <Panel title={words.neighbours} name="neighbours"><Relationships model={model} element={element} times={times} round={round} /></Panel>
                <div class="column">
                    <Panel title={words.attributes} name="attributes"><Attributes model={model} element={element} /></Panel>
                    <Panel title={words.behind} name="behind"><BehindList model={model} element={element} times={times} round={round} /></Panel>
                    <Panel title={words.commits} name="element-commits"><CommitsOf id={element.id} round={round} /></Panel>
                </div>
            </div>
        </Listed.Provider>
    );
}
