// What the server does for a statement (EXPLAIN), and what it cost (PROFILE), as a tree: an operator stands above those that
// give it rows.

import { text } from "../text";
import type { Plan } from "./result_stream";

const words = text.ask.plan;

export interface PlanLine { plan: Plan; lead: string; depth: number }

// With the lines of the tree in front of each: `│  └─ `.
export function linesOf(plan: Plan, lead = "", below = "", depth = 0): PlanLine[] {
    return [{ plan, lead, depth }, ...plan.children.flatMap((child, i) => {
        const isLast = i + 1 === plan.children.length;
        return linesOf(child, below + (isLast ? "└─ " : "├─ "), below + (isLast ? "   " : "│  "), depth + 1);
    })];
}

// The time of an operator without what its children took.
export const ownTime = (plan: Plan): number => Math.max(0, (plan.time_ms ?? 0) - plan.children.reduce((sum, child) => sum + (child.time_ms ?? 0), 0));

const figure = (n: number | undefined) => (n === undefined ? "" : text.count(Math.round(n)));

export function PlanTree({ plan }: { plan: Plan }) {
    const lines = linesOf(plan), isProfiled = plan.rows !== undefined;
    const most = Math.max(0.001, ...lines.map((line) => ownTime(line.plan)));
    return (
        <div class="plan" role="region" aria-label={words.label} tabIndex={0}>
            <table>
                <thead><tr><th>{words.operator}</th><th>{words.details}</th><th class="number">{words.estimated}</th>
                    {isProfiled && <><th class="number">{words.rows}</th><th class="number">{words.time}</th><th class="number">{words.memory}</th></>}</tr></thead>
                <tbody>
                    {lines.map(({ plan: each, lead, depth }, i) => {
                        const isOff = isProfiled && Math.max(each.estimated_rows, each.rows ?? 0) > 100 && Math.max(each.estimated_rows, 1) / Math.max(each.rows ?? 0, 1) > 10;
                        const isUnder = isProfiled && (each.rows ?? 0) > 100 && (each.rows ?? 0) / Math.max(each.estimated_rows, 1) > 10;
                        return (
                            <tr key={i} data-depth={depth}>
                                <td class="operator mono"><span class="faint" aria-hidden="true">{lead}</span><span class="unseen">{words.level(depth + 1)}</span>{each.operator}</td>
                                <td class="mono details">{each.details}</td>
                                <td class="number">{figure(each.estimated_rows)}</td>
                                {isProfiled && <>
                                    <td class="number">{figure(each.rows)}{(isOff || isUnder) && <span class="faint"> {isOff ? words.over : words.under}</span>}</td>
                                    <td class="number time"><span class="share" aria-hidden="true"><span style={{ width: `${(100 * ownTime(each)) / most}%` }} /></span><span class="figure">{words.ms(ownTime(each))}</span></td>
                                    <td class="number">{each.bytes ? words.bytes(each.bytes) : ""}</td>
                                </>}
                            </tr>
                        );
                    })}
                </tbody>
            </table>
            <p class="faint">{isProfiled ? words.profiled : words.explained}</p>
        </div>
    );
}
