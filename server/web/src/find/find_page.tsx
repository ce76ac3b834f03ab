// All results of a search, or the elements of a class page by page, as a table. `own`: sort, page.

import { api } from "../api";
import { type Element, type Value, classOf, keyOf, nameOf } from "../graph/model";
import { Icon } from "../icons";
import { ChangedMark } from "../live/line";
import { useRefresh } from "../live/live";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, Waiting } from "../parts";
import { go } from "../router";
import { text } from "../text";
import { type ViewState, formatHash } from "../view_state";
import { type ClassEntry, matchingClasses, quotedName, useClasses } from "./classes";
import { listColumns, pageOf, sortOf, sorted } from "./list";
import { Marked } from "./search_box";
import { keyText, valueText } from "./values";

const foundMost = 200, classesMost = 8, pageSize = 100;
const sortedMost = 50_000;  // elements of a class that are sorted unasked: it takes the server a second for 200,000
const words = text.find;

interface Row { node: Element; attribute: string; value: string }

function Rows({ rows, q, columns, heads }: { rows: Row[]; q: string; columns: string[]; heads: (column: string, title: string) => preact.ComponentChildren }) {
    const hasClass = new Set(rows.map(({ node }) => classOf(node))).size > 1;
    return (
        <div class="wide-table">
            <table>
                <thead><tr>
                    {heads("name", words.columns.name)}{hasClass && <th>{words.columns.class}</th>}{heads("id", words.columns.key)}
                    {q !== "" && <th class="wide-only">{words.columns.why}</th>}
                    {columns.map((name) => heads(name, name))}
                </tr></thead>
                <tbody>
                    {rows.map(({ node, attribute, value }) => (
                        <tr key={node.id} data-class={classOf(node)}>
                            <td>{attribute === "name" ? <a href={formatHash({ view: "element", of: [keyOf(node)] })}><Marked whole={nameOf(node)} part={q} /></a> : <ElementLink element={node} />}<ChangedMark of={node.id} /></td>
                            {hasClass && <td><ClassOf element={node} /></td>}
                            <td class="faint mono"><Marked whole={keyText(node)} part={attribute === "id" ? q : ""} /></td>
                            {q !== "" && <td class="faint wide-only">{attribute} {attribute !== "name" && attribute !== "id" && <Marked whole={value} part={q} />}</td>}
                            {columns.map((name) => <td key={name} class="wide-only">{node.properties[name] === undefined ? "" : valueText(node.properties[name] as Value)}</td>)}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

const plainHead = (column: string, title: string) => <th key={column}>{title}</th>;

function Results({ state }: { state: ViewState }) {
    const { value, error, isLoading, again } = useLoaded((signal) => api.searchAll(state.q, { className: state.class, limit: foundMost + 1, signal }), [state.q, state.class]);
    // The classes of all results, also while one of them is chosen.
    const all = useLoaded((signal) => (state.class === "" ? Promise.resolve(null) : api.searchAll(state.q, { limit: foundMost + 1, signal })), [state.q, state.class === ""]);
    useRefresh(again);
    const classes = useClasses(true), named = state.class === "" ? matchingClasses(classes ?? [], state.q, classesMost) : [];
    const found = value?.found ?? [], counted = new Map<string, number>();
    for (const { node } of (all.value ?? value)?.found ?? []) counted.set(classOf(node), (counted.get(classOf(node)) ?? 0) + 1);
    const facets = [...counted].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    return (
        <>
            <h1>{words.heading(state.q)}</h1>
            {error !== undefined && <ErrorBox error={error} again={again} />}
            {!value && isLoading && <Waiting rows={8} />}
            {value?.notices.map(({ code, message }) => <p class="hint" key={code}>{message}</p>)}
            {named.length > 0 && (
                <Panel title={words.classesNamed(state.q)} name="classes-named">
                    <nav class="facets" aria-label={words.classesNamed(state.q)}>{named.map(({ name, count }) => <a key={name} href={formatHash({ view: "find", class: name })}><span><Marked whole={name} part={state.q} /></span> <span class="number">{text.count(count)}</span></a>)}</nav>
                </Panel>
            )}
            {(facets.length > 1 || state.class !== "") && (
                <nav class="facets" aria-label={words.byClass}>
                    <a href={formatHash({ view: "find", q: state.q })} aria-current={state.class === "" ? "page" : undefined}>{words.allClasses}</a>
                    {facets.map(([name, count]) => <a key={name} href={formatHash({ view: "find", q: state.q, class: name })} aria-current={state.class === name ? "page" : undefined}>{name} <span class="number">{text.count(count)}</span></a>)}
                </nav>
            )}
            {value && found.length === 0 && value.notices.length === 0 && <p>{words.none(state.q)} {named.length === 0 && <span class="faint">{words.noneHint}</span>}</p>}
            {found.length > 0 && (
                <Panel title={words.found(Math.min(found.length, foundMost), found.length > foundMost)} name="results">
                    <Rows rows={found.slice(0, foundMost)} q={state.q} columns={[]} heads={plainHead} />
                </Panel>
            )}
            {found.length > foundMost && <p class="hint">{words.cutHint}</p>}
        </>
    );
}

const Family = ({ entry, all }: { entry: ClassEntry; all: ClassEntry[] }) => (
    <>
        {entry.description && <p class="hint">{entry.description}</p>}
        {entry.below.length > 0 && <nav class="facets" aria-label={words.below}>{entry.below.map((name) => <a key={name} href={formatHash({ view: "find", class: name })}>{name} <span class="number">{text.count(all.find((each) => each.name === name)?.count ?? 0)}</span></a>)}</nav>}
    </>
);

function ClassList({ state }: { state: ViewState }) {
    const classes = useClasses(true), entry = classes?.find((each) => each.name === state.class);
    const page = pageOf(state.own.page), sort = sortOf(state.own.sort);
    const isAsked = Boolean(state.own.sort);
    const { value, error, isLoading, again } = useLoaded(async (signal) => {
        const label = quotedName(state.class);
        const count = Number((await api.query(`MATCH (n:${label}) RETURN count(n)`, {}, { signal })).rows[0]?.[0] ?? 0);
        const isSorted = isAsked || count <= sortedMost;
        const { rows } = await api.query(`MATCH (n:${label}) RETURN n ${isSorted ? sorted(sort) : ""} SKIP $skip LIMIT $most`, { skip: (page - 1) * pageSize, most: pageSize }, { signal });
        return { elements: rows.map(([node]) => node as Element), count, isSorted };
    }, [state.class, page, sort, isAsked]);
    useRefresh(again);
    const to = (own: Record<string, string>) => ({ view: "find", class: state.class, own: { ...state.own, ...own } });
    const heads = (column: string, title: string) => {
        const isThis = sort.attribute === column && value?.isSorted === true, isUp = isThis && !sort.isDown, isDown = isThis && sort.isDown;
        return (
            <th key={column} class={column === "name" || column === "id" ? "" : "wide-only"} aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}>
                <button type="button" class="head" onClick={() => go(to({ sort: isUp ? `-${column}` : column, page: "" }))}>{title}{isUp && <Icon name="up" />}{isDown && <Icon name="down" />}</button>
            </th>
        );
    };
    const pages = Math.max(1, Math.ceil((value?.count ?? 0) / pageSize)), first = (page - 1) * pageSize + 1;
    return (
        <>
            {entry && entry.above.length > 0 && <nav class="path" aria-label={words.above}>{[...entry.above].reverse().map((name) => <a key={name} href={formatHash({ view: "find", class: name })}>{name}</a>)}</nav>}
            <header class="title"><h1>{words.headingClass(state.class)}</h1></header>
            {entry && <Family entry={entry} all={classes!} />}
            {error !== undefined && <ErrorBox error={error} again={again} />}
            {!value && isLoading && <Waiting rows={8} />}
            {value && !value.isSorted && <p class="hint">{words.unsorted}</p>}
            {value && value.count === 0 && <p>{words.noneOf(state.class)}</p>}
            {value && value.count > 0 && value.elements.length === 0 && <p>{words.noPage(page, pages)} <a href={formatHash(to({ page: "" }))}>{words.firstPage}</a></p>}
            {value && value.elements.length > 0 && (
                <Panel title={value.count <= pageSize ? words.found(value.count, false) : words.range(first, first + value.elements.length - 1, value.count)} name="results" action={value.count > pageSize && (
                    <nav class="actions" aria-label={words.pages}>
                        <button type="button" disabled={page <= 1} onClick={() => go(to({ page: page > 2 ? String(page - 1) : "" }))}><Icon name="back" />{words.previous}</button>
                        <button type="button" disabled={page >= pages} onClick={() => go(to({ page: String(page + 1) }))}>{words.next}<Icon name="forward" /></button>
                    </nav>
                )}>
                    <Rows rows={value.elements.map((node) => ({ node, attribute: "", value: "" }))} q="" columns={listColumns(value.elements)} heads={heads} />
                </Panel>
            )}
        </>
    );
}

function AllClasses() {
    const classes = useClasses(true);
    return (
        <>
            <h1>{text.views.find}</h1>
            <p class="hint">{words.ask}</p>
            {!classes ? <Waiting rows={8} /> : (
                <Panel title={words.classes} name="classes">
                    <div class="wide-table"><table>
                        <thead><tr><th>{words.columns.class}</th><th class="number">{words.columns.elements}</th><th class="wide-only">{words.columns.description}</th></tr></thead>
                        <tbody>{classes.map((each) => <tr key={each.name}><td><a href={formatHash({ view: "find", class: each.name })}>{each.name}</a></td><td class="number">{text.count(each.count)}</td><td class="faint wide-only">{each.description}</td></tr>)}</tbody>
                    </table></div>
                </Panel>
            )}
        </>
    );
}

export default function FindPage({ state }: { state: ViewState }) {
    return state.q !== "" ? <Results state={state} /> : state.class !== "" ? <ClassList state={state} /> : <AllClasses />;
}
