// What a commit changed, and who made it, when and why. `own`: tx.

import { ApiError, api } from "../api";
import type { Element, Value } from "../graph/model";
import { valueText } from "../find/values";
import { Icon } from "../icons";
import { useLive } from "../live/live";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, Time, Waiting } from "../parts";
import { text } from "../text";
import type { ViewState } from "../view_state";
import { type CommitDetails, type ElementDiff, askCommit } from "./commit";
import { linkToCommit } from "./commits";

const words = text.commit;

const Kind = ({ of }: { of: "created" | "changed" | "deleted" }) => <span class="kind" data-kind={of}>{words.kinds[of]}</span>;
const Said = ({ value }: { value: Value | undefined }) => (value === undefined ? <span class="faint">{words.nothing}</span> : <>{valueText(value)}</>);
const End = ({ of }: { of: Element | undefined }) => (of ? <ElementLink element={of} /> : <span class="faint">{words.gone}</span>);

const Diff = ({ of: { change, element, attributes } }: { of: ElementDiff }) => (
    <li>
        <p class="diff-head"><Kind of={change} />{change === "deleted" ? <span>{element.properties.name ? valueText(element.properties.name) : element.id}</span> : <ElementLink element={element} />}<ClassOf element={element} /></p>
        {attributes.length > 0 && (
            <table class="diff">
                <thead class="unseen"><tr><th>{words.attribute}</th><th>{words.before}</th><th>{words.after}</th></tr></thead>
                <tbody>{attributes.map(({ name, before, after }) => (
                    <tr key={name}><th scope="row">{name}</th>{change !== "created" && <td class="before"><Said value={before} /></td>}{change !== "deleted" && <td class="after"><Said value={after} /></td>}</tr>
                ))}</tbody>
            </table>
        )}
    </li>
);

function Facts({ details: { commit, counts } }: { details: CommitDetails }) {
    const facts: [string, preact.ComponentChildren][] = [[words.by, commit.author ?? text.start.nobody], [words.when, <Time of={commit.time} />]];
    if (commit.source) facts.push([words.source, commit.source]);
    if (commit.change) facts.push([words.change, commit.change]);
    if (counts) {
        const of = (created: number, changed: number, deleted: number) => words.counted(created, changed, deleted);
        const elements = of(counts.nodesCreated, counts.nodesChanged, counts.nodesDeleted), relationships = of(counts.relationshipsCreated, counts.relationshipsChanged, counts.relationshipsDeleted);
        if (elements) facts.push([words.elements, elements]);
        if (relationships) facts.push([words.relationships, relationships]);
    }
    if (commit.model_changed) facts.push([words.model, words.modelChanged]);
    if (counts?.accountsChanged) facts.push([words.accounts, words.accountsChanged]);
    return <dl class="attributes">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

export default function CommitPage({ state }: { state: ViewState }) {
    const tx = /^[1-9]\d{0,15}$/.test(state.own.tx ?? "") ? Number(state.own.tx) : 0;
    const { value, error, again } = useLoaded((signal) => (tx > 0 ? askCommit(api, tx, signal) : Promise.reject(new ApiError("asked", "address", words.noNumber, words.noNumberHint))), [tx]);
    const { lastTx } = useLive();
    const newest = Math.max(value?.newest ?? 0, lastTx);
    return (
        <>
            <header class="title">
                <h1>{text.start.commit(tx)}</h1>
                <span class="actions">
                    {tx > 1 && <a class="button" href={linkToCommit(tx - 1)}><Icon name="back" />{words.earlier}</a>}
                    {tx < newest && <a class="button" href={linkToCommit(tx + 1)}>{words.later}<Icon name="forward" /></a>}
                </span>
            </header>
            {error !== undefined && <ErrorBox error={error} again={again} />}
            {!value && error === undefined && <Waiting rows={8} />}
            {value && (
                <>
                    <p class="reason">{value.commit.reason ?? <span class="faint">{text.start.noReason}</span>}</p>
                    <div class="columns">
                        <Panel title={words.facts} name="facts"><Facts details={value} /></Panel>
                        <Panel title={words.changes} name="changes">
                            {value.commit.bulk_load && <p>{words.bulk}</p>}
                            {!value.commit.bulk_load && value.elements.length === 0 && value.relationships.length === 0 && <p class="faint">{words.noChanges}</p>}
                            {value.elements.length > 0 && <ul class="diffs">{value.elements.map((each) => <Diff key={each.element.id} of={each} />)}</ul>}
                            {value.relationships.length > 0 && (
                                <ul class="diffs">{value.relationships.map(({ change, id, type, source, target }) => (
                                    <li key={id}><p class="diff-head"><Kind of={change} /><End of={source} /><span class="mono faint">{type}</span><Icon name="out" /><End of={target} /></p></li>
                                ))}</ul>
                            )}
                            {value.unlisted > 0 && <p class="faint">{words.more(value.unlisted)}</p>}
                        </Panel>
                    </div>
                </>
            )}
        </>
    );
}
