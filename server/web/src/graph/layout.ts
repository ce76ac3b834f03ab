// Where elements are drawn. Three layouts, all deterministic: the same graph gives the same picture everywhere.
//
//   layers    what depends on something is above it, services on top; `sideways` is the same from left to right
//   rings     by hops around what was asked for
//
// Who was placed before is handed in again (`kept`) and stays where it was while a graph grows: only what new relationships
// push down moves. This file knows neither browser nor Cytoscape; layout_worker.ts runs it off the main thread.

export const layouts = ["layers", "sideways", "rings"] as const;
export type LayoutName = (typeof layouts)[number];
// Around a ring lines cross whoever stands between: of more than so many elements nobody can follow them.
export const ringsMost = 60;
export const isLayout = (name: string): name is LayoutName => (layouts as readonly string[]).includes(name);

// isTop: where nothing depends on it, it belongs into the topmost layer. group: elements of a group share a lane.
export interface LayoutNode { id: string; isTop?: boolean; group?: string }
// `above` depends on `below`. isWeak: no dependency; it keeps the two near each other and says nothing about layers.
export interface LayoutEdge { above: string; below: string; isWeak?: boolean }
export interface Place { x: number; y: number; layer: number; row: number }
export interface LayoutAsk {
    layout: LayoutName; nodes: LayoutNode[]; edges: LayoutEdge[];
    roots?: string[];                       // of rings
    kept?: ReadonlyMap<string, Place>;      // from the answer before, for the same layout and grouping
    isDense?: boolean;                      // of layers: points without names, close together
}
export type Places = Map<string, Place>;

interface Cell { along: number; rows: number; layers: number }
const cells: Record<"layers" | "sideways" | "dense", Cell> = {
    dense: { along: 44, rows: 44, layers: 132 },
    layers: { along: 136, rows: 80, layers: 108 },
    sideways: { along: 72, rows: 150, layers: 210 },
};
const lanePadding = 56, laneMost = 5, ringGap = 120, ringCell = 112, sweeps = 12;

interface Indexed { n: number; strong: [number, number][]; weak: [number, number][] }

function indexed(nodes: LayoutNode[], edges: LayoutEdge[]): Indexed {
    const at = new Map(nodes.map((each, i) => [each.id, i]));
    const strong: [number, number][] = [], weak: [number, number][] = [];
    const seen = new Set<number>();
    for (const { above, below, isWeak } of edges) {
        const a = at.get(above), b = at.get(below);
        if (a === undefined || b === undefined || a === b) continue;
        const code = (a * nodes.length + b) * 2 + (isWeak ? 1 : 0);
        if (seen.has(code)) continue;
        seen.add(code);
        (isWeak ? weak : strong).push([a, b]);
    }
    return { n: nodes.length, strong, weak };
}

const lists = (n: number): number[][] => Array.from({ length: n }, () => []);

// The number of each node's strongly connected component (Tarjan, without recursion: chains may be long).
export function components(n: number, below: number[][]): number[] {
    const component = new Array<number>(n).fill(-1), low = new Array<number>(n).fill(0), number = new Array<number>(n).fill(-1);
    const stack: number[] = [];
    let counter = 0, count = 0;
    for (let root = 0; root < n; ++root) {
        if (number[root]! >= 0) continue;
        const open: [number, number][] = [[root, 0]];
        while (open.length > 0) {
            const top = open[open.length - 1]!, v = top[0];
            if (top[1] === 0) {
                number[v] = low[v] = counter++;
                stack.push(v);
            }
            const next = below[v]![top[1]];
            if (next !== undefined) {
                ++top[1];
                if (number[next]! < 0) open.push([next, 0]);
                else if (component[next]! < 0) low[v] = Math.min(low[v]!, number[next]!);
                continue;
            }
            open.pop();
            const parent = open[open.length - 1]?.[0];
            if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[v]!);
            if (low[v] !== number[v]) continue;
            for (let w = stack.pop()!; ; w = stack.pop()!) {
                component[w] = count;
                if (w === v) break;
            }
            ++count;
        }
    }
    return component;
}

