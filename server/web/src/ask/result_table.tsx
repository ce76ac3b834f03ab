// The rows as a table of which only what is in sight is drawn; columns can be made wider, a row opened.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Value, isElement, isRelationship } from "../graph/model";
import { Icon } from "../icons";
import { text } from "../text";
import { ShownValue, widthOf } from "./value";

const words = text.ask.table;
const characterWidth = 8, narrowest = 64, widest = 420, around = 8;  // pixels, pixels, pixels, rows beyond the window

const usesFingers = () => matchMedia("(max-width: 640px)").matches;
const looked = 100;  // rows by which columns get their width

export function widthsOf(columns: string[], rows: Value[][]): number[] {
    return columns.map((column, i) => {
        const most = rows.slice(0, looked).reduce((max, row) => Math.max(max, widthOf(row[i])), column.length + 2);
        return Math.round(Math.min(widest, Math.max(narrowest, most * characterWidth + 24)));
    });
}

function RowDetails({ columns, row, number, onClose }: { columns: string[]; row: Value[]; number: number; onClose: () => void }) {
    const close = useRef<HTMLButtonElement>(null);
    useEffect(() => close.current?.focus(), [number]);
    return (
        <section class="row-details" aria-label={words.row(number)} onKeyDown={(event) => { if (event.key === "Escape") onClose(); }}>
            <header><h2>{words.row(number)}</h2><button type="button" class="plain icon-only" ref={close} aria-label={words.close} title={words.close} onClick={onClose}><Icon name="close" /></button></header>
            <dl class="attributes">
                {columns.map((column, i) => {
                    const value = row[i], properties = isElement(value) || isRelationship(value) ? Object.entries(value.properties) : [];
                    return (
                        <div key={i}><dt class="mono">{column}</dt><dd>
                            <ShownValue value={value} isWhole column={column} />
                            {properties.length > 0 && <dl class="properties">{properties.map(([name, each]) => <div key={name}><dt>{name}</dt><dd><ShownValue value={each} isWhole /></dd></div>)}</dl>}
                        </dd></div>
                    );
                })}
            </dl>
        </section>
    );
}

export function ResultTable({ columns, rows, isRunning }: { columns: string[]; rows: Value[][]; isRunning: boolean }) {
    const box = useRef<HTMLDivElement>(null), [top, setTop] = useState(0), [height, setHeight] = useState(480), [room, setRoom] = useState(0), [opened, setOpened] = useState(-1), lastOpened = useRef(-1);
    const [chosen, setChosen] = useState<Record<number, number>>({});
    const rowHeight = usesFingers() ? 40 : 30;
    const question = columns.join("\n");
    const usual = useMemo(() => widthsOf(columns, rows), [question, Math.min(rows.length, looked)]);
    const numberWidth = Math.max(44, String(rows.length).length * 9 + 26);
    // What is left over goes to the last column that may be cut off.
    const spare = room - numberWidth - usual.reduce((sum, width, i) => sum + (chosen[i] ?? width), 0), cut = usual.lastIndexOf(widest);
    const widths = usual.map((width, i) => chosen[i] ?? width + (i === cut ? Math.max(0, spare) : 0));
    useEffect(() => { setChosen({}); setOpened(-1); }, [question]);
    useEffect(() => {
        const watch = new ResizeObserver(() => { setHeight(box.current?.clientHeight ?? 480); setRoom(box.current?.clientWidth ?? 0); });
        watch.observe(box.current!);
        return () => watch.disconnect();
    }, []);
    const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - around, rows.length - 1)), last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + around);
    const resize = (i: number, width: number) => setChosen((before) => ({ ...before, [i]: Math.round(Math.min(1600, Math.max(48, width))) }));
    const drag = (i: number) => (event: PointerEvent) => {
        event.preventDefault();
        const grip = event.currentTarget as HTMLElement, from = event.clientX, width = widths[i]!;
        grip.setPointerCapture(event.pointerId);
        const move = (now: PointerEvent) => resize(i, width + now.clientX - from);
        grip.addEventListener("pointermove", move);
        grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", move), { once: true });
    };
    const onGripKey = (i: number) => (event: KeyboardEvent) => {
        const step = event.key === "ArrowRight" ? 24 : event.key === "ArrowLeft" ? -24 : 0;
        if (step === 0) return;
        event.preventDefault();
        resize(i, widths[i]! + step);
    };
    const close = () => {
        setOpened(-1);
        box.current?.querySelector<HTMLElement>(`[data-row="${lastOpened.current}"] button`)?.focus({ preventScroll: true });
    };
    return (
        <div class={opened >= 0 ? "result-rows has-details" : "result-rows"}>
            <div class="result-table" ref={box} tabIndex={0} role="region" aria-label={words.label} onScroll={(event) => setTop(event.currentTarget.scrollTop)} style={{ "--row": `${rowHeight}px` }}>
                <table aria-rowcount={rows.length + 1} style={{ width: `${numberWidth + widths.reduce((sum, each) => sum + each, 0)}px` }}>
                    <colgroup><col style={{ width: `${numberWidth}px` }} />{widths.map((width, i) => <col key={i} style={{ width: `${width}px` }} />)}</colgroup>
                    <thead><tr aria-rowindex={1}>
                        <th scope="col" class="row-number"><span class="unseen">{words.number}</span></th>
                        {columns.map((column, i) => (
                            <th key={i} scope="col" title={column}><span class="mono">{column}</span>
                                <span class="grip" role="separator" aria-orientation="vertical" tabIndex={0} aria-label={words.width(column)} aria-valuenow={widths[i]} aria-valuemin={48} aria-valuemax={1600}
                                    onPointerDown={drag(i)} onKeyDown={onGripKey(i)} /></th>
                        ))}
                    </tr></thead>
                    <tbody>
                        {first > 0 && <tr class="room" aria-hidden="true"><td colSpan={columns.length + 1} style={{ height: `${first * rowHeight}px` }} /></tr>}
                        {rows.slice(first, last).map((row, offset) => {
                            const i = first + offset;
                            return (
                                <tr key={i} data-row={i} aria-rowindex={i + 2} aria-selected={i === opened ? true : undefined}>
                                    <td class="row-number"><button type="button" class="plain" aria-label={words.open(i + 1)} aria-expanded={i === opened} onClick={() => { lastOpened.current = i; setOpened(i === opened ? -1 : i); }}>{text.count(i + 1)}</button></td>
                                    {columns.map((column, at) => <td key={at}><ShownValue value={row[at]} column={column} /></td>)}
                                </tr>
                            );
                        })}
                        {last < rows.length && <tr class="room" aria-hidden="true"><td colSpan={columns.length + 1} style={{ height: `${(rows.length - last) * rowHeight}px` }} /></tr>}
                    </tbody>
                </table>
                {rows.length === 0 && !isRunning && <p class="faint result-empty">{words.noRows}</p>}
            </div>
            {opened >= 0 && rows[opened] && <RowDetails columns={columns} row={rows[opened]!} number={opened + 1} onClose={close} />}
        </div>
    );
}
