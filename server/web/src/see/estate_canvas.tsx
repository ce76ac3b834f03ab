// The estate as points: sigma.js draws them with WebGL, the worker says where. Both come when this does.

import type Sigma from "sigma";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError } from "../api";
import { laidOut } from "../graph/laid_out";
import type { Places } from "../graph/layout";
import { usePaper } from "../graph/paper";
import { type Sense, isServiceClass, layoutEdges } from "../graph/sense";
import { colourNow } from "../graph/states";
import { Icon } from "../icons";
import { ErrorBox, Waiting } from "../parts";
import { text } from "../text";
import type { EstateShown } from "./estate_ask";

const words = text.estate;
const classColours = 10;

// The classes with most elements have a colour of their own; the list beside the picture shows which.
export const colourOf = (rank: number) => (rank >= 0 && rank < classColours ? `--class-${rank + 1}` : "--class-other");

// Between two opaque colours: thousands of lines in one that is seen through would be slow.
function mixed(a: string, b: string, part: number): string {
    const [x, y] = [a, b].map((each) => (each.match(/[\d.]+/g) ?? []).map(Number));
    return `rgb(${[0, 1, 2].map((i) => Math.round((x![i] ?? 0) * (1 - part) + (y![i] ?? 0) * part)).join(", ")})`;
}

// of: where they are to be seen; the page if not given.
function coloursNow(ranks: Map<string, number>, of?: Element | null) {
    const token = (name: string) => colourNow(name, of ?? undefined);
    const byToken = new Map<string, string>();
    const ofClass = (name: string) => {
        const wanted = colourOf(ranks.get(name) ?? -1);
        if (!byToken.has(wanted)) byToken.set(wanted, token(wanted));
        return byToken.get(wanted)!;
    };
    return { ofClass, text: token("--text"), line: mixed(token("--line-strong"), token("--surface"), 0.55), surface: token("--surface"), strong: token("--line-strong"), accent: token("--accent"), raised: token("--raised"), dim: token("--hover") };
}