// The dependencies without those that close a cycle: inside a component, those against the layers they had, then those
// that a search finds to lead back.
function withoutCycles(n: number, strong: [number, number][], layerBefore: (number | undefined)[]): [number, number][] {
    const below = lists(n);
    for (const [a, b] of strong) below[a]!.push(b);
    const component = components(n, below);
    const isBack = ([a, b]: [number, number]) => {
        const la = layerBefore[a], lb = layerBefore[b];
        return component[a] === component[b] && la !== undefined && lb !== undefined && la >= lb;
    };
    const rest = strong.filter((edge) => !isBack(edge));
    const inside = lists(n);
    for (const [a, b] of rest) if (component[a] === component[b]) inside[a]!.push(b);
    const state = new Uint8Array(n), back = new Set<number>();  // state: 1 on the way, 2 done
    for (let root = 0; root < n; ++root) {
        if (state[root] !== 0) continue;
        state[root] = 1;
        const open: [number, number][] = [[root, 0]];
        while (open.length > 0) {
            const top = open[open.length - 1]!, v = top[0], next = inside[v]![top[1]++];
            if (next === undefined) {
                state[v] = 2;
                open.pop();
            } else if (state[next] === 1) back.add(v * n + next);
            else if (state[next] === 0) {
                state[next] = 1;
                open.push([next, 0]);
            }
        }
    }
    return rest.filter(([a, b]) => !back.has(a * n + b));
}

function topological(n: number, above: number[][], below: number[][]): number[] {
    const waits = above.map((each) => each.length), order: number[] = [];
    for (let v = 0; v < n; ++v) if (waits[v] === 0) order.push(v);
    for (let i = 0; i < order.length; ++i) for (const next of below[order[i]!]!) if (--waits[next]! === 0) order.push(next);
    return order;
}

function layersOf(nodes: LayoutNode[], { n, strong, weak }: Indexed, before: (number | undefined)[]): number[] {
    const acyclic = withoutCycles(n, strong, before);
    const above = lists(n), below = lists(n);
    for (const [a, b] of acyclic) {
        below[a]!.push(b);
        above[b]!.push(a);
    }
    const order = topological(n, above, below);
    const isLoose = (v: number) => above[v]!.length === 0 && below[v]!.length === 0;
    const layer = before.slice() as (number | undefined)[];
    const known = (list: number[]) => list.map((v) => layer[v]).filter((each): each is number => each !== undefined);
    const top = () => Math.min(0, ...known(order.filter((v) => nodes[v]!.isTop)));

    // What hangs on what is placed: below it, else above it.
    for (let hasChanged = before.some((each) => each !== undefined); hasChanged;) {
        hasChanged = false;
        for (const v of order) {
            if (layer[v] !== undefined) continue;
            const placed = known(above[v]!);
            if (placed.length === 0) continue;
            layer[v] = Math.max(...placed) + 1;
            hasChanged = true;
        }
        for (let i = order.length - 1; i >= 0; --i) {
            const v = order[i]!;
            if (layer[v] !== undefined) continue;
            const placed = known(below[v]!);
            if (placed.length === 0) continue;
            layer[v] = Math.min(...placed) - 1;
            if (nodes[v]!.isTop && above[v]!.length === 0) layer[v] = Math.min(layer[v]!, top());
            hasChanged = true;
        }
    }
    // The rest by its longest way from the top; who is no service stands just above what needs it.
    const fresh = order.filter((v) => layer[v] === undefined && !isLoose(v)), isFresh = new Set(fresh);
    for (const v of fresh) layer[v] = above[v]!.reduce((most, each) => Math.max(most, layer[each]! + 1), 0);
    for (let i = fresh.length - 1; i >= 0; --i) {
        const v = fresh[i]!;
        if (above[v]!.length === 0 && !nodes[v]!.isTop && below[v]!.every((each) => isFresh.has(each))) layer[v] = Math.min(...below[v]!.map((each) => layer[each]!)) - 1;
    }
    for (const v of order) for (const each of above[v]!) if (layer[v] !== undefined) layer[v] = Math.max(layer[v]!, layer[each]! + 1);

    // Who depends on nothing and on whom nothing depends stands beside who it is related to, and never on top.
    const near = Array.from({ length: n }, (): [number, 1 | -1][] => []);
    for (const [a, b] of weak) {
        near[a]!.push([b, -1]);
        near[b]!.push([a, 1]);
    }
    const first = layer.reduce<number>((least, each) => Math.min(least, each ?? Infinity), Infinity);
    const open: number[] = [];
    for (let v = 0; v < n; ++v) if (layer[v] !== undefined) open.push(v);
    const visit = () => {
        for (const v of open) for (const [w] of near[v]!) {
            if (layer[w] !== undefined) continue;
            const [, step] = near[w]!.find(([other]) => other === v)!;
            const wanted = layer[v]! + step;
            layer[w] = wanted < first ? layer[v]! + 1 : wanted;
            open.push(w);
        }
        open.length = 0;
    };
    visit();
    for (let v = 0; v < n; ++v) if (layer[v] === undefined) {
        layer[v] = Number.isFinite(first) ? first : 0;
        open.push(v);
        visit();
    }
    return layer as number[];
}

