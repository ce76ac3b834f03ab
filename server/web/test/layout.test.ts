import assert from "node:assert/strict";
import { test } from "node:test";
import { type LayoutAsk, type LayoutEdge, type LayoutName, type LayoutNode, type Places, components, layOut, layouts, spread } from "../src/graph/layout";

// Numbers of 0 to 1, the same for the same seed.
function random(seed: number) {
    let state = seed;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
}
function randomGraph(seed: number, n: number, m: number, isCyclic: boolean) {
    const next = random(seed), pick = () => Math.floor(next() * n);
    const nodes: LayoutNode[] = Array.from({ length: n }, (_, i) => ({ id: `n${i}`, isTop: i % 17 === 0 }));
    const edges: LayoutEdge[] = [];
    for (let i = 0; i < m; ++i) {
        const a = pick(), b = pick();
        if (a === b) continue;
        const [above, below] = isCyclic || a < b ? [a, b] : [b, a];
        edges.push({ above: `n${above}`, below: `n${below}`, isWeak: next() < 0.1 });
    }
    return { nodes, edges };
}
const least = 40;  // px: symbols are 34 wide
function assertApart(places: Places, what: string) {
    const all = [...places].sort(([, a], [, b]) => a.y - b.y);
    for (let i = 0; i < all.length; ++i) {
        const [id, p] = all[i]!;
        assert.ok(Number.isFinite(p.x) && Number.isFinite(p.y), `${what}: ${id}`);
        for (let j = i + 1; j < all.length && all[j]![1].y - p.y < least; ++j)
            assert.ok(Math.hypot(all[j]![1].x - p.x, all[j]![1].y - p.y) >= least, `${what}: ${id} and ${all[j]![0]}`);
    }
}
// Every dependency that is no part of a cycle leads down.
function assertDown({ nodes, edges }: { nodes: LayoutNode[]; edges: LayoutEdge[] }, places: Places, what: string) {
    const at = new Map(nodes.map((each, i) => [each.id, i])), strong = edges.filter((each) => !each.isWeak);
    const below = nodes.map(() => [] as number[]);
    for (const each of strong) below[at.get(each.above)!]!.push(at.get(each.below)!);
    const component = components(nodes.length, below);
    for (const { above, below: under } of strong) {
        if (component[at.get(above)!] === component[at.get(under)!]) continue;
        assert.ok(places.get(above)!.y < places.get(under)!.y, `${what}: ${above} stands above ${under}`);
        assert.ok(places.get(above)!.layer < places.get(under)!.layer);
    }
}
const layersAsk = (graph: { nodes: LayoutNode[]; edges: LayoutEdge[] }, more: Partial<LayoutAsk> = {}): LayoutAsk => ({ layout: "layers", ...graph, ...more });

test("whatever the graph, every element has a place of its own and dependencies lead down, but in cycles", () => {
    for (let seed = 1; seed <= 60; ++seed) {
        const n = 2 + seed * 3, graph = randomGraph(seed, n, Math.floor(n * (seed % 4)), seed % 2 === 0);
        for (const layout of layouts) {
            const places = layOut({ layout, ...graph, roots: ["n0", ...(seed % 3 ? [] : ["n1"])] });
            assert.equal(places.size, n);
            assertApart(places, `${layout} of seed ${seed}`);
            if (layout === "layers") assertDown(graph, places, `seed ${seed}`);
        }
        const grouped = { ...graph, nodes: graph.nodes.map((each, i) => ({ ...each, group: `g${i % 4}` })) };
        const lanes = layOut(layersAsk(grouped));
        assertApart(lanes, `lanes of seed ${seed}`);
        assertDown(grouped, lanes, `lanes of seed ${seed}`);
    }
});

test("the same question has the same answer", () => {
    const graph = randomGraph(7, 200, 400, true);
    for (const layout of layouts) assert.deepEqual(layOut({ layout, ...graph }), layOut({ layout, ...graph }));
});

