// A graph that can be looked at, moved and walked through: by pointer, by touch and by keyboard. Cytoscape draws it, layout_worker.ts
// says where. It knows nothing of what the graph is about: see/ and break/ do.
//
// `graph` is a new object whenever it changes; who was drawn keeps the place. Cytoscape comes when the first canvas does.

import type cytoscape from "cytoscape";
import { type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from "preact/compat";
import { ApiError } from "../api";
import { Icon } from "../icons";
import { ErrorBox } from "../parts";
import { text } from "../text";
import { laidOut } from "./laid_out";
import type { LayoutName, Places } from "./layout";
import { type Graph, type Relationship, classOf, nameOf, usualType } from "./model";
import { inLines, monograms } from "./monogram";
import { usePaper } from "./paper";
import { type Picture, svgOf } from "./picture";
import { type Sense, isServiceClass, layoutEdges, useSense } from "./sense";
import { colourNow, lookOf, stateText } from "./states";

export interface CanvasHandle {
    fit: () => void;
    arrange: () => void;  // places anew, as if nobody had been placed
    png: () => Promise<Blob>;
    svg: (title?: string, notes?: string[]) => string;
}

export interface CanvasProps {
    graph: Graph;
    label: string;                               // what it shows, for who cannot see it
    looks?: ReadonlyMap<string, string>;         // state by element id; without one an element looks neutral
    selected?: string | null;                    // element id
    emphasised?: ReadonlySet<string>;            // ids of elements and relationships; the rest is faint
    badges?: ReadonlyMap<string, string>;        // by element id: a few characters behind the name
    groups?: ReadonlyMap<string, string>;        // element id to what it is drawn in
    layout?: LayoutName;
    roots?: string[];                            // element ids that rings are around
    least?: number;                              // zoom down to which all of it is shown at first; 0.6 if not given
    onSelect?: (id: string | null) => void;
    onOpen?: (id: string) => void;               // double click, or Enter
    handle?: Ref<CanvasHandle>;
}

type Core = cytoscape.Core;
const sizes: Record<string, number> = { ellipse: 34, triangle: 44, diamond: 44, octagon: 36, star: 50 };
const neutral = { shape: "round-rectangle", size: 34, outline: "M3.5 1h9A2.5 2.5 0 0 1 15 3.5v9a2.500 2.500 0 0 1-2.500 2.500h-9A2.500 2.500 0 0 1 1 12.500v-9A2.500 2.500 0 0 1 3.500 1Z" };
const labelsUntil = 60;  // relationships that show their type, but for the usual one
const calmFrom = 100;    // relationships that are faint unless they are of who is selected

const tokens = { text: "--text", faint: "--faint", surface: "--surface", ground: "--ground", line: "--line-strong", thin: "--line", accent: "--accent", hover: "--hover" } as const;
type Colours = Record<keyof typeof tokens, string>;
const coloursNow = (of?: globalThis.Element) => Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, colourNow(token, of)])) as Colours;

function styleOf(colours: Colours, font: string): cytoscape.StylesheetJson {
    return [
        { selector: "node", style: {
            shape: "data(shape)" as "ellipse", width: "data(size)", height: "data(size)", "background-color": "data(fill)", "border-width": 1.5, "border-color": "data(line)",
            "background-image": "data(image)", "background-fit": "contain", "background-width": "100%", "background-height": "100%", "background-clip": "none",
            label: "data(label)", "text-wrap": "wrap", "text-max-width": "140px", "text-valign": "bottom", "text-halign": "center", "text-margin-y": 4,
            "font-family": font, "font-size": 12.5, color: colours.text, "text-background-color": colours.surface, "text-background-opacity": 0.82, "text-background-padding": "1px",
            "min-zoomed-font-size": 5.5, "overlay-opacity": 0,
        } },
        { selector: "node:parent", style: {
            shape: "round-rectangle", "background-color": colours.ground, "background-opacity": 0.7, "border-style": "dashed", "border-color": colours.line, "border-width": 1, padding: "22px",
            "background-image": "none", label: "data(label)", "text-valign": "top", "text-margin-y": -4, "font-size": 13, "font-weight": "bold", color: colours.faint, "min-zoomed-font-size": 4,
        } },
        { selector: "edge", style: {
            "curve-style": "bezier", width: 1.3, "line-color": colours.line, "target-arrow-color": colours.line, "target-arrow-shape": "triangle", "arrow-scale": 0.9, opacity: 0.85,
            "font-family": font, "font-size": 9.5, color: colours.faint, "text-background-color": colours.surface, "text-background-opacity": 0.9, "text-background-padding": "1px",
            "text-rotation": "autorotate", "min-zoomed-font-size": 6, "overlay-opacity": 0,
        } },
        { selector: "edge.weak", style: { "line-style": "dashed", "line-dash-pattern": [5, 4] } },
        { selector: "edge.named", style: { label: "data(type)" } },
        { selector: "edge.calm", style: { opacity: 0.4 } },
        { selector: "edge.near", style: { width: 2.4, "line-color": colours.accent, "target-arrow-color": colours.accent, label: "data(type)", opacity: 1, "z-index": 5 } },
        { selector: "node.near", style: { "font-weight": "bold" } },
        { selector: "node.selected", style: { "border-width": 3, "border-color": colours.accent, "underlay-color": colours.accent, "underlay-opacity": 0.25, "underlay-padding": 7, "z-index": 10 } },
        { selector: "edge.bright", style: { width: 2.6, "line-color": colours.accent, "target-arrow-color": colours.accent, label: "data(type)", opacity: 1 } },
        { selector: ".dimmed", style: { opacity: 0.22 } },
    ];
}