// Values in the order in which they are given, at least `gap` apart, as near as possible to what was wanted (least squares; pool
// adjacent violators).
export function spread(wanted: number[], gap: number): number[] {
    const blocks: { sum: number; count: number }[] = [];
    wanted.forEach((value, i) => {
        blocks.push({ sum: value - i * gap, count: 1 });
        for (;;) {
            const last = blocks[blocks.length - 1]!, other = blocks[blocks.length - 2];
            if (!other || other.sum / other.count <= last.sum / last.count) break;
            blocks.pop();
            other.sum += last.sum;
            other.count += last.count;
        }
    });
    let i = 0;
    return blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count + i++ * gap));
}

const rowMostOf = (n: number) => Math.max(9, Math.ceil(Math.sqrt(n) * 1.7));
const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

// Along and row of each node of layers that nobody has been placed in yet. Long layers take several rows.
function arranged(layer: number[], neighbours: number[][], cell: Cell): { along: number[]; row: number[] } {
    const n = layer.length, rowMost = rowMostOf(n);
    const byLayer = new Map<number, number[]>();
    // In the order of a search from the top, so that what belongs together starts side by side.
    const isSeen = new Uint8Array(n), start = Array.from({ length: n }, (_, v) => v).sort((a, b) => layer[a]! - layer[b]! || a - b);
    for (const root of start) {
        const open = [root];
        while (open.length > 0) {
            const v = open.pop()!;
            if (isSeen[v]) continue;
            isSeen[v] = 1;
            const list = byLayer.get(layer[v]!);
            if (list) list.push(v);
            else byLayer.set(layer[v]!, [v]);
            for (let i = neighbours[v]!.length - 1; i >= 0; --i) if (layer[neighbours[v]![i]!]! > layer[v]!) open.push(neighbours[v]![i]!);
        }
    }
    const rows = [...byLayer.keys()].sort((a, b) => a - b).map((each) => byLayer.get(each)!);
    const along = new Array<number>(n).fill(0), row = new Array<number>(n).fill(0);
    const place = (list: number[], wanted: (v: number) => number) => {
        const rowCount = Math.ceil(list.length / rowMost), columns = Math.ceil(list.length / rowCount);
        const column = (i: number) => Math.floor(i / rowCount);
        const wishes = Array.from({ length: columns }, (_, c) => mean(list.slice(c * rowCount, (c + 1) * rowCount).map(wanted)));
        const at = spread(wishes, cell.along);
        list.forEach((v, i) => {
            along[v] = at[column(i)]!;
            row[v] = i % rowCount;
        });
    };
    for (const list of rows) {
        const where = new Map(list.map((v, i) => [v, (i - list.length / 2) * cell.along]));
        place(list, (v) => where.get(v)!);
    }
    let best = along.slice(), bestRow = row.slice(), bestLength = Infinity;
    for (let sweep = 0; sweep < sweeps; ++sweep) {
        const isDown = sweep % 2 === 0, isLast = sweep >= sweeps - 2;
        for (const list of isDown ? rows : [...rows].reverse()) {
            const wish = new Map(list.map((v) => {
                const others = neighbours[v]!.filter((w) => isLast || (isDown ? layer[w]! < layer[v]! : layer[w]! > layer[v]!));
                return [v, others.length > 0 ? mean(others.map((w) => along[w]!)) : along[v]!];
            }));
            list.sort((a, b) => wish.get(a)! - wish.get(b)! || along[a]! - along[b]! || a - b);
            place(list, (v) => wish.get(v)!);
        }
        let length = 0;
        for (let v = 0; v < n; ++v) for (const w of neighbours[v]!) length += Math.abs(along[v]! - along[w]!);
        if (length < bestLength - 1e-6) {
            bestLength = length;
            best = along.slice();
            bestRow = row.slice();
        }
    }
    return { along: best, row: bestRow };
}

