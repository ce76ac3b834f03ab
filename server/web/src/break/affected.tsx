// The lists of what is hit: services by how critical they are, all else by class, and what has lost redundancy but works.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Model } from "../api";
import type { Path } from "../graph/model";
import { classOf, nameOf } from "../graph/model";
import { severity, stateText } from "../graph/states";
import { Icon } from "../icons";
import { ClassTag, Panel, StateMark, linkTo } from "../parts";
import { adjust } from "../router";
import { text } from "../text";
import { type ViewState, formatHash } from "../view_state";
import { Chain } from "./chain";
import { type Hit, type Impact, listsOf } from "./impact";

const words = text.break, pageRows = 100;

export interface About { impact: Impact; causes: ReadonlyMap<string, Path>; redundancy: (hit: Hit) => string; model: Model; state: ViewState; isLoading: boolean }

const setOwn = (state: ViewState, change: Record<string, string>) => adjust({ own: { ...state.own, ...change } });
export const chosen = ({ own }: ViewState) => own.chain ?? "";

function Row({ hit, about, columns, list }: { hit: Hit; about: About; columns: Column[]; list: string }) {
    const { impact, causes, model, state, isLoading } = about, isOpen = chosen(state) === hit.key && state.own.in === list;
    const times = { validAt: state.validAt, asOf: state.asOf };
    return (
        <>
            <tr data-key={hit.key} data-state={hit.state} class={isOpen ? "open" : ""}>
                {columns.map((column) => column.cell(hit, about, isOpen, () => setOwn(state, isOpen ? { chain: "", in: "" } : { chain: hit.key, in: list })))}
            </tr>
            {isOpen && (
                <tr class="chain-row"><td colSpan={columns.length}>
                    <Chain hit={hit} path={causes.get(hit.id)} isLoading={isLoading} impact={impact} model={model} times={times} />
                    <p class="actions"><ClassTag name={hit.class} />
                        <a href={linkTo({ key: hit.key })}>{words.open1(hit.name)}</a>
                        <a href={formatHash({ view: "spof", of: [hit.key], validAt: state.validAt, asOf: state.asOf })}>{words.spofLink}</a>
                    </p>
                </td></tr>
            )}
        </>
    );
}

interface Column { name: string; head: ComponentChildren; isWide?: boolean; cell: (hit: Hit, about: About, isOpen: boolean, toggle: () => void) => ComponentChildren }
const wide = (column: { isWide?: boolean | undefined }) => (column.isWide ? "wide-only" : undefined);
const nameColumn: Column = {
    name: "name", head: words.columns.name,
    cell: (hit, { impact }, isOpen, toggle) => (
        <td key="name"><button type="button" class="plain disclose" aria-expanded={isOpen} onClick={toggle}><Icon name="forward" /><span>{hit.name}</span></button>
            {hit.onlyTogether && impact.alone === "compared" && <span class="together" title={words.togetherHint}>{words.together}</span>}</td>
    ),
};
const stateColumn: Column = {
    name: "state", head: words.columns.state,
    cell: (hit) => <td key="state"><StateMark state={hit.state} />{severity(hit.stateBefore) > 0 && <span class="faint"> {words.before(stateText(hit.stateBefore))}</span>}</td>,
};
const classColumn: Column = { name: "class", head: words.columns.class, isWide: true, cell: (hit) => <td key="class" class="wide-only"><ClassTag name={hit.class} /></td> };
const hopsColumn: Column = { name: "hops", head: words.columns.hops, cell: (hit) => <td key="hops" class="number">{hit.hops}</td> };
const marginColumn: Column = { name: "margin", head: words.columns.margin, cell: (hit, { redundancy }) => <td key="margin">{redundancy(hit)}</td> };
const serviceColumns: Column[] = [
    nameColumn, stateColumn,
    { name: "criticality", head: words.columns.criticality, cell: (hit) => <td key="criticality">{hit.criticality || <span class="faint">{words.noCriticality}</span>}</td> },
    hopsColumn,
    { name: "cause", head: words.columns.cause, isWide: true, cell: (hit, { causes }) => {
        const nodes = causes.get(hit.id)?.nodes, last = nodes?.[nodes.length - 2];
        return <td key="cause" class="wide-only because">{last && nameOf(last)}{last && nameOf(last) === hit.name && <span class="faint"> {classOf(last)}</span>}</td>;
    } },
];
const otherColumns: Column[] = [nameColumn, stateColumn, classColumn, hopsColumn, { ...marginColumn, isWide: true, cell: (hit, { redundancy }) => <td key="margin" class="wide-only">{redundancy(hit)}</td> }];
const weakerColumns: Column[] = [nameColumn, marginColumn, classColumn];

