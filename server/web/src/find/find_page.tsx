// All results of a search, or the elements of a class, as a table.

import { api } from "../api";
import { type Element, classOf, keyOf } from "../graph/model";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, Panel, Waiting } from "../parts";
import { text } from "../text";
import type { ViewState } from "../view_state";

const rowsMost = 200;
interface Row { node: Element; why: string }

async function ask({ q, class: className }: ViewState, signal: AbortSignal): Promise<Row[]> {
    if (q !== "") {
        const found = await api.search(q, { className, limit: rowsMost + 1, signal });
        return found.map(({ node, attribute, value }) => ({ node, why: `${attribute} ${value}` }));
    }
    if (className === "") return [];
    const quoted = `\`${className.replaceAll("`", "``")}\``;
    const { rows } = await api.query(`MATCH (n:${quoted}) RETURN n ORDER BY toString(n.name), toString(n.id) LIMIT $most`, { most: rowsMost + 1 }, { signal });
    return rows.map(([node]) => ({ node: node as Element, why: "" }));
}

export default function FindPage({ state }: { state: ViewState }) {
    const { value: rows, error, isLoading, again } = useLoaded((signal) => ask(state, signal), [state.q, state.class]);
    const title = state.q ? text.find.heading(state.q) : state.class ? text.find.headingClass(state.class) : text.views.find;
    if (state.q === "" && state.class === "") return <p class="hint">{text.find.ask}</p>;
    const hasWhy = state.q !== "", columns = text.find.columns;
    return (
        <>
            <h1>{title}</h1>
            {error !== undefined && <ErrorBox error={error} again={again} />}
            {!rows && isLoading && <Waiting rows={8} />}
            {rows?.length === 0 && <p>{state.q ? <>{text.find.none(state.q)} <span class="faint">{text.find.noneHint}</span></> : text.find.found(0, false)}</p>}
            {rows && rows.length > 0 && (
                <Panel title={text.find.found(Math.min(rows.length, rowsMost), rows.length > rowsMost)} name="results">
                    <table>
                        <thead><tr><th>{columns.name}</th><th>{columns.class}</th><th>{columns.key}</th>{hasWhy && <th class="wide-only">{columns.why}</th>}</tr></thead>
                        <tbody>
                            {rows.slice(0, rowsMost).map(({ node, why }) => (
                                <tr key={node.id} data-class={classOf(node)}>
                                    <td><ElementLink element={node} /></td><td><ClassOf element={node} /></td><td class="faint mono">{keyOf(node)}</td>
                                    {hasWhy && <td class="faint wide-only">{why}</td>}
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </Panel>
            )}
        </>
    );
}