// Without wide gaps inside a layer: points are compared by order and density, and a few far out would make all the rest small.
function compacted(layer: number[], along: number[], gapMost: number): number[] {
    const byLayer = new Map<number, number[]>(), result = along.slice();
    layer.forEach((each, v) => {
        const list = byLayer.get(each);
        if (list) list.push(v);
        else byLayer.set(each, [v]);
    });
    for (const list of byLayer.values()) {
        list.sort((a, b) => along[a]! - along[b]! || a - b);
        let left = 0;
        list.forEach((v, i) => {
            if (i > 0) left += Math.min(gapMost, along[v]! - along[list[i - 1]!]!);
            result[v] = left;
        });
        // Its middle goes where it was, or near it.
        const shift = mean(list.map((v) => along[v]!)) / 4 - mean(list.map((v) => result[v]!));
        for (const v of list) result[v]! += shift;
    }
    return result;
}

// The free place nearest to `wanted` in a row whose places are `taken`, ascending.
function nearestFree(taken: number[], wanted: number, gap: number): number {
    let lo = 0, hi = taken.length;
    while (lo < hi) {
        const middle = (lo + hi) >> 1;
        if (taken[middle]! < wanted) lo = middle + 1;
        else hi = middle;
    }
    let best = Infinity;
    const tryGap = (left: number, right: number) => {  // between two that are taken
        if (right - left < 2 * gap - 1e-6) return;
        const at = Math.min(Math.max(wanted, left + gap), right - gap);
        if (Math.abs(at - wanted) < Math.abs(best - wanted)) best = at;
    };
    const isWorse = (edge: number) => Math.abs(edge - wanted) > Math.abs(best - wanted);
    for (let i = lo; i >= 0; --i) {
        tryGap(taken[i - 1] ?? -Infinity, taken[i] ?? Infinity);
        if (i > 0 && isWorse(taken[i - 1]!)) break;
    }
    for (let i = lo; i < taken.length; ++i) {
        tryGap(taken[i]!, taken[i + 1] ?? Infinity);
        if (isWorse(taken[i]!)) break;
    }
    return best;
}

// The same where some are placed already: they stay, the rest goes to the free places nearest to whom it is related to.
function grown(layer: number[], neighbours: number[][], stays: (Place | undefined)[], alongOf: (place: Place) => number, wanted: (number | undefined)[], cell: Cell) {
    const n = layer.length, along = new Array<number>(n).fill(0), row = new Array<number>(n).fill(0);
    const limit = (rowMostOf(n) * cell.along) / 2;
    const taken = new Map<string, number[]>(), rowCounts = new Map<number, number>();
    const isPlaced = new Uint8Array(n);
    const put = (v: number, at: number, inRow: number) => {
        along[v] = at;
        row[v] = inRow;
        isPlaced[v] = 1;
        const name = `${layer[v]} ${inRow}`, list = taken.get(name) ?? [];
        let i = list.length;
        while (i > 0 && list[i - 1]! > at) --i;
        list.splice(i, 0, at);
        taken.set(name, list);
        rowCounts.set(layer[v]!, Math.max(rowCounts.get(layer[v]!) ?? 1, inRow + 1));
    };
    const open: number[] = [];
    for (let v = 0; v < n; ++v) if (stays[v]) {
        put(v, alongOf(stays[v]!), stays[v]!.row);
        open.push(v);
    }
    const centre = open.length > 0 ? mean(open.map((v) => along[v]!)) : 0;
    const find = (v: number) => {
        const placed = neighbours[v]!.filter((w) => isPlaced[w]);
        const wish = wanted[v] ?? (placed.length > 0 ? mean(placed.map((w) => along[w]!)) : centre);
        const rowCount = rowCounts.get(layer[v]!) ?? 1;
        let best = Infinity, bestRow = 0;
        for (let r = 0; r < rowCount; ++r) {
            const at = nearestFree(taken.get(`${layer[v]} ${r}`) ?? [], wish, cell.along);
            if (Math.abs(at - wish) < Math.abs(best - wish)) [best, bestRow] = [at, r];
        }
        if (Math.abs(best - wish) > limit) [best, bestRow] = [wish, rowCount];
        put(v, best, bestRow);
        open.push(v);
    };
    for (let i = 0; i < open.length; ++i) for (const w of neighbours[open[i]!]!) if (!isPlaced[w]) find(w);
    for (let v = 0; v < n; ++v) if (!isPlaced[v]) {
        find(v);
        for (let i = open.length - 1; i < open.length; ++i) for (const w of neighbours[open[i]!]!) if (!isPlaced[w]) find(w);
    }
    return { along, row };
}

