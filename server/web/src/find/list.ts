// How the elements of a class are listed: by what they are sorted, which page, which attributes beside the name.

import type { Element } from "../graph/model";
import { quotedName } from "./classes";

export interface Sort { attribute: string; isDown: boolean }

// "-name": by name, the last first.
export const sortOf = (text = ""): Sort => {
    const isDown = text.startsWith("-"), attribute = isDown ? text.slice(1) : text;
    return { attribute: attribute || "name", isDown };
};
export const pageOf = (text = ""): number => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1);

// Always the same order: names may be equal.
export const sorted = ({ attribute, isDown }: Sort) =>
    `ORDER BY n.${quotedName(attribute)}${isDown ? " DESC" : ""}${attribute === "name" ? "" : ", n.name"}, elementId(n)`;

// What people look for first; others follow if there is room.
const telling = ["status", "operational_status", "state", "lifecycle_status", "criticality", "environment", "env", "site", "location", "region", "owner", "owner_group",
    "ip_address", "management_ip", "address", "serial", "model", "version", "vendor", "end_date", "email"];
const passedOver = new Set(["name", "id", "key", "hostname", "description", "tags"]);
const columnsMost = 5;

export function listColumns(elements: Element[]): string[] {
    const counts = new Map<string, number>();
    for (const { properties } of elements) for (const name of Object.keys(properties)) if (!passedOver.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    const rank = (name: string) => { const at = telling.indexOf(name); return at < 0 ? telling.length : at; };
    // One that hardly any element has says little in a column.
    return [...counts].filter(([, count]) => count * 4 >= elements.length).map(([name]) => name)
        .sort((a, b) => rank(a) - rank(b) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a.localeCompare(b)).slice(0, columnsMost);
}
