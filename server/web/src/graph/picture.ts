// A drawn graph as an SVG file of its own: what the canvas shows, all of it, with colours and no need of anything else.

export interface PictureNode {
    x: number; y: number; size: number; title: string; lines: string[]; monogram: string;
    outline: string;         // path in a square of 16
    fill: string; line: string; ink: string;
    isSelected?: boolean; isDimmed?: boolean;
}
export interface PictureEdge { from: Point; to: Point; bends: Point[]; isDashed: boolean; colour: string; width: number; label: string; isDimmed?: boolean }
export interface PictureGroup { x1: number; y1: number; x2: number; y2: number; label: string }
export interface Point { x: number; y: number }
export interface Picture {
    nodes: PictureNode[]; edges: PictureEdge[]; groups: PictureGroup[];
    title: string; notes: string[];   // said above and below the drawing
    font: string; ground: string; text: string; faint: string; accent: string;
}

const padding = 36, lineHeight = 14, arrow = 8;
const escaped = (text: string) => text.replace(/[&<>"]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each]!)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
const round = (value: number) => String(Math.round(value * 10) / 10);

function edgeText({ from, to, bends, isDashed, colour, width, label, isDimmed }: PictureEdge, picture: Picture): string {
    const before = bends[bends.length - 1] ?? from, length = Math.hypot(to.x - before.x, to.y - before.y) || 1;
    const [ux, uy] = [(to.x - before.x) / length, (to.y - before.y) / length];
    const end = { x: to.x - ux * arrow * 0.8, y: to.y - uy * arrow * 0.8 };
    const way = bends.length === 0 ? `L${round(end.x)} ${round(end.y)}` : `Q${round(bends[0]!.x)} ${round(bends[0]!.y)} ${round(end.x)} ${round(end.y)}`;
    const head = [to, { x: to.x - ux * arrow - uy * arrow * 0.45, y: to.y - uy * arrow + ux * arrow * 0.45 }, { x: to.x - ux * arrow + uy * arrow * 0.45, y: to.y - uy * arrow - ux * arrow * 0.45 }];
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    return `<g${isDimmed ? ' opacity="0.2"' : ""}><path d="M${round(from.x)} ${round(from.y)}${way}" fill="none" stroke="${colour}" stroke-width="${width}"${isDashed ? ' stroke-dasharray="5 4"' : ""}/>`
        + `<path d="${head.map((each, i) => `${i ? "L" : "M"}${round(each.x)} ${round(each.y)}`).join("")}Z" fill="${colour}"/>`
        + (label ? `<text x="${round(middle.x)}" y="${round(middle.y + 3)}" font-size="9.5" text-anchor="middle" fill="${picture.faint}" stroke="${picture.ground}" stroke-width="3" paint-order="stroke">${escaped(label)}</text>` : "") + "</g>";
}

function nodeText(node: PictureNode, picture: Picture): string {
    const scale = node.size / 16, top = node.y + node.size / 2 + 13;
    return `<g${node.isDimmed ? ' opacity="0.25"' : ""}>`
        + `<title>${escaped(node.title)}</title>`
        + (node.isSelected ? `<circle cx="${round(node.x)}" cy="${round(node.y)}" r="${round(node.size / 2 + 6)}" fill="${picture.accent}" opacity="0.25"/>` : "")
        + `<path transform="translate(${round(node.x - node.size / 2)} ${round(node.y - node.size / 2)}) scale(${scale})" d="${node.outline}" fill="${node.fill}" stroke="${node.line}" stroke-width="${round(1.5 / scale)}"/>`
        + `<text x="${round(node.x)}" y="${round(node.y + 4)}" font-size="11.5" font-weight="600" text-anchor="middle" fill="${node.ink}">${escaped(node.monogram)}</text>`
        + node.lines.map((line, i) => `<text x="${round(node.x)}" y="${round(top + i * lineHeight)}" font-size="11.5" text-anchor="middle" fill="${picture.text}" stroke="${picture.ground}" stroke-width="3" paint-order="stroke">${escaped(line)}</text>`).join("")
        + "</g>";
}

export function svgOf(picture: Picture): string {
    const { nodes, edges, groups, title, notes } = picture;
    const xs = [...nodes.flatMap((each) => [each.x - 66, each.x + 66]), ...groups.flatMap((each) => [each.x1, each.x2])];
    const ys = [...nodes.flatMap((each) => [each.y - each.size / 2, each.y + each.size / 2 + 34]), ...groups.flatMap((each) => [each.y1 - 18, each.y2])];
    const ends = (values: number[]) => values.reduce(([least, most], each): [number, number] => [Math.min(least, each), Math.max(most, each)], [values[0] ?? 0, values[0] ?? 0] as [number, number]);
    const [[left, right], [top, bottom]] = [ends(xs), ends(ys)];
    const head = title ? 30 : 0, foot = notes.length * 17;
    const width = Math.max(right - left, 420) + 2 * padding, height = bottom - top + 2 * padding + head + foot;
    const [x, y] = [left - padding, top - padding - head];
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="${round(x)} ${round(y)} ${round(width)} ${round(height)}" font-family="${escaped(picture.font)}">`
        + `<title>${escaped(title)}</title><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${picture.ground}"/>`
        + (title ? `<text x="${round(x + padding / 2)}" y="${round(y + 26)}" font-size="15" font-weight="600" fill="${picture.text}">${escaped(title)}</text>` : "")
        + groups.map((each) => `<g><rect x="${round(each.x1)}" y="${round(each.y1)}" width="${round(each.x2 - each.x1)}" height="${round(each.y2 - each.y1)}" rx="6" fill="none" stroke="${picture.faint}" stroke-dasharray="3 3"/>`
            + `<text x="${round((each.x1 + each.x2) / 2)}" y="${round(each.y1 - 5)}" font-size="12" font-weight="600" text-anchor="middle" fill="${picture.faint}">${escaped(each.label)}</text></g>`).join("")
        + edges.map((each) => edgeText(each, picture)).join("") + nodes.map((each) => nodeText(each, picture)).join("")
        + notes.map((note, i) => `<text x="${round(x + padding / 2)}" y="${round(y + height - 12 - (notes.length - 1 - i) * 17)}" font-size="11.5" fill="${picture.faint}">${escaped(note)}</text>`).join("")
        + "</svg>";
}
