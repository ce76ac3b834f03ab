// One value of a result: elements by their names with a way to their pages, the rest as it is written.

import { type Element, type Path, type Relationship, type Value, classOf, isElement, isPath, isRelationship, nameOf } from "../graph/model";
import { lookOf } from "../graph/states";
import { Icon } from "../icons";
import { ClassTag, StateMark, linkTo } from "../parts";
import { text } from "../text";

const listMost = 20;  // of a list or path in one cell; all of it is in the row's details

const OfElement = ({ element }: { element: Element }) => (
    <span class="of-element"><a href={linkTo(element)}>{nameOf(element)}</a> <ClassTag name={classOf(element)} /></span>
);
const OfRelationship = ({ relationship }: { relationship: Relationship }) => <span class="of-relationship mono">{relationship.type}</span>;

function OfPath({ path, most }: { path: Path; most: number }) {
    return (
        <span class="of-path">
            {path.nodes.slice(0, most).map((node, i) => {
                const between = path.relationships[i - 1], isOut = between?.source === path.nodes[i - 1]?.id;
                return (
                    <span key={i} class="step">
                        {between && <span class="faint of-relationship mono"><Icon name={isOut ? "out" : "in"} /><span class="unseen">{isOut ? text.element.out : text.element.in}</span>{between.type}</span>}
                        <a href={linkTo(node)}>{nameOf(node)}</a>
                    </span>
                );
            })}
            {path.nodes.length > most && <span class="faint">{text.ask.more(path.nodes.length - most)}</span>}
        </span>
    );
}

// isNested: in a list or map, where a list shows where it ends.
export function ShownValue({ value, isWhole = false, isNested = false, column = "" }: { value: Value | undefined; isWhole?: boolean; isNested?: boolean; column?: string }) {
    const most = isWhole ? Infinity : listMost;
    if (value === null || value === undefined) return <span class="faint">{String(null)}</span>;
    if (typeof value === "string") return column.startsWith("state") && lookOf(value) ? <StateMark state={value} /> : <span class="of-text">{value}</span>;
    if (typeof value === "number") return <span class="number">{String(value)}</span>;
    if (typeof value === "boolean") return <span class="mono">{String(value)}</span>;
    if (isElement(value)) return <OfElement element={value} />;
    if (isPath(value)) return <OfPath path={value} most={most} />;
    if (isRelationship(value)) return <OfRelationship relationship={value} />;
    if (Array.isArray(value)) {
        return (
            <span class="of-list">
                {(isNested || value.length === 0) && <span class="faint">[</span>}
                {value.slice(0, most).map((each, i) => <span key={i}><ShownValue value={each} isWhole={isWhole} isNested />{i + 1 < value.length && ", "}</span>)}
                {value.length > most && <span class="faint"> {text.ask.more(value.length - most)}</span>}
                {(isNested || value.length === 0) && <span class="faint">]</span>}
            </span>
        );
    }
    return (
        <span class="of-map mono">
            {Object.entries(value).slice(0, most).map(([name, each], i, all) => <span key={name}><span class="faint">{name}:</span> <ShownValue value={each as Value} isWhole={isWhole} isNested />{i + 1 < all.length && ", "}</span>)}
        </span>
    );
}

// How wide a column wants to be, in characters, by what stands in it.
export function widthOf(value: Value | undefined): number {
    if (value === null || value === undefined) return 4;
    if (typeof value === "string") return value.length + (lookOf(value) ? 4 : 0);
    if (typeof value === "number" || typeof value === "boolean") return String(value).length;
    if (isElement(value)) return nameOf(value).length + classOf(value).length + 4;
    if (isPath(value)) return value.nodes.reduce((sum, node) => sum + nameOf(node).length + 3, 0) + value.relationships.reduce((sum, each) => sum + each.type.length + 3, 0);
    if (isRelationship(value)) return value.type.length;
    if (Array.isArray(value)) return value.slice(0, listMost).reduce<number>((sum, each) => sum + widthOf(each) + 2, 2);
    return JSON.stringify(value).length;
}
