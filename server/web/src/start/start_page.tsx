// What there is, how it is, what matters most, what changed last; on an empty database, how to fill it.

import { useState } from "preact/hooks";
import { api, mayWrite } from "../api";
import { type Element, nameOf } from "../graph/model";
import { ChangedMark } from "../live/line";
import { useRefresh } from "../live/live";
import { type Loaded, useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, StateMark, Waiting } from "../parts";
import { CopyButton } from "../share";
import { useWho } from "../sign_in";
import { text } from "../text";
import { formatHash } from "../view_state";
import { Commits, changeOf } from "./commits";
import { type ClassCount, type Health, type OpenRecords, type Service, anyElementMost, askEstate, askHealth, askMostNeeded, askOpenRecords, askServices, serviceClasses } from "./estate";

const commitsMost = 8, classesFirst = 12;
const words = text.start;

function Classes({ classes }: { classes: ClassCount[] }) {
    const [isWhole, setWhole] = useState(false);
    const most = classes[0]?.count ?? 1;
    return (
        <>
            <ul class="class-counts">
                {(isWhole ? classes : classes.slice(0, classesFirst)).map(({ name, count }) => (
                    <li key={name}>
                        {name ? <a href={formatHash({ view: "find", class: name })}>{name}</a> : <span class="faint">{words.noClass}</span>}
                        <span class="share" aria-hidden="true"><span style={{ width: `${Math.max(1, (100 * count) / most)}%` }} /></span>
                        <span class="number">{text.count(count)}</span>
                    </li>
                ))}
            </ul>
            {classes.length > classesFirst && <button type="button" class="plain" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>{isWhole ? words.fewerClasses : words.allClasses(classes.length)}</button>}
        </>
    );
}

function Services({ services, isAny }: { services: Service[]; isAny: boolean }) {
    const isSaid = !isAny && services.some(({ element }) => typeof element.properties.criticality === "string");
    const isCounted = services.every(({ dependents }) => dependents !== null) && services.some(({ dependents }) => dependents !== 0);
    const hint = isAny ? words.byNeeded : isSaid ? isCounted && words.thenByDependents : isCounted ? words.byDependents : words.byRelated;
    return (
        <>
            <table>
                <thead><tr><th>{words.columns.name}</th><th class="wide-only">{words.columns.class}</th>
                    {isCounted ? <th class={isSaid ? "number wide-only" : "number"}>{words.columns.dependents}</th> : !isSaid && <th class="number">{words.columns.related}</th>}
                    {isSaid && <th>{words.columns.criticality}</th>}</tr></thead>
                <tbody>{services.map(({ element, dependents, related }) => {
                    const criticality = element.properties.criticality;
                    return (
                        <tr key={element.id}><td><ElementLink element={element} /><ChangedMark of={element.id} /></td><td class="wide-only"><ClassOf element={element} /></td>
                            {isCounted ? <td class={isSaid ? "number wide-only" : "number"}>{text.count(dependents ?? 0)}</td> : !isSaid && <td class="number">{text.count(related)}</td>}
                            {isSaid && <td>{typeof criticality === "string" ? criticality : <span class="faint">{words.noCriticality}</span>}</td>}</tr>
                    );
                })}</tbody>
            </table>
            {hint && <p class="faint">{hint}</p>}
        </>
    );
}

const openedOf = ({ properties }: Element) => {
    const opened = properties.opened_at ?? properties.opened ?? properties.starts_at;
    return typeof opened === "string" ? opened.slice(0, 10) : undefined;
};

function HealthList({ health, open }: { health: Health; open: OpenRecords }) {
    return (
        <>
            {health.states.length > 0 ? <p class="health">{health.states.map(({ state, count }) => <span key={state}><StateMark state={state} /> <b class="number">{text.count(count)}</b></span>)}</p>
                : <p>{health.told > 0 ? <StateMark state="up" hasWord={false} /> : null} {health.told > 0 ? words.allUp(health.told) : health.attributes.length > 0 ? words.noStates(health.attributes.join(", ")) : words.noStateModel}</p>}
            {health.worst.length > 0 && (
                <ul class="lines">{health.worst.map(({ element, state, said }) => <li key={element.id}><StateMark state={state} hasWord={false} /><ElementLink element={element} /><ChangedMark of={element.id} /><span class="faint">{said}</span></li>)}</ul>
            )}
            {open.count > 0 && (
                <>
                    <h3>{words.openRecords(open.count)}</h3>
                    <ul class="lines">{open.records.map(({ element, affects }) => (
                        <li key={element.id}><ClassOf element={element} /><ElementLink element={element} /><ChangedMark of={element.id} />
                            {affects && <><span class="faint">{words.affects}</span><ElementLink element={affects} /></>}
                            <span class="faint">{[element.properties.severity ?? element.properties.priority, openedOf(element), element.properties.summary ?? element.properties.short_description ?? element.properties.description].filter((each) => typeof each === "string" && each !== nameOf(element)).join(" · ")}</span></li>
                    ))}</ul>
                    {open.count > open.records.length && <p class="faint">{words.moreRecords(open.count - open.records.length)}</p>}
                </>
            )}
        </>
    );
}