test("sideways is layers from left to right", () => {
    const graph = randomGraph(3, 60, 90, false), places = layOut({ layout: "sideways", ...graph });
    for (const { above, below, isWeak } of graph.edges) if (!isWeak) assert.ok(places.get(above)!.x < places.get(below)!.x);
});

test("nothing, one element, a relationship with itself and one that leads nowhere can be drawn", () => {
    for (const layout of layouts) {
        assert.equal(layOut({ layout, nodes: [], edges: [] }).size, 0);
        const alone = layOut({ layout, nodes: [{ id: "a" }], edges: [{ above: "a", below: "a" }, { above: "a", below: "gone" }] });
        assert.deepEqual([...alone.keys()], ["a"]);
        assertApart(alone, layout);
    }
});

test("services stand on top, and what is related but depends on nothing beside what it belongs to", () => {
    const nodes = [{ id: "app" }, { id: "service", isTop: true }, { id: "short", isTop: true }, { id: "host" }, { id: "contract" }, { id: "probe" }, { id: "owner" }];
    const edges = [{ above: "service", below: "app" }, { above: "app", below: "host" }, { above: "short", below: "host" }, { above: "probe", below: "host" },
        { above: "contract", below: "host", isWeak: true }, { above: "owner", below: "service", isWeak: true }];
    const layer = (id: string) => places.get(id)!.layer, places = layOut(layersAsk({ nodes, edges }));
    assert.deepEqual(["service", "short", "app", "probe", "host", "contract"].map(layer), [0, 0, 1, 1, 2, 1]);
    assert.equal(layer("owner"), 1);  // not above the services
});

test("whoever was placed stays when leaves come, below or above", () => {
    for (let seed = 1; seed <= 30; ++seed) {
        const graph = randomGraph(seed, 60, 80, seed % 2 === 0), next = random(seed + 1000);
        for (const layout of ["layers", "sideways"] as LayoutName[]) {
            let kept = layOut({ layout, ...graph });
            const nodes = [...graph.nodes], edges = [...graph.edges];
            for (let i = 0; i < 12; ++i) {
                const other = nodes[Math.floor(next() * nodes.length)]!.id, id = `leaf${i}`;
                nodes.push({ id, isTop: i % 5 === 0 });
                edges.push(i % 2 ? { above: other, below: id } : { above: id, below: other });
                const now = layOut({ layout, nodes, edges, kept });
                for (const [name, before] of kept) {
                    assert.equal(now.get(name)!.layer, before.layer, `seed ${seed}, ${id}: the layer of ${name}`);
                    assert.equal(layout === "layers" ? now.get(name)!.x : now.get(name)!.y, layout === "layers" ? before.x : before.y, `seed ${seed}, ${id}: the place of ${name}`);
                }
                assertApart(now, `seed ${seed}, ${id}`);
                if (layout === "layers") assertDown({ nodes, edges }, now, `seed ${seed}, ${id}`);
                kept = now;
            }
        }
    }
});

test("a layer that fits in its row moves nobody at all; a fan of hundreds takes rows, not a line", () => {
    const star = (n: number) => ({ nodes: [{ id: "hub" }, ...Array.from({ length: n }, (_, i) => ({ id: `n${i}` }))], edges: Array.from({ length: n }, (_, i) => ({ above: "hub", below: `n${i}` })) });
    const small = layOut(layersAsk(star(3))), grown = layOut(layersAsk(star(5), { kept: small }));
    for (const [id, place] of small) assert.deepEqual(grown.get(id), place);
    for (const places of [layOut(layersAsk(star(400))), layOut(layersAsk(star(400), { kept: small }))]) {
        const xs = [...places.values()].map((each) => each.x), ys = [...places.values()].map((each) => each.y);
        const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
        assert.ok(width < 8 * height, `${width} by ${height}`);
        assertApart(places, "a fan");
    }
});

