// The whole estate: up to 5,000 elements of the classes chosen, as points, and a list of who they are.

import { useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { type Sense, useSense } from "../graph/sense";
import { Icon } from "../icons";
import { useRefresh } from "../live/live";
import { useLoaded } from "../load";
import { ClassTag, ErrorBox, Waiting } from "../parts";
import { adjust } from "../router";
import { text } from "../text";
import { type ViewState, formatHash } from "../view_state";
import { EstateCanvas, colourOf } from "./estate_canvas";
import { type Dot, type EstateCounts, type EstateShown, askCounts, askShown, estateMost, relationshipsMost, usualClasses } from "./estate_ask";
import { formatKeys, parseKeys } from "./steps";

const words = text.estate;
const listMost = 30, foundMost = 12;

function Chosen({ dot, shown, sense, select, state }: { dot: Dot; shown: EstateShown; sense: Sense; select: (id: string | null) => void; state: ViewState }) {
    const byId = useMemo(() => new Map(shown.dots.map((each) => [each.id, each])), [shown]);
    const below: Dot[] = [], above: Dot[] = [], other: Dot[] = [];
    for (const { source, target, type } of shown.lines) {
        if (source !== dot.id && target !== dot.id) continue;
        const end = byId.get(source === dot.id ? target : source), depends = sense.depends.get(type) ?? "none";
        if (!end || end === dot) continue;
        const isBelow = depends === "both" || (source === dot.id ? depends === "source" : depends === "target");
        (depends === "none" ? other : isBelow ? below : above).push(end);
    }
    const ends = (title: string, list: Dot[]) => list.length > 0 && (
        <section><h3>{title} <span class="number">{text.count(list.length)}</span></h3>
            <ul class="ends">{list.slice(0, listMost).map((each, i) => <li key={each.id + i}><button type="button" class="plain" onClick={() => select(each.id)}>{each.name}</button> <ClassTag name={each.class} /></li>)}</ul>
            {list.length > listMost && <p class="faint">{words.endsCut(listMost, list.length)}</p>}
        </section>
    );
    return (
        <section class="panel" data-panel="details">
            <header class="details-head"><h2>{dot.name}</h2><p><ClassTag name={dot.class} /> <span class="faint mono">{dot.key}</span></p></header>
            <div class="actions">
                <a class="button" href={formatHash({ view: "see", of: [dot.key], validAt: state.validAt, asOf: state.asOf })}>{words.seeIt}</a>
                <a class="button" href={formatHash({ view: "element", of: [dot.key] })}>{text.see.openPage}</a>
                <button type="button" onClick={() => select(null)}>{words.deselect}</button>
            </div>
            {ends(words.above, above)}{ends(words.below, below)}{ends(words.other, other)}
            {below.length + above.length + other.length === 0 && <p class="faint">{words.noneDrawn}</p>}
        </section>
    );
}

function Classes({ counts, chosen, ranks, choose, lit, light }: { counts: EstateCounts; chosen: Set<string>; ranks: Map<string, number>; choose: (names: string[]) => void; lit: string | null; light: (name: string | null) => void }) {
    return (
        <section class="panel" data-panel="estate-classes">
            <header><h2>{words.classes}</h2><span><button type="button" class="small" onClick={() => choose(counts.classes.map((each) => each.name))}>{words.all}</button> <button type="button" class="small" onClick={() => choose([])}>{words.usual}</button></span></header>
            <ul class="estate-classes">{counts.classes.map(({ name, count }) => {
                const isChosen = chosen.has(name);
                return (
                    <li key={name}>
                        <label><input type="checkbox" checked={isChosen} onChange={() => choose(isChosen ? [...chosen].filter((each) => each !== name) : [...chosen, name])} />
                            <span class="dot" aria-hidden="true" style={{ background: isChosen ? `var(${colourOf(ranks.get(name) ?? -1)})` : "transparent" }} /><span class="name">{name}</span></label>
                        <span class="number faint">{text.count(count)}</span>
                        <button type="button" class="small" disabled={!isChosen} aria-pressed={lit === name} aria-label={words.lightClass(name)} onClick={() => light(lit === name ? null : name)}>{words.light}</button>
                    </li>
                );
            })}</ul>
        </section>
    );
}

export function Estate({ state }: { state: ViewState }) {
    const sense = useSense(), { validAt, asOf, own } = state, times = { validAt, asOf };
    const counts = useLoaded((signal) => askCounts(api, times, { signal }), [validAt, asOf]);
    const chosen = useMemo(() => (counts.value && sense ? (own.classes ? parseKeys(own.classes).filter((name) => counts.value!.classes.some((each) => each.name === name)) : usualClasses(counts.value, sense)) : undefined), [counts.value, sense, own.classes]);
    const loaded = useLoaded(async (signal) => (counts.value && sense && chosen && chosen.length > 0 ? askShown(api, chosen, counts.value, sense, times, { signal }) : undefined), [chosen, validAt, asOf, counts.value?.classes]);
    const last = useRef<EstateShown>();
    if (loaded.value) last.current = loaded.value;
    const shown = loaded.value ?? last.current;
    const [lit, setLit] = useState<string | null>(null), [typed, setTyped] = useState("");
    useRefresh(() => counts.again(), (commit) => commit.changes.length > 0);
    const ranks = useMemo(() => new Map((counts.value?.classes ?? []).filter((each) => chosen?.includes(each.name)).map((each, i) => [each.name, i])), [counts.value, chosen]);
    const select = (id: string | null) => adjust({ own: { ...own, sel: id === null ? "" : shown?.dots.find((each) => each.id === id)?.key ?? "" } });
    const dot = own.sel ? shown?.dots.find((each) => each.key === own.sel) : undefined;
    const wanted = typed.trim().toLowerCase();
    const found = useMemo(() => (wanted && shown ? shown.dots.filter((each) => each.name.toLowerCase().includes(wanted) || each.key.toLowerCase().includes(wanted)) : []), [wanted, shown]);
    const choose = (names: string[]) => adjust({ own: { ...own, classes: formatKeys(names) } });
    const error = counts.error ?? loaded.error;
    return (
        <>
            <header class="title"><h1>{words.heading}</h1></header>
            <div class="see-tools">
                <span class="add-box"><label class="unseen" for="estate-find">{words.find}</label><input id="estate-find" type="text" autocomplete="off" spellcheck={false} placeholder={words.find} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} /></span>
                <label class="dated"><span>{text.see.validAt}</span><input type="date" value={validAt.slice(0, 10)} onChange={(event) => adjust({ validAt: event.currentTarget.value })} /></label>
            </div>
            {error !== undefined && <ErrorBox error={error} again={() => { counts.again(); loaded.again(); }} />}
            {!shown && error === undefined && (chosen?.length === 0 ? <p class="hint">{words.empty}</p> : <Waiting rows={8} />)}
            {counts.value && sense && chosen && shown && (
                <div class="see-main" data-loading={loaded.isLoading ? "true" : undefined}>
                    <div class="see-left">
                        <EstateCanvas shown={shown} sense={sense} ranks={ranks} lit={lit} selected={dot?.id ?? null} onSelect={select} label={words.canvas(shown.dots.length)} />
                        <div class="left-out" data-part="left-out">
                            <p role="status"><strong>{text.see.shown(shown.dots.length, shown.lines.length)}</strong> {shown.dots.length < shown.total ? words.cut(shown.dots.length, shown.total, estateMost) : words.allOf}</p>
                            {shown.linesCut && <p>{words.linesCut(relationshipsMost)}</p>}
                            <p class="faint"><Icon name="below" /> {words.how}</p>
                        </div>
                    </div>
                    <div class="estate-side">
                        {wanted && <section class="panel" data-panel="estate-found"><header><h2>{words.found(found.length)}</h2></header>
                            <ul class="ends">{found.slice(0, foundMost).map((each) => <li key={each.id}><button type="button" class="plain" onClick={() => select(each.id)}>{each.name}</button> <ClassTag name={each.class} /></li>)}</ul>
                            {found.length > foundMost && <p class="faint">{words.endsCut(foundMost, found.length)}</p>}
                            {found.length === 0 && <p class="faint">{words.notDrawn} <a href={formatHash({ view: "find", q: typed.trim() })}>{text.find.all(typed.trim())}</a></p>}
                        </section>}
                        {dot && <Chosen dot={dot} shown={shown} sense={sense} select={select} state={state} />}
                        <Classes counts={counts.value} chosen={new Set(chosen)} ranks={ranks} choose={choose} lit={lit} light={setLit} />
                    </div>
                </div>
            )}
        </>
    );
}