const Command = ({ what }: { what: string }) => <div class="command"><pre tabIndex={0}>{what}</pre><CopyButton what={what} label={words.copyCommand} /></div>;

const Import = () => (
    <Panel title={words.importHeading} name="import">
        <p>{words.importFiles}</p>
        <Command what={"mainstay import inventory.mst --map import.json folder/"} />
        <p>{words.importHttp}</p>
        <Command what={`curl ${new URL("v1/import", document.baseURI).href} -H 'Content-Type: application/x-ndjson' --data-binary @dump.jsonl`} />
        <p>{words.importTry}</p>
        <Command what={"./dev demo\nbuild/release/bin/mainstay serve build/demo/airline.mst"} />
        <p class="faint">{words.importMore}</p>
    </Panel>
);

// What was loaded, an error, or that it is on the way.
function Part<T>({ loaded, rows, children }: { loaded: Loaded<T>; rows: number; children: (value: NonNullable<T>) => preact.ComponentChildren }) {
    return (
        <>
            {loaded.error !== undefined && <ErrorBox error={loaded.error} again={loaded.again} />}
            {loaded.value !== undefined && loaded.value !== null ? children(loaded.value as NonNullable<T>) : loaded.error === undefined && <Waiting rows={rows} />}
        </>
    );
}

export default function StartPage() {
    const who = useWho();
    const estate = useLoaded((signal) => askEstate(api, { signal }), []);
    const present = estate.value?.classes.map((each) => each.name);
    const services = useLoaded(async (signal) => {
        if (!estate.value || !present) return undefined;
        const classes = serviceClasses(await api.model({ signal }), present), isAny = classes.length === 0;
        return { isAny, list: !isAny ? await askServices(api, classes, { signal }) : estate.value.elements <= anyElementMost ? await askMostNeeded(api, { signal }) : [] };
    }, [present]);
    const health = useLoaded(async (signal) => {
        if (!present) return undefined;
        const model = await api.model({ signal });
        const [states, open] = await Promise.all([askHealth(api, model, { signal }), askOpenRecords(api, model, present, { signal })]);
        return { health: states, open };
    }, [present]);
    const commits = useLoaded((signal) => api.log(commitsMost, { signal }), []);
    useRefresh(() => { estate.again(); services.again(); health.again(); commits.again(); });
    if (estate.error !== undefined && !estate.value) return <ErrorBox error={estate.error} again={estate.again} />;
    const isEmpty = estate.value?.elements === 0, hasImport = mayWrite(who);
    const recent = (
        <Panel title={words.commits} name="commits">
            <Part loaded={commits} rows={6}>{(list) => <Commits commits={list} noteOf={(tx) => { const one = list.find((each) => each.tx === tx); return one ? changeOf(one) : ""; }} />}</Part>
        </Panel>
    );
    if (isEmpty)
        return (
            <>
                <header class="title"><h1>{words.empty}</h1></header>
                <p class="hint">{hasImport ? words.emptyHint : words.emptyReader}</p>
                <div class="columns">{hasImport && <Import />}{recent}</div>
            </>
        );
    return (
        <>
            <header class="title">
                <h1>{words.heading}</h1>
                {estate.value && <p class="figures">
                    <span><b>{text.count(estate.value.elements)}</b> {words.elements(estate.value.elements)}</span>
                    <span><b>{text.count(estate.value.relationships)}</b> {words.relationships(estate.value.relationships)}</span>
                    {estate.value.otherDays.elements + estate.value.otherDays.relationships > 0 && <span>{words.otherDays(estate.value.otherDays.elements, estate.value.otherDays.relationships)}</span>}
                </p>}
            </header>
            {estate.error !== undefined && <ErrorBox error={estate.error} again={estate.again} />}
            <div class="columns start-columns">
                <div class="column">
                    <Panel title={services.value?.isAny && services.value.list.length > 0 ? words.needed : words.services} name="services">
                        <Part loaded={services} rows={6}>{({ list, isAny }) => (list.length === 0 ? <p class="faint">{words.noServices}</p> : <Services services={list} isAny={isAny} />)}</Part>
                    </Panel>
                    <Panel title={words.classes} name="classes">{estate.value ? <Classes classes={estate.value.classes} /> : <Waiting rows={8} />}</Panel>
                </div>
                <div class="column">
                    <Panel title={words.health} name="health"><Part loaded={health} rows={4}>{(both) => <HealthList {...both} />}</Part></Panel>
                    {recent}
                </div>
            </div>
            {estate.value && hasImport && <details class="more"><summary>{words.importHeading}</summary><div class="columns"><Import /></div></details>}
        </>
    );
}
