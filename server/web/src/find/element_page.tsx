// One element: what is recorded of it, and who is at the other ends of its relationships.

import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { type Value, classOf, keyOf, nameOf } from "../graph/model";
import { Icon } from "../icons";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, Waiting } from "../parts";
import { noteOpened, togglePin, usePinned } from "../remember";
import { text } from "../text";
import { type ViewState, formatHash } from "../view_state";

const neighboursMost = 200;

export const shown = (value: Value): string => (typeof value === "string" ? value : JSON.stringify(value));

function CopyLink() {
    const [isCopied, setCopied] = useState(false);
    // Where the page may not write to the clipboard (plain HTTP from another machine) there is no button.
    if (!navigator.clipboard) return null;
    const copy = () => navigator.clipboard.writeText(location.href).then(() => setCopied(true), () => setCopied(false));
    return <button type="button" onClick={copy}><Icon name="link" /><span role="status">{isCopied ? text.element.copied : text.element.copyLink}</span></button>;
}

export default function ElementPage({ state }: { state: ViewState }) {
    const key = state.of[0] ?? "";
    const { value: element, error, again } = useLoaded((signal) => api.node(key, { signal }), [key]);
    const around = useLoaded((signal) => api.neighbours(key, { limit: neighboursMost + 1, signal }), [key]);
    const pinned = usePinned();
    const words = text.element;
    useEffect(() => {
        if (!element) return;
        noteOpened({ key: keyOf(element), name: nameOf(element), class: classOf(element) });
    }, [element]);
    if (error !== undefined) return <ErrorBox error={error} again={again} />;
    if (!element) return <Waiting rows={8} />;
    const remembered = { key: keyOf(element), name: nameOf(element), class: classOf(element) };
    const isPinned = pinned.some((each) => each.key === remembered.key);
    const attributes = Object.entries(element.properties);
    const neighbours = [...(around.value ?? [])].slice(0, neighboursMost)
        .sort((a, b) => a.relationship.type.localeCompare(b.relationship.type) || nameOf(a.neighbour).localeCompare(nameOf(b.neighbour)));
    return (
        <>
            <header class="title">
                <h1>{nameOf(element)}</h1>
                <ClassOf element={element} />
                <span class="faint mono">{keyOf(element)}</span>
                <span class="actions">
                    <a class="button" href={formatHash({ view: "break", failures: [{ key: keyOf(element), state: "down" }] })} title={text.break.openHint}>{text.break.open}</a>
                    <a class="button" href={formatHash({ view: "spof", of: [keyOf(element)] })}>{text.break.spofLink}</a>
                    <button type="button" aria-pressed={isPinned} onClick={() => togglePin(remembered)}><Icon name="pin" />{isPinned ? words.unpin : words.pin}</button>
                    <CopyLink />
                </span>
            </header>
            <div class="columns">
                <Panel title={words.attributes} name="attributes">
                    {attributes.length === 0 ? <p class="faint">{words.noAttributes}</p> : (
                        <dl class="attributes">
                            {attributes.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{shown(value)}</dd></div>)}
                        </dl>
                    )}
                </Panel>
                <Panel title={words.neighbours} name="neighbours">
                    {around.error !== undefined && <ErrorBox error={around.error} again={around.again} />}
                    {!around.value && around.isLoading && <Waiting />}
                    {around.value?.length === 0 && <p class="faint">{words.noNeighbours}</p>}
                    {neighbours.length > 0 && (
                        <table>
                            <thead><tr><th>{words.columns.type}</th><th>{words.columns.name}</th><th>{words.columns.class}</th></tr></thead>
                            <tbody>
                                {neighbours.map(({ relationship, neighbour }) => {
                                    const isOut = relationship.source === element.id;
                                    return (
                                        <tr key={relationship.id}>
                                            <td class="relationship"><Icon name={isOut ? "out" : "in"} /><span class="unseen">{isOut ? words.out : words.in}</span><span class="mono">{relationship.type}</span></td>
                                            <td><ElementLink element={neighbour} /></td>
                                            <td><ClassOf element={neighbour} /></td>
                                        </tr>
                                    );
                                })}
                            </tbody>
                        </table>
                    )}
                    {around.value && around.value.length > neighboursMost && <p class="faint">{words.neighboursCut(neighboursMost)}</p>}
                </Panel>
            </div>
        </>
    );
}
