// Values as people read them, in one line.

import { type Value, isElement, nameOf } from "../graph/model";
import { text } from "../text";

export function valueText(value: Value): string {
    if (typeof value === "string") return value;
    if (typeof value === "boolean") return value ? text.element.yes : text.element.no;
    if (value === null) return "";
    if (Array.isArray(value)) return value.map(valueText).join(", ");
    if (isElement(value)) return nameOf(value);
    return typeof value === "number" ? String(value) : JSON.stringify(value);
}
