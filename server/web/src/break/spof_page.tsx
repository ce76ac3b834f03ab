// The single points of failure of an element: what takes it down by failing alone, those first that take down the most.

import { useState } from "preact/hooks";
import { api } from "../api";
import { classOf, keyOf, nameOf } from "../graph/model";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, Waiting } from "../parts";
import { text } from "../text";
import { type ViewState, formatHash } from "../view_state";
import { Copies } from "./actions";
import { Times } from "./failing";
import { askPoints, failureOf, rankedMost, servicesOf, timesProblem } from "./impact";

const words = text.break, pageRows = 200;

export default function SinglePointsPage({ state }: { state: ViewState }) {
    const key = state.of[0] ?? "", times = { validAt: state.validAt, asOf: state.asOf }, problem = timesProblem(times);
    const asked = useLoaded(async (signal) => (key === "" || problem ? undefined : askPoints(api, key, servicesOf(await api.model({ signal })), times, { signal })), [key, times]);
    const [most, setMost] = useState(pageRows);
    if (key === "") return <p class="hint">{words.spofAsk}</p>;
    const { value, error, isLoading, again } = asked, shownError = problem ?? error;
    const name = value ? nameOf(value.element) : key;
    const line = (point: NonNullable<typeof value>["points"][number]) => `${nameOf(point.element)} (${keyOf(point.element)}, ${classOf(point.element)})`;
    const asText = () => [words.spofOf(name), "", ...(value?.points ?? []).map((point) => `  ${line(point)}${point.elements === null ? "" : `: ${words.columns.services} ${point.services}, ${words.columns.elements} ${point.elements}`}`),
        "", `${words.report.at}: ${state.validAt || new Date().toISOString().slice(0, 10)}`, `${words.report.link}: ${location.href}`].join("\n") + "\n";
    return (
        <div class="break">
            <header class="title"><h1>{words.spofOf(name)}</h1>{value && <><ClassOf element={value.element} /><ElementLink element={value.element} /></>}
                {value && <Copies forms={[{ name: words.copyText, make: asText }, { name: words.copyLink, make: () => location.href }]} />}</header>
            <Panel title={words.spofHint} name="times"><Times state={state} /></Panel>
            {shownError !== undefined && <ErrorBox error={shownError} again={problem ? undefined : again} />}
            {!value && isLoading && shownError === undefined && <Waiting rows={8} />}
            {value?.notices.map((notice) => <p key={notice.message} class="notice">{notice.message}</p>)}
            {value && value.points.length > rankedMost && <p class="notice">{words.spofUnranked(rankedMost, value.points.length)}</p>}
            {value && (
                <Panel title={words.spofCount(value.points.length)} name="points">
                    {value.points.length === 0 ? <p>{words.spofNone} <span class="faint">{words.spofNoneHint}</span></p> : (
                        <table>
                            <thead><tr><th scope="col">{words.columns.name}</th><th scope="col" class="wide-only">{words.columns.class}</th><th scope="col" class="number">{words.columns.services}</th><th scope="col" class="number wide-only">{words.columns.elements}</th><th scope="col"><span class="unseen">{words.breakThis}</span></th></tr></thead>
                            <tbody>{value.points.slice(0, most).map(({ element, services, elements }) => (
                                <tr key={element.id} data-key={keyOf(element)}>
                                    <td><ElementLink element={element} /></td><td class="wide-only"><ClassOf element={element} /></td>
                                    <td class="number">{services ?? ""}</td><td class="number wide-only">{elements ?? ""}</td>
                                    <td class="break-this"><a aria-label={words.breakNamed(nameOf(element))} href={formatHash({ view: "break", failures: [failureOf(element)], validAt: state.validAt, asOf: state.asOf })}>{words.breakThis}</a></td>
                                </tr>
                            ))}</tbody>
                        </table>
                    )}
                    {value.points.length > most && <p class="pager"><span class="faint">{words.shown(most, value.points.length)}</span>
                        <button type="button" class="plain" onClick={() => setMost(most + pageRows)}>{words.more(Math.min(pageRows, value.points.length - most), value.points.length)}</button></p>}
                </Panel>
            )}
        </div>
    );
}