export function EstateCanvas({ shown, sense, ranks, lit, selected, onSelect, label }: {
    shown: EstateShown; sense: Sense; ranks: Map<string, number>; lit: string | null; selected: string | null; onSelect: (id: string | null) => void; label: string;
}) {
    const box = useRef<HTMLDivElement>(null), sigma = useRef<Sigma>(), places = useRef<Places>();
    const current = useRef({ selected, lit, near: new Set<string>(), ranks });
    const paper = useRef<HTMLDivElement>(null), isPrinting = useRef(false), recolourNow = useRef<() => void>();
    usePaper((is) => {
        isPrinting.current = is;
        recolourNow.current?.();
    });
    const [drawn, setDrawn] = useState(0), [error, setError] = useState<unknown>(), [round, setRound] = useState(0);
    const id = useId();
    current.current = { selected, lit, ranks, near: new Set(selected ? shown.lines.flatMap(({ source, target }) => (source === selected ? [target] : target === selected ? [source] : [])) : []) };

    useEffect(() => {
        let isOver = false;
        setError(undefined);
        const nodes = shown.dots.map((each) => ({ id: each.id, isTop: isServiceClass(sense, each.class) }));
        const edges = layoutEdges(shown.lines.map((each, i) => ({ ...each, id: String(i), properties: {} })), sense);
        const libraries = Promise.all([import("sigma"), import("graphology")]).catch(() => { throw new ApiError("gone", "gone", text.errors.gone, text.errors.goneHint); });
        Promise.all([libraries, laidOut({ layout: "layers", isDense: true, nodes, edges, ...(places.current ? { kept: places.current } : {}) })]).then(([[{ default: Renderer }, { default: Points }], found]) => {
            if (isOver || !box.current) return;
            places.current = found;
            let colours = coloursNow(current.current.ranks);
            const named: { x: number; y: number; half: number }[] = [];  // names drawn so far
            const graph = new Points({ multi: true, type: "directed" });
            // As wide as such a frame is: points have no names that a wider distance would tear apart.
            const all = [...found.values()], span = (part: "x" | "y") => all.reduce((most, each) => Math.max(most, each[part]), -Infinity) - all.reduce((least, each) => Math.min(least, each[part]), Infinity);
            const ratio = (span("x") / (span("y") || 1) / (box.current.clientWidth / Math.max(1, box.current.clientHeight))) || 1;
            const [stretchX, stretchY] = [Math.min(4, Math.max(1, 1 / ratio)), Math.min(4, Math.max(1, ratio))];
            const size = Math.max(2, Math.min(5.5, 160 / Math.sqrt(shown.dots.length)));
            for (const dot of shown.dots) {
                const place = found.get(dot.id)!;
                graph.addNode(dot.id, { x: place.x * stretchX, y: -place.y * stretchY, size: isServiceClass(sense, dot.class) ? size * 1.5 : size, label: dot.name, of: dot.class });
            }
            for (const { source, target, type } of shown.lines) if (source !== target && graph.hasNode(source) && graph.hasNode(target)) graph.addEdge(source, target, { of: type });
            if (sigma.current) {
                sigma.current.setGraph(graph);
                setDrawn((n) => n + 1);
                return;
            }
            const made = new Renderer(graph, box.current, {
                labelFont: getComputedStyle(document.body).fontFamily, labelSize: 12, labelWeight: "500", labelColor: { color: colours.text }, labelDensity: 0.35, labelGridCellSize: 210,
                labelRenderedSizeThreshold: 5, minCameraRatio: 0.01, maxCameraRatio: 3, stagePadding: 24, zIndex: true, hideEdgesOnMove: shown.lines.length > 4_000, defaultEdgeType: "line",
                nodeReducer: (node, data) => {
                    const { selected: chosen, near, lit: only } = current.current, className = data.of as string;
                    const isNear = node === chosen || near.has(node), isDim = chosen ? !isNear : only !== null && only !== className;
                    return { ...data, color: isDim ? colours.dim : colours.ofClass(className), label: isDim ? null : data.label, zIndex: isNear ? 2 : isDim ? 0 : 1, size: node === chosen ? (data.size as number) * 1.8 : data.size, forceLabel: node === chosen || (isNear && near.size <= 30) } as Record<string, unknown>;
                },
                edgeReducer: (edge, data) => {
                    const { selected: chosen, lit: only } = current.current;
                    if (chosen) return graph.hasEdge(edge) && graph.hasExtremity(edge, chosen) ? { ...data, color: colours.accent, size: 2, type: "arrow", zIndex: 2 } : { ...data, hidden: true };
                    if (!sigma.current) return { ...data, color: colours.line, size: 0.6 };
                    const isDim = only !== null;
                    return { ...data, color: isDim ? colours.dim : colours.line, size: 0.6 };
                },
                defaultDrawNodeLabel: (context, data, settings) => {
                    if (!data.label) return;
                    context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
                    context.lineJoin = "round";
                    context.lineWidth = 3;
                    context.strokeStyle = colours.surface;
                    context.fillStyle = colours.text;
                    context.textAlign = "center";
                    const label = data.label.length > 24 ? `${data.label.slice(0, 23)}…` : data.label, y = data.y + data.size + 12;
                    // Sigma thins names out by where points are, not by how long the names are.
                    const half = context.measureText(label).width / 2 + 3;
                    if (named.some((each) => Math.abs(each.y - y) < settings.labelSize + 2 && Math.abs(each.x - data.x) < each.half + half)) return;
                    named.push({ x: data.x, y, half });
                    context.strokeText(label, data.x, y);
                    context.fillText(label, data.x, y);
                    context.textAlign = "left";
                },
                // sigma's own has a white ground in any theme.
                defaultDrawNodeHover: (context, data, settings) => {
                    if (!data.label) return;
                    context.font = `600 ${settings.labelSize}px ${settings.labelFont}`;
                    const width = context.measureText(data.label).width;
                    context.fillStyle = colours.raised;
                    context.strokeStyle = colours.strong;
                    context.beginPath();
                    context.roundRect(data.x + data.size + 2, data.y - 11, width + 12, 22, 4);
                    context.fill();
                    context.stroke();
                    context.fillStyle = colours.text;
                    context.fillText(data.label, data.x + data.size + 8, data.y + 4);
                },
            });
            made.on("beforeRender", () => { named.length = 0; });
            made.on("clickNode", ({ node }) => onSelect(node));
            made.on("clickStage", () => onSelect(null));
            const recolour = () => {
                colours = coloursNow(current.current.ranks, isPrinting.current ? paper.current : null);
                made.setSetting("labelColor", { color: colours.text });
                made.refresh();
            };
            const watch = new MutationObserver(recolour), dark = matchMedia("(prefers-color-scheme: dark)");
            watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
            dark.addEventListener("change", recolour);
            made.on("kill", () => {
                watch.disconnect();
                dark.removeEventListener("change", recolour);
            });
            sigma.current = made;
            recolourNow.current = recolour;
            made.refresh();
            setDrawn((n) => n + 1);
        }).catch((problem: unknown) => { if (!isOver) setError(problem instanceof ApiError ? problem : new ApiError("failed", "webgl", words.noWebGl, words.noWebGlHint)); });
        return () => { isOver = true; };
    }, [shown, sense, round]);
    useEffect(() => () => {
        sigma.current?.kill();
        sigma.current = undefined;
    }, []);
    useEffect(() => { sigma.current?.refresh({ skipIndexation: true }); }, [selected, lit]);
    useEffect(() => {
        const now = sigma.current, at = selected && now?.getNodeDisplayData(selected);
        if (!now || !at) return;
        const view = now.framedGraphToViewport({ x: at.x, y: at.y }), { width, height } = now.getDimensions();
        if (view.x < 20 || view.y < 20 || view.x > width - 20 || view.y > height - 20) void now.getCamera().animate({ x: at.x, y: at.y }, { duration: 200 });
    }, [selected]);

    const move = (change: { x?: number; y?: number; ratio?: number }) => {
        const camera = sigma.current?.getCamera(), now = camera?.getState();
        if (!camera || !now) return;
        camera.setState({ x: now.x + (change.x ?? 0) * now.ratio, y: now.y + (change.y ?? 0) * now.ratio, ratio: camera.getBoundedRatio(now.ratio * (change.ratio ?? 1)) });
    };
    const fit = () => void sigma.current?.getCamera().animatedReset({ duration: 150 });
    const onKeyDown = (event: KeyboardEvent) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const step = 0.08;
        if (event.key === "ArrowUp") move({ y: step });
        else if (event.key === "ArrowDown") move({ y: -step });
        else if (event.key === "ArrowLeft") move({ x: -step });
        else if (event.key === "ArrowRight") move({ x: step });
        else if (event.key === "+" || event.key === "=") move({ ratio: 0.75 });
        else if (event.key === "-") move({ ratio: 1.33 });
        else if (event.key === "0") fit();
        else if (event.key === "Escape" && selected) onSelect(null);
        else return;
        event.preventDefault();
    };
    if (error !== undefined) return <ErrorBox error={error} again={() => setRound((n) => n + 1)} />;
    return (
        <div class="graph-canvas estate-canvas" data-placed={drawn} data-elements={shown.dots.length} data-relationships={shown.lines.length}>
            <div class="graph-frame" role="application" aria-roledescription={text.graph.role} aria-label={label} aria-describedby={`${id}-keys`} tabIndex={0} onKeyDown={onKeyDown}>
                <div class="graph-drawing" ref={box} aria-hidden="true" />
            </div>
            <div class="graph-paper" ref={paper} aria-hidden="true" />
            {drawn === 0 && <div class="estate-waiting"><Waiting rows={3} /></div>}
            <p id={`${id}-keys`} class="unseen">{words.keys}</p>
            <div class="graph-tools" role="group" aria-label={text.graph.tools}>
                <button type="button" class="icon-only" aria-label={text.graph.zoomIn} title={text.graph.zoomIn} onClick={() => move({ ratio: 0.75 })}><Icon name="plus" /></button>
                <button type="button" class="icon-only" aria-label={text.graph.zoomOut} title={text.graph.zoomOut} onClick={() => move({ ratio: 1.33 })}><Icon name="minus" /></button>
                <button type="button" class="icon-only" aria-label={text.graph.fit} title={text.graph.fit} onClick={fit}><Icon name="fit" /></button>
            </div>
        </div>
    );
}