const monogramImage = (monogram: string, ink: string, font: string) => `data:image/svg+xml;utf8,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="68" height="68" viewBox="0 0 34 34"><text x="17" y="21.2" font-size="12" font-weight="600" text-anchor="middle" fill="${ink}" font-family="${font.replaceAll('"', "'")}">${monogram.replace(/[&<>]/g, "")}</text></svg>`)}`;

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The colours and words of everything that is drawn. of: whose colours those of states are; the page's if not given.
function paint(cy: Core, { graph, looks, badges, sense }: CanvasProps & { sense: Sense }, colours: Colours, font: string, of?: globalThis.Element) {
    const letters = monograms([...graph.elements.values()].map(classOf));
    const stateColours = new Map<string, string>();
    cy.batch(() => {
        cy.nodes().forEach((node) => {
            const element = graph.elements.get(node.id());
            if (!element) return;
            const look = lookOf(looks?.get(element.id));
            const colour = look && (stateColours.get(look.colour) ?? colourNow(look.colour, of));
            if (look && colour) stateColours.set(look.colour, colour);
            const monogram = letters.get(classOf(element)) ?? "";
            const ink = look ? colours.surface : colours.text;
            const lines = inLines(nameOf(element)), badge = badges?.get(element.id);
            if (badge) lines[lines.length - 1] += ` ${badge}`;
            node.data({
                shape: look?.shape ?? neutral.shape, size: look ? sizes[look.shape] : neutral.size, outline: look?.outline ?? neutral.outline,
                fill: colour ?? colours.surface, line: colour ?? colours.line, ink, monogram, image: monogramImage(monogram, ink, font), label: lines.join("\n"), lines, title: `${nameOf(element)}, ${classOf(element)}${look ? `, ${stateText(looks?.get(element.id))}` : ""}`,
            });
        });
        const count = cy.edges().length, usual = usualType(graph.drawable());
        cy.edges().forEach((edge) => {
            edge.toggleClass("weak", (sense.depends.get(edge.data("type") as string) ?? "none") === "none");
            edge.toggleClass("named", count <= labelsUntil && edge.data("type") !== usual);
            edge.toggleClass("calm", count > calmFrom);
        });
    });
}

function mark(cy: Core, selected: string | null | undefined, emphasised: ReadonlySet<string> | undefined) {
    cy.batch(() => {
        const isLit = (id: string) => !emphasised || emphasised.has(id);
        cy.elements().forEach((each) => {
            if (each.isNode() && each.isParent()) return;
            each.toggleClass("selected", each.id() === selected);
            each.toggleClass("dimmed", !isLit(each.id()));
            each.toggleClass("bright", each.isEdge() && emphasised !== undefined && isLit(each.id()));
            each.removeClass("near");
        });
        if (selected && !emphasised) {
            const node = cy.getElementById(selected);
            node.connectedEdges().addClass("near");
            node.neighborhood("node").addClass("near");
        }
    });
}

const groupId = (name: string) => `group:${name}`;

// The type that is not written where others are: who explains the drawing has to say it.
export const unwrittenType = (graph: Graph) => { const drawn = graph.drawable(); return drawn.length <= labelsUntil ? usualType(drawn) : undefined; };

// Brings what is drawn in line with the graph; what is new starts where its neighbour stands.
function sync(cy: Core, graph: Graph, groups: ReadonlyMap<string, string> | undefined, places: Places) {
    cy.batch(() => {
        const relationships = graph.drawable();
        const wanted = new Set([...graph.elements.keys(), ...relationships.map((each) => each.id)]);
        const groupNames = new Set([...graph.elements.keys()].map((id) => groups?.get(id)).filter((each): each is string => each !== undefined));
        cy.edges().filter((each) => !wanted.has(each.id())).remove();
        for (const name of groupNames) if (cy.getElementById(groupId(name)).empty()) cy.add({ group: "nodes", data: { id: groupId(name), label: name, shape: "round-rectangle", size: 1, fill: "#000", line: "#000", image: "none" }, selectable: false, classes: "group" });
        for (const id of graph.elements.keys()) {
            const name = groups?.get(id), parent = name === undefined ? null : groupId(name), node = cy.getElementById(id);
            if (node.empty()) cy.add({ group: "nodes", data: { id, ...(parent ? { parent } : {}), label: "", shape: neutral.shape, size: neutral.size, fill: "#fff", line: "#000", image: "none" }, position: { x: 0, y: 0 } });
            else if ((node.parent().first().id() ?? null) !== parent) node.move({ parent });
        }
        cy.nodes().filter((each) => (each.hasClass("group") ? !groupNames.has((each.data("label") as string)) : !wanted.has(each.id()))).remove();
        for (const { id, type, source, target } of relationships) if (cy.getElementById(id).empty()) cy.add({ group: "edges", data: { id, type, source, target } });
        for (const id of graph.elements.keys()) {
            const place = places.get(id);
            if (place) cy.getElementById(id).position({ x: place.x, y: place.y });
        }
    });
}

// The element that an arrow key leads to: a neighbour that way if there is one, else whoever stands nearest that way.
function towards(cy: Core, from: string, dx: number, dy: number): string | undefined {
    const node = cy.getElementById(from), here = node.position();
    const nearest = (candidates: cytoscape.NodeCollection, least: number) => {
        let best: string | undefined, bestCost = Infinity;
        candidates.forEach((each) => {
            const { x, y } = each.position(), length = Math.hypot(x - here.x, y - here.y);
            const cosine = length === 0 ? 0 : ((x - here.x) * dx + (y - here.y) * dy) / length;
            if (each.isParent() || cosine < least) return;
            const cost = length / (cosine * cosine);
            if (cost < bestCost) [best, bestCost] = [each.id(), cost];
        });
        return best;
    };
    return nearest(node.neighborhood("node") as cytoscape.NodeCollection, 0.2) ?? nearest(cy.nodes().not(node), 0.5);
}

const isReadableFrom = 0.6;

// All of it if names can still be read then; else the part around who is selected.
function show(cy: Core, around: string | null | undefined, isAll: boolean, least = isReadableFrom) {
    const nodes = cy.nodes();
    if (nodes.empty() || cy.width() === 0) return;
    cy.fit(nodes, 28);
    if (cy.zoom() > 1.15) {
        cy.zoom(1.15);
        cy.center(nodes);
    } else if (!isAll && cy.zoom() < least) {
        const centre = around && cy.getElementById(around).nonempty() ? cy.getElementById(around).position() : undefined;
        const box = nodes.boundingBox(), zoom = isReadableFrom;
        cy.zoom(zoom);
        // Around who is selected, else at the top, where services are; but no empty ground where there is something to see.
        const pan = (size: number, from: number, to: number, at: number) => {
            const [least, most] = [size - 28 - to * zoom, 28 - from * zoom];
            return least > most ? (least + most) / 2 : Math.min(most, Math.max(least, size / 2 - at * zoom));
        };
        cy.pan({ x: pan(cy.width(), box.x1, box.x2, centre?.x ?? (box.x1 + box.x2) / 2), y: pan(cy.height(), box.y1, box.y2, centre?.y ?? box.y1) });
    }
}

export function GraphCanvas(props: CanvasProps) {
    const { graph, label, looks, selected = null, emphasised, badges, groups, layout = "layers", roots, onSelect, onOpen, handle } = props;
    const box = useRef<HTMLDivElement>(null), core = useRef<Core>();
    const [isReady, setReady] = useState(false), [error, setError] = useState<unknown>(), [round, setRound] = useState(0);
    const [placed, setPlaced] = useState(0);  // how many times; tests and who waits read it from the element
    const paper = useRef<HTMLDivElement>(null);  // the drawing as it is printed, while it is
    const kept = useRef(new Map<string, Places>()), isMoved = useRef(false), current = useRef(props);
    current.current = props;
    const sense = useSense(), id = useId(), words = text.graph;
    const layoutKey = `${layout} ${groups ? [...new Set(groups.values())].sort().join("\n") : ""}`;
    const font = () => getComputedStyle(document.body).fontFamily;

    useEffect(() => {
        let isOver = false;
        setError(undefined);
        import("cytoscape").then(({ default: make }) => {
            if (isOver || !box.current) return;
            const cy = make({ container: box.current, minZoom: 0.02, maxZoom: 3, autoungrabify: true, autounselectify: true, boxSelectionEnabled: false, style: styleOf(coloursNow(), font()) });
            cy.on("tap", (event) => {
                if (event.target === cy) current.current.onSelect?.(null);
                else if (event.target.isNode() && !event.target.isParent()) current.current.onSelect?.(event.target.id());
            });
            cy.on("dbltap", "node", (event) => { if (!event.target.isParent()) current.current.onOpen?.(event.target.id()); });
            cy.on("dragpan scrollzoom pinchzoom", () => { isMoved.current = true; });
            core.current = cy;
            setReady(true);
        }, () => setError(new ApiError("gone", "gone", text.errors.gone, text.errors.goneHint)));
        return () => {
            isOver = true;
            core.current?.destroy();
            core.current = undefined;
            setReady(false);
        };
    }, [round]);

    // Colours, when the theme changes; the size, when the box does.
    useEffect(() => {
        if (!isReady) return;
        const recolour = () => {
            const cy = core.current;
            if (!cy || !sense) return;
            const colours = coloursNow();
            cy.style(styleOf(colours, font()));
            paint(cy, { ...current.current, sense }, colours, font());
        };
        const dark = matchMedia("(prefers-color-scheme: dark)");
        const watch = new MutationObserver(recolour), resize = new ResizeObserver(() => {
            core.current?.resize();
            if (core.current && !isMoved.current) show(core.current, current.current.selected, false, current.current.least);
        });
        watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
        dark.addEventListener("change", recolour);
        if (box.current) resize.observe(box.current);
        return () => {
            watch.disconnect();
            resize.disconnect();
            dark.removeEventListener("change", recolour);
        };
    }, [isReady, sense]);

    usePaper((isPrinting) => {
        const cy = core.current;
        if (!paper.current) return;
        if (!isPrinting) return paper.current.replaceChildren();
        if (!cy || !sense) return;
        const colours = coloursNow(paper.current);
        paint(cy, { ...current.current, sense }, colours, font(), paper.current);
        const drawn = new DOMParser().parseFromString(svgOf(pictureOf(cy, colours, font(), "", [])), "image/svg+xml");
        paint(cy, { ...current.current, sense }, coloursNow(), font());
        paper.current.replaceChildren(document.importNode(drawn.documentElement, true));
    });

    useEffect(() => {
        const cy = core.current;
        if (!isReady || !cy || !sense) return;
        let isOver = false;
        const before = kept.current.get(layoutKey);
        const nodes = [...graph.elements.values()].map((each) => ({ id: each.id, isTop: isServiceClass(sense, classOf(each)), ...(groups ? { group: groups.get(each.id) ?? "" } : {}) }));
        laidOut({ layout, nodes, edges: layoutEdges(graph.drawable(), sense), roots: roots ?? [], ...(before ? { kept: before } : {}) }).then((places) => {
            if (isOver || core.current !== cy) return;
            const old = new Map(cy.nodes().map((node) => [node.id(), { ...node.position() }]));
            kept.current.set(layoutKey, places);
            sync(cy, graph, groups, places);
            paint(cy, { ...current.current, sense }, coloursNow(), font());
            mark(cy, current.current.selected, current.current.emphasised);
            if (!isMoved.current) show(cy, current.current.selected, false, current.current.least);
            if (old.size > 0 && !isCalm() && places.size <= 400) {
                cy.nodes().forEach((node) => {
                    const from = old.get(node.id()), to = places.get(node.id());
                    if (!from || !to || (from.x === to.x && from.y === to.y)) return;
                    node.position(from);
                    node.animate({ position: { x: to.x, y: to.y } }, { duration: 220 });
                });
            }
            setPlaced((n) => n + 1);
        }, (problem: unknown) => { if (!isOver) setError(problem); });
        return () => { isOver = true; };
    }, [isReady, sense, graph, layoutKey, groups, roots?.join("\n"), round]);

    useEffect(() => {
        if (core.current && sense) paint(core.current, { ...props, sense }, coloursNow(), font());
    }, [looks, badges]);
    useEffect(() => {
        if (core.current) mark(core.current, selected, emphasised);
    }, [selected, emphasised]);

    const fit = () => {
        isMoved.current = false;
        if (core.current) show(core.current, selected, true);
    };
    const zoom = (factor: number) => {
        const cy = core.current;
        if (!cy) return;
        isMoved.current = true;
        const node = selected ? cy.getElementById(selected) : cy.collection();
        cy.zoom({ level: cy.zoom() * factor, renderedPosition: node.nonempty() ? node.renderedPosition() : { x: cy.width() / 2, y: cy.height() / 2 } });
    };
    const reveal = (name: string) => {
        const cy = core.current, at = cy?.getElementById(name).renderedPosition();
        if (!cy || !at) return;
        const isInside = at.x > 40 && at.y > 30 && at.x < cy.width() - 40 && at.y < cy.height() - 40;
        if (isInside) return;
        isMoved.current = true;
        if (isCalm()) cy.center(cy.getElementById(name));
        else cy.animate({ center: { eles: cy.getElementById(name) } }, { duration: 160 });
    };
    useEffect(() => { if (selected) reveal(selected); }, [selected]);

    const onKeyDown = (event: KeyboardEvent) => {
        const cy = core.current, step = ({ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] } as Record<string, [number, number]>)[event.key];
        if (!cy || event.ctrlKey || event.metaKey || event.altKey) return;
        if (step && event.shiftKey) {
            isMoved.current = true;
            cy.panBy({ x: -step[0] * 60, y: -step[1] * 60 });
        } else if (step) {
            const first = roots?.find((each) => cy.getElementById(each).nonempty()) ?? [...graph.elements.keys()][0];
            const next = selected && cy.getElementById(selected).nonempty() ? towards(cy, selected, ...step) : first;
            if (next) onSelect?.(next);
        } else if (event.key === "+" || event.key === "=") zoom(1.25);
        else if (event.key === "-") zoom(0.8);
        else if (event.key === "0") fit();
        else if (event.key === "Enter" && selected) onOpen?.(selected);
        else if (event.key === "Escape" && selected) onSelect?.(null);
        else return;
        event.preventDefault();
    };

    useImperativeHandle(handle ?? null, (): CanvasHandle => ({
        fit,
        arrange: () => {
            kept.current.delete(layoutKey);
            isMoved.current = false;
            setRound((n) => n + 1);
        },
        png: async () => {
            const cy = core.current;
            if (!cy) throw new Error(words.notDrawn);
            const { w, h } = cy.elements().boundingBox();
            // Browsers draw at most some 16,000 pixels to a side.
            return cy.png({ output: "blob-promise", full: true, bg: coloursNow().surface, scale: Math.min(2, 12_000 / Math.max(w, h, 1)) });
        },
        svg: (title = label, notes = []) => (core.current ? svgOf(pictureOf(core.current, coloursNow(), font(), title, notes)) : ""),
    }), [layoutKey, selected, label]);

    if (error !== undefined) return <ErrorBox error={error} again={() => setRound((n) => n + 1)} />;
    const now = selected ? graph.elements.get(selected) : undefined;
    const around = now ? graph.drawable().filter((each) => each.source === now.id || each.target === now.id).length : 0;
    return (
        <div class="graph-canvas" data-placed={placed} data-elements={graph.elements.size} data-layout={layout}>
            <div class="graph-frame" role="application" aria-roledescription={words.role} aria-label={label} aria-describedby={`${id}-keys`} tabIndex={0} onKeyDown={onKeyDown}>
                <div class="graph-drawing" ref={box} aria-hidden="true" />
            </div>
            <div class="graph-paper" ref={paper} aria-hidden="true" />
            {placed === 0 && <p class="graph-waiting" role="status">{words.arranging}</p>}
            <p id={`${id}-keys`} class="unseen">{words.keys}</p>
            <p class="unseen" role="status">{now ? words.selected(nameOf(now), classOf(now), looks?.get(now.id) ? stateText(looks.get(now.id)) : "", around) : ""}</p>
            <div class="graph-tools" role="group" aria-label={words.tools}>
                <button type="button" class="icon-only" aria-label={words.zoomIn} title={words.zoomIn} onClick={() => zoom(1.25)}><Icon name="plus" /></button>
                <button type="button" class="icon-only" aria-label={words.zoomOut} title={words.zoomOut} onClick={() => zoom(0.8)}><Icon name="minus" /></button>
                <button type="button" class="icon-only" aria-label={words.fit} title={words.fit} onClick={fit}><Icon name="fit" /></button>
            </div>
        </div>
    );
}

function pictureOf(cy: Core, colours: Colours, font: string, title: string, notes: string[]): Picture {
    const inner = cy.nodes().filter((each) => !each.isParent());
    return {
        title, notes, font, ground: colours.surface, text: colours.text, faint: colours.faint, accent: colours.accent,
        groups: cy.nodes().filter((each) => each.isParent()).map((each) => {
            const { x1, y1, x2, y2 } = each.boundingBox({ includeLabels: false });
            return { x1, y1, x2, y2, label: String(each.data("label")) };
        }),
        nodes: inner.map((each) => each as cytoscape.NodeSingular).map((each) => ({
            x: each.position("x"), y: each.position("y"), size: Number(each.data("size")), title: String(each.data("title")), lines: each.data("lines") as string[], monogram: String(each.data("monogram")), outline: String(each.data("outline")),
            fill: String(each.data("fill")), line: String(each.data("line")), ink: String(each.data("ink")), isSelected: each.hasClass("selected"), isDimmed: each.hasClass("dimmed"),
        })),
        edges: cy.edges().map((each) => {
            const isBright = each.hasClass("bright") || each.hasClass("near");
            const from = each.sourceEndpoint(), to = each.targetEndpoint();
            return {
                from: { x: from.x, y: from.y }, to: { x: to.x, y: to.y }, bends: (each.controlPoints() ?? []).slice(0, 1), isDashed: each.hasClass("weak"), width: isBright ? 2.4 : 1.3,
                colour: isBright ? colours.accent : colours.line, label: isBright || each.hasClass("named") ? String(each.data("type")) : "", isDimmed: each.hasClass("dimmed"),
            };
        }),
    };
}

// What the symbols mean: states, classes with how many of them are drawn, lines.
export function Legend({ graph, looks, layout = "layers" }: { graph: Graph; looks?: ReadonlyMap<string, string>; layout?: LayoutName }) {
    const relationships = graph.drawable(), unwritten = unwrittenType(graph);
    const sense = useSense(), words = text.graph;
    const counts = new Map<string, number>();
    for (const each of graph.elements.values()) counts.set(classOf(each), (counts.get(classOf(each)) ?? 0) + 1);
    const letters = monograms(counts.keys());
    const states = [...new Set([...graph.elements.keys()].map((each) => looks?.get(each) ?? "").filter((each) => lookOf(each)))];
    const isWeak = (each: Relationship) => (sense?.depends.get(each.type) ?? "none") === "none";
    return (
        <dl class="legend" aria-label={words.legend}>
            {states.map((state) => { const look = lookOf(state)!; return <div key={state}><dt><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d={look.outline} style={{ fill: `var(${look.colour})` }} /></svg></dt><dd>{stateText(state)}</dd></div>; })}
            {[...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => <div key={name}><dt class="monogram" aria-hidden="true">{letters.get(name)}</dt><dd>{name} <span class="faint">{text.count(count)}</span></dd></div>)}
            {relationships.some((each) => !isWeak(each)) && <div><dt class="line" aria-hidden="true" /><dd>{words.dependency[layout]}{unwritten ? words.usual(unwritten) : ""}</dd></div>}
            {relationships.some(isWeak) && <div><dt class="line weak" aria-hidden="true" /><dd>{words.noDependency}</dd></div>}
        </dl>
    );
}
