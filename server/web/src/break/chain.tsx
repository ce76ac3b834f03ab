// Why an element is hit: what fails, and step by step what that does, as a list.

import { api, type Model, type Times } from "../api";
import type { Path } from "../graph/model";
import { useLoaded } from "../load";
import { ClassOf, ElementLink, ErrorBox, StateMark, Waiting } from "../parts";
import { text } from "../text";
import { type Group, askGroups, groupsBehind, groupsOf } from "./groups";
import { type Hit, type Impact, hasLostMargin } from "./impact";

const words = text.break, groupsSaid = 3;

export const groupText = ({ name, left, members, need }: Group) => `${words.group(name)}${words.left(left, members.length, need)}`;
// In words, as exact as it is known: the groups, or how many more may fail.
export function redundancyText(hit: Hit, groups: Group[]): string {
    if (hit.margin === null || !hasLostMargin(hit)) return "";
    const behind = groupsBehind(groups, hit.margin);
    return behind.length > 0 ? [...behind.slice(0, groupsSaid).map(groupText), ...(behind.length > groupsSaid ? [words.report.more(behind.length - groupsSaid)] : [])].join("; ") : words.spare(hit.margin);
}

// The state of everything in the answer: what fails, what is hit, and `up` for all others as far as the answer knows.
export function statesOf(impact: Impact): (id: string) => string {
    const states = new Map(impact.hits.map((hit) => [hit.id, hit.state]));
    for (const { failure, element } of impact.failed) if (states.get(element.id) !== "down") states.set(element.id, failure.state);
    return (id) => states.get(id) ?? "up";
}

export function Chain({ hit, path, isLoading, impact, model, times }: { hit: Hit; path: Path | undefined; isLoading: boolean; impact: Impact; model: Model; times: Times }) {
    const groups = useLoaded(async (signal) => (path ? askGroups(api, path.nodes.map((each) => each.id), times, { signal }) : undefined), [path?.nodes.map((each) => each.id), times]);
    if (!path) return isLoading ? <Waiting rows={hit.hops + 1} /> : <p class="faint">{words.chainGone}</p>;
    const stateOf = statesOf(impact), hits = new Map(impact.hits.map((each) => [each.id, each]));
    return (
        <ol class="chain" aria-label={words.chainOf(hit.name)}>
            {path.nodes.map((node, i) => {
                const by = path.relationships[i - 1], one = hits.get(node.id), around = groups.value?.get(node.id);
                const redundancy = one && around && hasLostMargin(one) ? groupsBehind(groupsOf(around, model, stateOf), one.margin) : [];
                return (
                    <li key={node.id} data-id={node.id}>
                        <StateMark state={i === 0 ? "failed" : stateOf(node.id)} />
                        <span class="step"><ElementLink element={node} /> <ClassOf element={node} />
                            {by && <span class="faint"> {words.chainBy(by.type)}</span>}
                            {redundancy.map((group) => (
                                <span class="group" key={group.name}>{groupText(group)}
                                    <span class="faint"> {words.membersLost(group.members.filter(({ state }) => state === "down" || state === "degraded").map(({ name }) => name).join(", "))}</span></span>
                            ))}
                        </span>
                    </li>
                );
            })}
            {groups.error !== undefined && <li><ErrorBox error={groups.error} again={groups.again} /></li>}
        </ol>
    );
}
