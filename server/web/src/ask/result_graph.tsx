// The elements, relationships and paths of the rows, drawn; with the relationships between them, if wanted, as the rows may have
// none.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Ask, api } from "../api";
import { type CanvasHandle, GraphCanvas, Legend } from "../graph/canvas";
import { type Element, Graph, type Relationship, isElement, isRelationship, keyOf, nameOf } from "../graph/model";
import { useLoaded } from "../load";
import { ClassOf, ErrorBox } from "../parts";
import { go } from "../router";
import { text } from "../text";
import { type Drawn, drawnOf, elementsMost } from "./drawn";
import type { Answer } from "./run";

const words = text.ask.graph;
const betweenMost = 2_000;

// Ends of relationships that the rows name alone.
const missingEnds = (graph: Graph) => [...new Set([...graph.relationships.values()].flatMap((each) => [each.source, each.target]))].filter((id) => !graph.elements.has(id));

async function complete({ graph, all }: Drawn, isJoined: boolean, ask: Ask): Promise<{ ends: Element[]; between: Relationship[]; isCut: boolean }> {
    const wanted = missingEnds(graph).slice(0, Math.max(0, elementsMost - graph.elements.size));
    const limits = { time_ms: 10_000 }, ids = [...graph.elements.keys(), ...wanted];
    const ends = wanted.length === 0 || all > elementsMost ? [] : (await api.query("FOR VALID_TIME ALL MATCH (n) WHERE elementId(n) IN $ids RETURN n", { ids: wanted }, { ...ask, limits })).rows.map(([node]) => node).filter(isElement);
    if (!isJoined || ids.length < 2) return { ends, between: [], isCut: false };
    const { rows } = await api.query("FOR VALID_TIME ALL MATCH (a)-[r]->(b) WHERE elementId(a) IN $ids AND elementId(b) IN $ids RETURN r LIMIT $most", { ids, most: betweenMost + 1 }, { ...ask, limits });
    return { ends, between: rows.slice(0, betweenMost).map(([each]) => each).filter(isRelationship), isCut: rows.length > betweenMost };
}

export function ResultGraph({ answer, onPicture }: { answer: Answer; onPicture: (picture: { make: (format: "png" | "svg") => Promise<Blob> } | undefined) => void }) {
    const [isJoined, setJoined] = useState(false), [selected, setSelected] = useState<string | null>(null), handle = useRef<CanvasHandle>(null);
    const drawn = useMemo(() => drawnOf(answer.columns, answer.rows), [answer.rows, answer.isRunning]);
    const isAlone = drawn.graph.relationships.size === 0;
    useEffect(() => { setJoined(isAlone && drawn.graph.elements.size > 1); setSelected(null); }, [drawn]);
    const ids = [...drawn.graph.elements.keys()];
    const more = useLoaded((signal) => complete(drawn, isJoined, { signal }), [ids, [...drawn.graph.relationships.keys()], isJoined]);
    const graph = useMemo(() => {
        const whole = new Graph();
        drawn.graph.elements.forEach((each) => whole.addElement(each));
        drawn.graph.relationships.forEach((each) => whole.addRelationship(each));
        more.value?.ends.forEach((each) => whole.addElement(each));
        more.value?.between.forEach((each) => whole.addRelationship(each));
        return whole;
    }, [drawn, more.value]);
    useEffect(() => {
        onPicture(graph.elements.size === 0 ? undefined : { make: async (format) => {
            if (format === "png") return handle.current!.png();
            return new Blob([handle.current!.svg(words.label)], { type: "image/svg+xml" });
        } });
        return () => onPicture(undefined);
    }, [graph.elements.size > 0]);
    if (answer.isRunning) return null;
    if (drawn.all === 0 && graph.elements.size === 0 && !more.isLoading) return <p class="faint result-empty">{words.none}</p>;
    const open = (id: string) => {
        const element = graph.elements.get(id);
        if (element) go({ view: "element", of: [keyOf(element)] });
    };
    const now = selected ? graph.elements.get(selected) : undefined;
    return (
        <>
            <div class="above">
                <span class="faint">{words.figures(graph.elements.size, graph.drawable().length)}</span>
                {drawn.all > elementsMost && <span>{words.cut(elementsMost, drawn.all)}</span>}
                {more.value?.isCut && <span>{words.betweenCut(betweenMost)}</span>}
                <label class="check"><input type="checkbox" checked={isJoined} onChange={(event) => setJoined(event.currentTarget.checked)} />{words.between}</label>
                <span class="room" />
                {now ? <span><ClassOf element={now} /> <a href={`#/element?of=${encodeURIComponent(keyOf(now))}`} onClick={(event) => { event.preventDefault(); open(now.id); }}>{words.open(nameOf(now))}</a></span> : <span class="faint wide-only">{words.openHint}</span>}
            </div>
            {more.error !== undefined && <ErrorBox error={more.error} again={more.again} />}
            <div class="result-graph"><GraphCanvas graph={graph} label={words.label} looks={drawn.looks} selected={selected} onSelect={setSelected} onOpen={open} handle={handle} /></div>
            <div class="above"><Legend graph={graph} looks={drawn.looks} /></div>
        </>
    );
}
