// How the failure spreads, drawn: what fails, the services and whatever leads to them; all of it where that is not too much.

import { useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { GraphCanvas, type CanvasHandle, Legend, unwrittenType } from "../graph/canvas";
import { Graph, type Relationship, classOf, keyOf, nameOf } from "../graph/model";
import { monograms } from "../graph/monogram";
import { fileName, save } from "../graph/save";
import { lookOf, stateText } from "../graph/states";
import { useLoaded } from "../load";
import { ErrorBox, Panel, Waiting } from "../parts";
import { adjust, go } from "../router";
import { text } from "../text";
import { type About, chosen } from "./affected";
import { Chain } from "./chain";
import { timesBefore } from "./impact";
import { sentenceOf, timesText, wrapped } from "./ticket";

const words = text.break, linesMost = 1_500;

// The SVG on a bitmap, twice as fine as the screen, as far as browsers draw.
async function pngOf(svg: string): Promise<Blob> {
    const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    try {
        const image = new Image();
        image.src = url;
        await image.decode();
        const scale = Math.min(2, 12_000 / Math.max(image.naturalWidth, image.naturalHeight, 1));
        const bitmap = document.createElement("canvas");
        [bitmap.width, bitmap.height] = [Math.ceil(image.naturalWidth * scale), Math.ceil(image.naturalHeight * scale)];
        bitmap.getContext("2d")!.drawImage(image, 0, 0, bitmap.width, bitmap.height);
        return await new Promise((done, failed) => bitmap.toBlob((blob) => (blob ? done(blob) : failed(new Error(words.pictureFailed))), "image/png"));
    } finally {
        URL.revokeObjectURL(url);
    }
}

export function Drawing({ about, isWhole, onWhole }: { about: About; isWhole: boolean | undefined; onWhole: (isWhole: boolean) => void }) {
    const { impact, causes, state, model } = about, handle = useRef<CanvasHandle>(null), [error, setError] = useState<unknown>();
    const times = { validAt: state.validAt, asOf: state.asOf }, of = chosen(state);
    const ids = [...new Set([...impact.failed.map(({ element }) => element.id), ...[...causes.values()].flatMap((path) => path.nodes.map((each) => each.id))])];
    // The chains and, once they are there, all dependencies between those on them.
    const between = useLoaded(async (signal) => {
        const { clause, parameters } = timesBefore(times);
        const { rows } = await api.query(`${clause}MATCH (a)-[r:DEPENDENCY]->(b) WHERE elementId(a) IN $ids AND elementId(b) IN $ids RETURN DISTINCT r LIMIT $most`, { ...parameters, ids, most: linesMost }, { signal });
        return rows.map(([r]) => r as Relationship);
    }, [ids, times]);
    // Until the next lines are there the last ones stay, and with them whoever was drawn and where.
    const lines = useRef<Relationship[]>();
    if (between.value) lines.current = between.value;
    const graph = useMemo(() => {
        const all = new Graph();
        for (const { element } of impact.failed) all.addElement(element);
        for (const path of causes.values()) all.addValue(path);
        for (const each of lines.current ?? []) all.addRelationship(each);
        return all;
    }, [impact, causes, between.value]);
    const looks = useMemo(() => new Map([...impact.hits.map((hit): [string, string] => [hit.id, hit.state]), ...impact.failed.map(({ element }): [string, string] => [element.id, "failed"])]), [impact]);
    const hit = impact.hits.find((each) => each.key === of), selected = hit?.id ?? impact.failed.find(({ element }) => keyOf(element) === of)?.element.id ?? null;
    const path = hit && causes.get(hit.id);
    const emphasised = useMemo(() => path && new Set([...path.nodes, ...path.relationships].map((each) => each.id)), [path]);
    const drawn = impact.hits.filter((each) => graph.elements.has(each.id)).length;
    const select = (id: string | null) => {
        const element = id === null ? undefined : graph.elements.get(id);
        adjust({ own: { ...state.own, chain: element ? keyOf(element) : "", in: element ? "drawing" : "" } });
    };
    const open = (id: string) => { const element = graph.elements.get(id); if (element) go({ view: "element", of: [keyOf(element)] }); };
    const take = async (form: "png" | "svg") => {
        setError(undefined);
        try {
            const failing = impact.failed.map(({ failure, element }) => words.failing(nameOf(element), words.failedIn[failure.state]));
            const shown = [...graph.elements.values()], letters = monograms(shown.map(classOf)), unwritten = unwrittenType(graph);
            const signs = [...new Set(shown.map((each) => looks.get(each.id) ?? "up"))].map((each) => words.means(words.shapes[lookOf(each)!.shape], stateText(each)));
            const notes = [sentenceOf(impact), words.drawn(drawn, impact.total), `${timesText(impact, state)}.`, [...signs, ...[...letters].map(([name, sign]) => words.means(sign, name))].join(", "), ...(unwritten ? [text.graph.unwritten(unwritten)] : [])].flatMap((each) => wrapped(each, 78));
            const svg = handle.current?.svg(failing.length > 2 ? `${failing.slice(0, 2).join(", ")}, ${words.report.more(failing.length - 2)}` : failing.join(", "), notes);
            if (!svg) return;
            const name = fileName(`impact-${impact.failed.map(({ failure }) => failure.key).join("-")}`, form);
            save(form === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await pngOf(svg), name);
        } catch (problem) {
            setError(problem instanceof Error && problem.message ? problem : new Error(words.pictureFailed));
        }
    };
    return (
        <Panel title={words.drawing} name="drawing" action={<span class="choice" role="group" aria-label={words.picture}>
            <button type="button" onClick={() => void take("png")}>{words.png}</button><button type="button" onClick={() => void take("svg")}>{words.svg}</button></span>}>
            {error !== undefined && <ErrorBox error={error} />}
            {between.error !== undefined && <ErrorBox error={between.error} again={between.again} />}
            {!lines.current ? between.error === undefined && <div class="not-yet"><Waiting rows={5} /></div> : <GraphCanvas graph={graph} label={`${words.drawing}: ${sentenceOf(impact)}`} looks={looks} selected={selected} {...(emphasised ? { emphasised } : {})}
                layout="layers" least={0.42} onSelect={select} onOpen={open} handle={handle} />}
            <p class="drawn"><span class="faint">{words.drawn(drawn, impact.total)}</span>
                {isWhole !== undefined && <button type="button" class="plain" onClick={() => onWhole(!isWhole)}>{isWhole ? words.drawFewer : words.drawAll(impact.total)}</button>}</p>
            <Legend graph={graph} looks={looks} />
            {hit && state.own.in !== "services" && state.own.in !== "weaker" && state.own.in !== "others" && (
                <div class="chain-beside"><h3>{words.chainOf(hit.name)}</h3><Chain hit={hit} path={path} isLoading={about.isLoading} impact={impact} model={model} times={times} /></div>
            )}
        </Panel>
    );
}
