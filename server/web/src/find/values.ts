// Values as people read them, in one line.

import { type Element, type Value, isElement, nameOf } from "../graph/model";
import { text } from "../text";

export function valueText(value: Value): string {
    if (typeof value === "string") return value;
    if (typeof value === "boolean") return value ? text.element.yes : text.element.no;
    if (value === null) return "";
    if (Array.isArray(value)) return value.map(valueText).join(", ");
    if (isElement(value)) return nameOf(value);
    return typeof value === "number" ? String(value) : JSON.stringify(value);
}

// What an element is known by beside its name: keyOf() goes into addresses, this is for people.
export function keyText({ id, properties }: Element): string {
    for (const name of ["id", "key", "asset_tag", "serial", "number"]) {
        const value = properties[name];
        if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
    }
    return id;
}
