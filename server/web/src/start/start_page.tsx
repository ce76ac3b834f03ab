// What there is, what matters most, what changed last; on an empty database, how to fill it.

import { useState } from "preact/hooks";
import { type Commit, api } from "../api";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, Time, Waiting } from "../parts";
import { text } from "../text";
import { formatHash } from "../view_state";
import { type ClassCount, askEstate, askServices, serviceClasses } from "./estate";

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
                        <a href={formatHash({ view: "find", class: name })}>{name}</a>
                        <span class="share" aria-hidden="true"><span style={{ width: `${Math.max(1, (100 * count) / most)}%` }} /></span>
                        <span class="number">{text.count(count)}</span>
                    </li>
                ))}
            </ul>
            {classes.length > classesFirst && <button type="button" class="plain" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>{isWhole ? words.fewerClasses : words.allClasses(classes.length)}</button>}
        </>
    );
}

function changeOf(commit: Commit): string {
    const signed = (sign: string, n: number) => (n > 0 ? `${sign}${text.count(n)}` : "");
    const parts = [signed("+", commit.nodesCreated + commit.relationshipsCreated), signed("~", commit.nodesChanged + commit.relationshipsChanged), signed("−", commit.nodesDeleted + commit.relationshipsDeleted)];
    if (commit.modelChanged) parts.push(words.model);
    if (commit.accountsChanged) parts.push(words.accounts);
    return parts.filter(Boolean).join(" ");
}

const Commits = ({ commits }: { commits: Commit[] }) => (
    <ol class="commits">
        {commits.map((commit) => (
            <li key={commit.tx}>
                <span class="number" title={words.commit(commit.tx)}>{commit.tx}</span>
                <span class="what"><span>{commit.reason ?? <span class="faint">{words.noReason}</span>}</span>
                    <span class="faint">{[commit.author ?? words.nobody, commit.source, commit.change].filter(Boolean).join(" · ")} · <Time of={commit.time} /></span></span>
                <span class="mono faint">{changeOf(commit)}</span>
            </li>
        ))}
    </ol>
);

const Import = () => (
    <Panel title={words.importHeading} name="import">
        <p>{words.importFiles}</p>
        <pre>mainstay import inventory.mst --map import.json folder/</pre>
        <p>{words.importTry}</p>
        <pre>./dev demo{"\n"}build/release/bin/mainstay serve build/demo/airline.mst</pre>
        <p class="faint">{words.importMore}</p>
    </Panel>
);

export default function StartPage() {
    const estate = useLoaded((signal) => askEstate(api, { signal }), []);
    const present = estate.value?.classes.map((each) => each.name);
    const services = useLoaded(async (signal) => (present ? askServices(api, serviceClasses(await api.model({ signal }), present), { signal }) : undefined), [present]);
    const commits = useLoaded((signal) => api.log(commitsMost, { signal }), []);
    if (estate.error !== undefined) return <ErrorBox error={estate.error} again={estate.again} />;
    const isEmpty = estate.value?.elements === 0;
    return (
        <>
            <header class="title">
                <h1>{isEmpty ? words.empty : words.heading}</h1>
                {estate.value && !isEmpty && <p class="figures">
                    <span><b>{text.count(estate.value.elements)}</b> {words.elements(estate.value.elements)}</span>
                    <span><b>{text.count(estate.value.relationships)}</b> {words.relationships(estate.value.relationships)}</span>
                </p>}
            </header>
            {isEmpty && <p class="hint">{words.emptyHint}</p>}
            <div class="columns three">
                {isEmpty ? <Import /> : (
                    <Panel title={words.services} name="services">
                        {services.error !== undefined && <ErrorBox error={services.error} again={services.again} />}
                        {services.error === undefined && !services.value && <Waiting rows={6} />}
                        {services.value?.length === 0 && <p class="faint">{words.noServices}</p>}
                        {services.value && services.value.length > 0 && (
                            <table>
                                <thead><tr><th>{words.columns.name}</th><th>{words.columns.class}</th><th>{words.columns.criticality}</th></tr></thead>
                                <tbody>{services.value.map((service) => {
                                    const criticality = service.properties.criticality;
                                    return (
                                        <tr key={service.id}><td><ElementLink element={service} /></td><td><ClassOf element={service} /></td>
                                            <td>{typeof criticality === "string" ? criticality : <span class="faint">{words.noCriticality}</span>}</td></tr>
                                    );
                                })}</tbody>
                            </table>
                        )}
                    </Panel>
                )}
                {!isEmpty && <Panel title={words.classes} name="classes">{estate.value ? <Classes classes={estate.value.classes} /> : <Waiting rows={8} />}</Panel>}
                <Panel title={words.commits} name="commits">
                    {commits.error !== undefined && <ErrorBox error={commits.error} again={commits.again} />}
                    {commits.value ? <Commits commits={commits.value} /> : commits.error === undefined && <Waiting rows={6} />}
                </Panel>
            </div>
            {estate.value && !isEmpty && <div class="columns"><Import /></div>}
        </>
    );
}
