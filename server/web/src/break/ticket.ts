// An impact in words: the sentence on the page, and the text that goes into a change ticket.

import { type Path, classOf, keyOf, nameOf } from "../graph/model";
import { stateText } from "../graph/states";
import { text } from "../text";
import type { ViewState } from "../view_state";
import { type Count, type Hit, type Impact, listsOf } from "./impact";

const words = text.break, report = words.report;
const listedMost = 200, namesMost = 20;

const sumOf = (counts: Count[], state: string) => {
    const sum = (isService: boolean) => counts.filter((each) => each.state === state && each.isService === isService).reduce((all, each) => all + each.count, 0);
    return { services: sum(true), others: sum(false) };
};

export function sentenceOf(impact: Impact): string {
    const failing = impact.failed.map(({ failure, element }) => words.failing(nameOf(element), words.failedIn[failure.state]));
    const down = sumOf(impact.counts, "down"), degraded = sumOf(impact.counts, "degraded");
    return words.sentence(failing, { down, degraded, weaker: impact.total - down.services - down.others - degraded.services - degraded.others });
}

// In lines of at most so many characters, for pictures.
export function wrapped(sentence: string, most: number): string[] {
    const lines: string[] = [];
    for (const word of sentence.split(" ")) {
        const last = lines[lines.length - 1];
        if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
    }
    return lines;
}

export const chainText = (path: Path) => path.nodes.map(nameOf).join(" → ");

export interface Told { impact: Impact; causes: ReadonlyMap<string, Path>; state: ViewState; link: string; redundancy: (hit: Hit) => string }

// What the answer holds for. Who reads it next week wants the date and not a word for it.
function timesOf(impact: Impact, { validAt, asOf }: ViewState): [string, string][] {
    const recorded = asOf ? (/^\d+$/.test(asOf) ? words.transaction(asOf) : asOf) : impact.transaction === undefined ? report.asOfNow : report.asOfTransaction(impact.transaction);
    return [[report.at, validAt || new Date().toISOString().slice(0, 10)], [report.asOf, recorded]];
}
export const timesText = (impact: Impact, state: ViewState) => timesOf(impact, state).map(([term, said]) => `${term}: ${said}`).join("; ");

// [term, said] of the head, and the parts; both forms are written from it.
function partsOf({ impact, state }: Told) {
    const fails = impact.failed.map(({ failure, element }) => `${nameOf(element)} (${keyOf(element)}, ${classOf(element)}): ${words.failedIn[failure.state]}`);
    const head: [string, string][] = [
        ...fails.map((each): [string, string] => [report.fails, each]),
        ...timesOf(impact, state),
    ];
    const { services, weaker } = listsOf(impact);
    const others = new Map<string, Hit[]>();
    for (const hit of listsOf(impact).others) {
        const key = `${hit.class}: ${stateText(hit.state)}`;
        const kind = others.get(key);
        if (kind) kind.push(hit);
        else others.set(key, [hit]);
    }
    return { head, services, others, weaker, othersTotal: impact.counts.filter((each) => !each.isService).reduce((sum, each) => sum + each.count, 0) };
}
const names = (hits: Hit[]) => hits.slice(0, namesMost).map((hit) => hit.name).join(", ") + (hits.length > namesMost ? `, ${report.more(hits.length - namesMost)}` : "");
const tailOf = (listed: number, all: number) => (all > listed ? [report.more(all - listed)] : []);

export function ticketText(told: Told): string {
    const { head, services, others, weaker, othersTotal } = partsOf(told);
    const lines = [report.title.toUpperCase(), "", ...head.map(([term, said]) => `${term}: ${said}`), "", sentenceOf(told.impact), ""];
    lines.push(words.services(services.length));
    if (services.length === 0) lines.push(`  ${words.noServices}`);
    for (const hit of services.slice(0, listedMost)) {
        const facts = [stateText(hit.state), ...(hit.criticality ? [report.criticality(hit.criticality)] : []), report.hops(hit.hops), ...(hit.onlyTogether && told.impact.alone === "compared" ? [words.together] : [])];
        lines.push(`  ${hit.name} (${hit.key}): ${facts.join(", ")}`);
        const cause = told.causes.get(hit.id);
        if (cause) lines.push(`    ${report.because}: ${chainText(cause)}`);
    }
    lines.push(...tailOf(listedMost, services.length).map((each) => `  ${each}`), "", words.others(othersTotal));
    for (const [kind, hits] of others) lines.push(`  ${kind} (${text.count(hits.length)}): ${names(hits)}`);
    if (weaker.length > 0) {
        lines.push("", words.weaker(weaker.length));
        for (const hit of weaker.slice(0, listedMost)) lines.push(`  ${hit.name} (${hit.key}): ${told.redundancy(hit)}`);
        lines.push(...tailOf(listedMost, weaker.length).map((each) => `  ${each}`));
    }
    if (told.impact.hits.length < told.impact.total) lines.push("", words.cut(told.impact.hits.length, told.impact.total));
    lines.push(...told.impact.notices.map((each) => `! ${each.message}`), "", `${report.link}: ${told.link}`);
    return lines.join("\n") + "\n";
}

// Names come from the database: what Markdown would read as its own is escaped.
export const escaped = (plain: string) => plain.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&").replace(/\s*\n\s*/g, " ");

export function ticketMarkdown(told: Told): string {
    const { head, services, others, weaker, othersTotal } = partsOf(told), isCompared = told.impact.alone === "compared";
    const lines = [`## ${report.title}`, "", ...head.map(([term, said]) => `- **${term}:** ${escaped(said)}`), "", `**${escaped(sentenceOf(told.impact))}**`, "", `### ${words.services(services.length)}`, ""];
    if (services.length === 0) lines.push(words.noServices);
    else {
        const { name, state, criticality, hops } = words.columns;
        lines.push(`| ${name} | ${state} | ${criticality} | ${hops} | ${words.chain} |`, "| --- | --- | --- | ---: | --- |");
        for (const hit of services.slice(0, listedMost)) {
            const cause = told.causes.get(hit.id);
            lines.push(`| ${escaped(`${hit.name} (${hit.key})`)} | ${stateText(hit.state)}${hit.onlyTogether && isCompared ? `, ${words.together}` : ""} | ${escaped(hit.criticality)} | ${hit.hops} | ${cause ? escaped(chainText(cause)) : ""} |`);
        }
        lines.push(...tailOf(listedMost, services.length).flatMap((each) => ["", each]));
    }
    lines.push("", `### ${words.others(othersTotal)}`, "");
    for (const [kind, hits] of others) lines.push(`- **${escaped(kind)}** (${text.count(hits.length)}): ${escaped(names(hits))}`);
    if (weaker.length > 0) {
        lines.push("", `### ${words.weaker(weaker.length)}`, "");
        for (const hit of weaker.slice(0, listedMost)) lines.push(`- ${escaped(`${hit.name} (${hit.key})`)}: ${escaped(told.redundancy(hit))}`);
        lines.push(...tailOf(listedMost, weaker.length).map((each) => `- ${each}`));
    }
    if (told.impact.hits.length < told.impact.total) lines.push("", words.cut(told.impact.hits.length, told.impact.total));
    lines.push(...told.impact.notices.map((each) => `\n> ${escaped(each.message)}`), "", `[${report.link}](<${told.link}>)`);
    return lines.join("\n") + "\n";
}