test("a dependency between two that were placed pushes down only what it must", () => {
    const nodes = ["a", "b", "c", "d"].map((id) => ({ id })), edges = [{ above: "a", below: "b" }, { above: "c", below: "d" }];
    const kept = layOut(layersAsk({ nodes, edges }));
    const now = layOut(layersAsk({ nodes, edges: [...edges, { above: "b", below: "c" }] }, { kept }));
    assert.deepEqual(now.get("a"), kept.get("a"));
    assert.deepEqual(now.get("b"), kept.get("b"));
    assert.deepEqual(["a", "b", "c", "d"].map((id) => now.get(id)!.layer), [0, 1, 2, 3]);
});

test("lanes do not overlap, and layers go through all of them", () => {
    const graph = randomGraph(11, 120, 200, false), nodes = graph.nodes.map((each, i) => ({ ...each, group: `g${i % 5}` }));
    const places = layOut(layersAsk({ nodes, edges: graph.edges }));
    const spans = [0, 1, 2, 3, 4].map((g) => {
        const xs = nodes.filter((each) => each.group === `g${g}`).map((each) => places.get(each.id)!.x);
        return [Math.min(...xs), Math.max(...xs)] as const;
    }).sort(([a], [b]) => a - b);
    for (let i = 1; i < spans.length; ++i) assert.ok(spans[i]![0] - spans[i - 1]![1] >= 100, JSON.stringify(spans));
});

test("crossings are fewer than in the order in which elements came", () => {
    // A tree of which the leaves come in a scattered order: it can be drawn without any.
    const nodes: LayoutNode[] = [{ id: "root" }], edges: LayoutEdge[] = [];
    for (let i = 0; i < 4; ++i) {
        nodes.push({ id: `m${i}` });
        edges.push({ above: "root", below: `m${i}` });
    }
    for (let i = 0; i < 8; ++i) {
        nodes.push({ id: `leaf${i}` });
        edges.push({ above: `m${(i * 3) % 4}`, below: `leaf${i}` });
    }
    const places = layOut(layersAsk({ nodes, edges }));
    let crossings = 0;
    for (const a of edges) for (const b of edges) {
        const [u, v, w, x] = [places.get(a.above)!, places.get(a.below)!, places.get(b.above)!, places.get(b.below)!];
        if (u.layer === w.layer && v.layer === x.layer && u.x < w.x && v.x > x.x) ++crossings;
    }
    assert.equal(crossings, 0);
});

test("rings are by hops around what was asked for", () => {
    const nodes = ["hub", "a", "b", "c", "far"].map((id) => ({ id }));
    const places = layOut({ layout: "rings", nodes, edges: [{ above: "hub", below: "a" }, { above: "b", below: "hub" }, { above: "hub", below: "c" }, { above: "c", below: "far" }], roots: ["hub"] });
    const radius = (id: string) => Math.hypot(places.get(id)!.x, places.get(id)!.y);
    assert.equal(radius("hub"), 0);
    assert.ok(Math.abs(radius("a") - radius("b")) < 1e-6 && radius("far") > radius("c") + 50);
});

test("values are spread as little as their gap asks for", () => {
    assert.deepEqual(spread([5, 5, 5], 10), [-5, 5, 15]);
    assert.deepEqual(spread([0, 100, 101], 10), [0, 95.5, 105.5]);
    assert.deepEqual(spread([], 10), []);
});

test("5,000 elements are laid out in well under two seconds, a chain as long as that too", (t) => {
    const graph = randomGraph(5, 5000, 10_000, true);
    for (const layout of layouts) {
        // Of the processor: others may be busy, too.
        const start = process.cpuUsage();
        const places = layOut({ layout, ...graph, roots: ["n0"] });
        const { user, system } = process.cpuUsage(start), took = (user + system) / 1000;
        t.diagnostic(`${layout}: ${took.toFixed(0)} ms for 5,000 elements and 10,000 relationships`);
        assert.ok(took < 2_000, `${layout}: ${took} ms`);
        assert.equal(places.size, 5000);
    }
    const chain = Array.from({ length: 5000 }, (_, i) => ({ id: `n${i}` }));
    const places = layOut(layersAsk({ nodes: chain, edges: chain.slice(1).map((each, i) => ({ above: `n${i}`, below: each.id })) }));
    assert.equal(places.get("n4999")!.layer, 4999);
});
