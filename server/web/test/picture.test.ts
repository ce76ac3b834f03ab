import assert from "node:assert/strict";
import { test } from "node:test";
import { inLines, monograms } from "../src/graph/monogram";
import { type Picture, svgOf } from "../src/graph/picture";
import { fileName } from "../src/graph/save";

const colours = { font: '"Noto Sans", sans-serif', ground: "rgb(255, 255, 255)", text: "rgb(0, 0, 0)", faint: "rgb(90, 90, 90)", accent: "rgb(0, 80, 90)" };
const node = (x: number, y: number, name: string) => ({ x, y, size: 34, title: name, lines: [name], monogram: "Se", outline: "M0 0H16V16H0Z", fill: "rgb(1, 2, 3)", line: "rgb(4, 5, 6)", ink: "rgb(7, 8, 9)" });
const picture = (more: Partial<Picture>): Picture => ({ nodes: [], edges: [], groups: [], title: "", notes: [], ...colours, ...more });

test("a picture is well-formed whatever elements are called, and has everything in its frame", () => {
    const svg = svgOf(picture({
        title: "a < b & \"c\"", notes: ["2 of 3 <shown>"], nodes: [node(-500, 20, "x & y <z>\u0001"), node(900, 700, "b")],
        edges: [{ from: { x: -500, y: 40 }, to: { x: 900, y: 680 }, bends: [], isDashed: true, colour: "rgb(1, 1, 1)", width: 1.3, label: "A&B" }],
        groups: [{ x1: -600, y1: 0, x2: -400, y2: 60, label: "<lane>" }],
    }));
    assert.doesNotMatch(svg.replace(/&(amp|lt|gt|quot);/g, ""), /[&\u0001]/);
    const names = [...svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)], open: string[] = [];
    for (const [, isEnd, name, isWhole] of names) {
        if (isWhole) continue;
        if (isEnd) assert.equal(open.pop(), name);
        else open.push(name!);
    }
    assert.deepEqual(open, []);
    const [x, y, width, height] = /viewBox="([^"]+)"/.exec(svg)![1]!.split(" ").map(Number) as [number, number, number, number];
    assert.ok(x < -600 && y < -20 && x + width > 966 && y + height > 740, svg.slice(0, 300));
    assert.match(svg, /stroke-dasharray/);
});

test("nothing drawn is a picture, too", () => assert.match(svgOf(picture({ title: "empty" })), /^<svg[^>]+width="\d/));

test("each class has letters of its own, the same whatever the order", () => {
    const names = ["VirtualServer", "Application", "Appliance", "App", "Server", "Service", "Storage", "VirtualService", "Über", "x", "", "7"];
    const letters = monograms(names);
    assert.equal(letters.get("VirtualServer"), "VS");
    assert.equal(letters.get("Server"), "Se");
    assert.equal(new Set(letters.values()).size, names.length);
    assert.deepEqual(new Map(monograms([...names].reverse())), letters);
    assert.equal(new Set(monograms(Array.from({ length: 60 }, (_, i) => `Class${i}`)).values()).size, 60);
});

test("names are broken where words end, in two lines at most", () => {
    assert.deepEqual(inLines("db01"), ["db01"]);
    assert.deepEqual(inLines("Booking and reservations"), ["Booking and", "reservations"]);
    assert.deepEqual(inLines("hypervisor-host-e02.example.net"), ["hypervisor-host-", "e02.example.net"]);
    for (const name of ["a".repeat(90), "one two three four five six seven eight nine ten eleven"]) {
        const lines = inLines(name);
        assert.ok(lines.length === 2 && lines.every((each) => each.length <= 18) && lines[1]!.endsWith("…"), lines.join("|"));
    }
});

test("a file is called after what it shows, whatever that is called", () => {
    assert.equal(fileName("Booking and reservations", "svg"), "Booking-and-reservations.svg");
    assert.equal(fileName("../a/b\\c:*?", "png"), "a-b-c.png");
    assert.equal(fileName("…", "png"), "graph.png");
});