// Lanes side by side, one a group, in the order in which groups come; the layers go through all of them.
function inLanes(nodes: LayoutNode[], layer: number[], along: number[], cell: Cell) {
    const lanes = new Map<string, Map<number, number[]>>();
    nodes.forEach((node, v) => {
        const lane = lanes.get(node.group ?? "") ?? new Map<number, number[]>();
        lanes.set(node.group ?? "", lane);
        const list = lane.get(layer[v]!) ?? [];
        lane.set(layer[v]!, list);
        list.push(v);
    });
    const widths = new Map<string, number>(), middles = new Map<string, number>();
    const perRow = (lane: Map<number, number[]>) => Math.max(laneMost, Math.ceil(Math.sqrt(Math.max(...[...lane.values()].map((each) => each.length))) * 1.4));
    for (const [name, lane] of lanes) {
        const most = perRow(lane);
        widths.set(name, Math.max(...[...lane.values()].map((each) => Math.min(most, each.length))) * cell.along);
        middles.set(name, mean([...lane.values()].flat().map((v) => along[v]!)));
    }
    const placed = new Array<number>(nodes.length).fill(0), row = new Array<number>(nodes.length).fill(0);
    let left = 0;
    for (const [name, lane] of [...lanes].sort(([a], [b]) => middles.get(a)! - middles.get(b)! || (a < b ? -1 : 1))) {
        const most = perRow(lane), width = widths.get(name)!;
        for (const list of lane.values()) {
            list.sort((a, b) => along[a]! - along[b]! || a - b);
            const rowCount = Math.ceil(list.length / most), columns = Math.ceil(list.length / rowCount);
            list.forEach((v, i) => {
                placed[v] = left + width / 2 + (Math.floor(i / rowCount) - (columns - 1) / 2) * cell.along;
                row[v] = i % rowCount;
            });
        }
        left += width + lanePadding;
    }
    return { along: placed, row };
}

function layered(ask: LayoutAsk): Places {
    const isSideways = ask.layout === "sideways", cell = cells[isSideways ? "sideways" : ask.isDense ? "dense" : "layers"];
    const { nodes, kept } = ask, index = indexed(nodes, ask.edges);
    const before = nodes.map((each) => kept?.get(each.id));
    const layer = layersOf(nodes, index, before.map((each) => each?.layer));
    const neighbours = lists(index.n);
    for (const [a, b] of [...index.strong, ...index.weak]) {
        neighbours[a]!.push(b);
        neighbours[b]!.push(a);
    }
    const alongOf = (place: Place) => (isSideways ? place.y : place.x), acrossOf = (place: Place) => (isSideways ? place.x : place.y);
    const stays = before.map((each, v) => (each && each.layer === layer[v] ? each : undefined));
    const hasGroups = nodes.some((each) => each.group !== undefined);
    const isGrown = stays.some(Boolean);
    let { along, row } = isGrown
        ? grown(layer, neighbours, stays, alongOf, before.map((each) => each && alongOf(each)), cell)
        : arranged(layer, neighbours, cell);
    if (ask.isDense && !isGrown) along = compacted(layer, along, 2 * cell.along);
    if (hasGroups) ({ along, row } = inLanes(nodes, layer, along, cell));
    const rowCounts = new Map<number, number>();
    layer.forEach((each, v) => rowCounts.set(each, Math.max(rowCounts.get(each) ?? 1, row[v]! + 1)));
    const across = new Map<number, number>();
    let next = 0;
    for (const each of [...rowCounts.keys()].sort((a, b) => a - b)) {
        across.set(each, next);
        next += cell.layers + (rowCounts.get(each)! - 1) * cell.rows;
    }
    const anchor = hasGroups ? -1 : stays.findIndex(Boolean);
    const shift = anchor < 0 ? 0 : acrossOf(stays[anchor]!) - across.get(layer[anchor]!)! - row[anchor]! * cell.rows;
    return new Map(nodes.map(({ id }, v) => {
        const far = across.get(layer[v]!)! + row[v]! * cell.rows + shift;
        return [id, { x: isSideways ? far : along[v]!, y: isSideways ? along[v]! : far, layer: layer[v]!, row: row[v]! }];
    }));
}

