// What the sources promise: colours that can be read, and no word outside the catalogue.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";

const source = path.join((import.meta as unknown as { source: string }).source, "src");
const read = (name: string) => fs.readFileSync(path.join(source, name), "utf8");

// Node.js 18.0 has no recursive readdir.
const filesBelow = (folder: string): string[] => fs.readdirSync(path.join(source, folder), { withFileTypes: true }).flatMap((each) =>
    each.isDirectory() ? filesBelow(path.join(folder, each.name)) : [path.join(folder, each.name)]);

type Colour = [number, number, number];
function colourOf(hex: string): Colour { return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Colour; }
function luminance(colour: Colour) {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Colour;
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: Colour, b: Colour) {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
    return (light + 0.05) / (dark + 0.05);
}

test("text and states can be told from their ground in both themes (WCAG 1.4.3, 1.4.11)", () => {
    const tokens = new Map([...read("theme.css").matchAll(/(--[\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(([, name, light, dark]) => [name!, { light: colourOf(light!), dark: colourOf(dark!) }]));
    const pairs: [string, string[], number][] = [
        ["--text", ["--ground", "--surface", "--raised", "--hover", "--accent-ground", "--danger-ground", "--mark"], 4.5],
        ["--faint", ["--ground", "--surface", "--raised", "--hover", "--accent-ground"], 4.5],
        ["--accent", ["--ground", "--surface", "--raised", "--hover"], 4.5],
        ["--on-accent", ["--accent"], 4.5],
        ["--danger", ["--danger-ground", "--surface"], 4.5],
        ["--line-strong", ["--surface"], 3],
        ...["up", "at-risk", "degraded", "down", "failed"].map((state): [string, string[], number] => [`--state-${state}`, ["--surface", "--ground"], 3]),
    ];
    for (const [front, grounds, least] of pairs)
        for (const ground of grounds)
            for (const theme of ["light", "dark"] as const) {
                const [a, b] = [tokens.get(front)?.[theme], tokens.get(ground)?.[theme]];
                assert.ok(a && b, `${front} on ${ground} is not in theme.css`);
                const ratio = contrast(a, b);
                assert.ok(ratio >= least, `${front} on ${ground}, ${theme}: ${ratio.toFixed(2)} to 1, wanted ${least}`);
            }
});

test("words stand in text.ts alone", () => {
    const found = [];
    for (const name of filesBelow("").filter((each) => each.endsWith(".tsx"))) {
        const code = read(name).replace(/\/\/.*$/gm, "").replace(/<pre>[\s\S]*?<\/pre>/g, "");  // commands are in no language
        for (const [, words] of code.matchAll(/>([^<>{}=;()]*[A-Za-z]{2,}[^<>{}=;()]*)<\//g)) found.push(`${name}: ${words!.trim()}`);
        for (const [whole] of code.matchAll(/\b(?:title|aria-label|placeholder|alt)="[^"]+"/g)) found.push(`${name}: ${whole}`);
    }
    assert.deepEqual(found, []);
});