function Hits({ hits, columns, about, list, caption }: { hits: Hit[]; columns: Column[]; about: About; list: string; caption: string }) {
    const [most, setMost] = useState(pageRows);
    const at = about.state.own.in === list ? hits.findIndex((hit) => hit.key === chosen(about.state)) : -1, shown = hits.slice(0, Math.max(most, at + 1));
    return (
        <>
            <table>
                <caption class="unseen">{caption}</caption>
                <thead><tr>{columns.map((column) => <th key={column.name} scope="col" class={column.name === "hops" ? "number" : wide(column)}>{column.head}</th>)}</tr></thead>
                <tbody>{shown.map((hit) => <Row key={hit.id} hit={hit} about={about} columns={columns} list={list} />)}</tbody>
            </table>
            {shown.length < hits.length && (
                <p class="pager"><span class="faint">{words.shown(shown.length, hits.length)}</span>
                    <button type="button" class="plain" onClick={() => setMost(shown.length + pageRows)}>{words.more(Math.min(pageRows, hits.length - shown.length), hits.length)}</button></p>
            )}
        </>
    );
}

const totalOf = (impact: Impact, isService: boolean) => impact.counts.filter((each) => each.isService === isService).reduce((sum, each) => sum + each.count, 0);

export function Services({ about }: { about: About }) {
    const { impact } = about, { services } = listsOf(impact), title = words.services(totalOf(impact, true));
    return (
        <Panel title={title} name="services">
            {services.length === 0 ? <p class="faint">{impact.total > 0 ? words.noServicesClass : words.noServices}</p>
                : <Hits hits={services} columns={serviceColumns} about={about} list="services" caption={title} />}
        </Panel>
    );
}

export function Weaker({ about }: { about: About }) {
    const { weaker } = listsOf(about.impact), title = words.weaker(weaker.length);
    if (weaker.length === 0) return null;
    return <Panel title={title} name="weaker"><Hits hits={weaker} columns={weakerColumns} about={about} list="weaker" caption={title} /></Panel>;
}

export function Others({ about }: { about: About }) {
    const { impact, state } = about, { own } = state;
    const kind = own.kind ?? "", how = own.how ?? "", part = (own.filter ?? "").toLowerCase();
    const { others } = listsOf(impact), total = totalOf(impact, false);
    const classes = new Map<string, number>(), statesThere = new Map<string, number>();
    for (const each of impact.counts) if (!each.isService) {
        classes.set(each.class, (classes.get(each.class) ?? 0) + each.count);
        statesThere.set(each.state, (statesThere.get(each.state) ?? 0) + each.count);
    }
    const fits = others.filter((hit) => (kind === "" || hit.class === kind) && (how === "" || hit.state === how) &&
        (part === "" || hit.name.toLowerCase().includes(part) || hit.key.toLowerCase().includes(part)));
    const title = words.others(total);
    return (
        <Panel title={title} name="others">
            {total === 0 ? <p class="faint">{words.noOthers}</p> : (
                <>
                    <div class="filters">
                        <label><span class="unseen">{words.filter}</span><input type="search" placeholder={words.filter} value={own.filter ?? ""} onInput={(event) => setOwn(state, { filter: event.currentTarget.value })} /></label>
                        <label><span class="unseen">{words.filterState}</span>
                            <select value={how} onChange={(event) => setOwn(state, { how: event.currentTarget.value })}>
                                <option value="">{words.allStates}</option>
                                {[...statesThere].sort(([a], [b]) => severity(b) - severity(a)).map(([each, n]) => <option key={each} value={each}>{words.classCount(stateText(each), n)}</option>)}
                            </select></label>
                    </div>
                    <div class="kinds" role="group" aria-label={words.filterClass}>
                        <button type="button" aria-pressed={kind === ""} onClick={() => setOwn(state, { kind: "" })}>{words.allClasses}</button>
                        {[...classes].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([each, n]) => (
                            <button key={each} type="button" aria-pressed={kind === each} onClick={() => setOwn(state, { kind: kind === each ? "" : each })}>{each} <span class="faint">{text.count(n)}</span></button>
                        ))}
                    </div>
                    {fits.length === 0 ? <p class="faint">{words.filterNone}</p> : <Hits key={`${kind} ${how} ${part}`} hits={fits} columns={otherColumns} about={about} list="others" caption={title} />}
                </>
            )}
        </Panel>
    );
}