function rings({ nodes, edges, roots = [], kept }: LayoutAsk): Places {
    const { n, strong, weak } = indexed(nodes, edges);
    const neighbours = lists(n);
    for (const [a, b] of [...strong, ...weak]) {
        neighbours[a]!.push(b);
        neighbours[b]!.push(a);
    }
    const ring = new Array<number>(n).fill(-1), angle = new Array<number>(n).fill(0);
    let open = nodes.flatMap((each, v) => (roots.includes(each.id) ? [v] : []));
    if (open.length === 0 && n > 0) open = [0];
    open.forEach((v) => { ring[v] = 0; });
    const places: Places = new Map();
    let radius = 0, hops = 0;
    for (; open.length > 0; ++hops) {
        const wish = new Map(open.map((v) => {
            const before = kept?.get(nodes[v]!.id);
            if (before && Math.hypot(before.x, before.y) > 1) return [v, Math.atan2(before.y, before.x)];
            const inner = neighbours[v]!.filter((w) => ring[w] === hops - 1);
            if (inner.length === 0) return [v, (2 * Math.PI * open.indexOf(v)) / open.length - Math.PI];
            return [v, Math.atan2(mean(inner.map((w) => Math.sin(angle[w]!))), mean(inner.map((w) => Math.cos(angle[w]!))))];
        }));
        const list = [...open].sort((a, b) => wish.get(a)! - wish.get(b)! || a - b);
        let rows = 1;
        const slots = () => Math.ceil(list.length / rows);  // of a row, all around
        if (hops === 0) radius = list.length === 1 ? 0 : Math.max(80, (list.length * ringCell) / (2 * Math.PI));
        else {
            radius += ringGap;
            while (slots() * ringCell > 2 * Math.PI * radius && rows < 8) ++rows;
            radius = Math.max(radius, (slots() * ringCell) / (2 * Math.PI));
        }
        const gap = radius === 0 ? 0 : ringCell / radius / rows;
        let at = spread(list.map((v) => wish.get(v)!), gap);
        if (at.length > 1 && at[at.length - 1]! - at[0]! > 2 * Math.PI - gap * rows) at = at.map((_, i) => at[0]! + (2 * Math.PI * i) / (slots() * rows));
        list.forEach((v, i) => {
            angle[v] = at[i]!;
            const r = radius + (i % rows) * (ringGap * 0.7);
            places.set(nodes[v]!.id, { x: r * Math.cos(at[i]!), y: r * Math.sin(at[i]!), layer: hops, row: i % rows });
        });
        radius += (rows - 1) * (ringGap * 0.7);
        const next: number[] = [];
        for (const v of list) for (const w of neighbours[v]!) if (ring[w]! < 0) {
            ring[w] = hops + 1;
            next.push(w);
        }
        // What cannot be reached goes around all the rest.
        open = next.length > 0 ? next : ring.flatMap((each, v) => (each < 0 ? [v] : []));
        open.forEach((v) => { ring[v] = hops + 1; });
    }
    return new Map(nodes.map(({ id }) => [id, places.get(id)!]));
}

export const layOut = (ask: LayoutAsk): Places => (ask.layout === "rings" ? rings(ask) : layered(ask));
