// The one box: names, keys, addresses and classes, with what was opened and what is pinned while it is empty. A combobox as
// the ARIA practices describe it.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { classOf, keyOf, nameOf } from "../graph/model";
import { Icon } from "../icons";
import { ClassTag, ErrorBox } from "../parts";
import { type Remembered, usePinned, useRecent } from "../remember";
import { go } from "../router";
import { text } from "../text";
import { matchingClasses, useClasses } from "./classes";
import { marked, useSuggestions } from "./search";
import { keyText } from "./values";

// count: it is a class, with so many elements.
interface Choice { key: string; name: string; class: string; why: string; group: string; count?: number }
const classesMost = 3;

export const Marked = ({ whole, part }: { whole: string; part: string }) => {
    const [before, it, behind] = marked(whole, part);
    return <>{before}{it && <mark>{it}</mark>}{behind}</>;
};

export function SearchBox() {
    const [typed, setTyped] = useState(""), [isOpen, setOpen] = useState(false), [chosen, setChosen] = useState<string | null>(null);
    const id = useId(), input = useRef<HTMLInputElement>(null), box = useRef<HTMLDivElement>(null);
    const suggestions = useSuggestions(typed);
    const pinned = usePinned(), recent = useRecent();
    const q = typed.trim();
    const classes = useClasses(isOpen);
    const kept = (list: Remembered[], group: string): Choice[] => list.map((each) => ({ ...each, why: "", group }));
    const choices: Choice[] = q === ""
        ? [...kept(pinned, text.find.pinned), ...kept(recent.filter((each) => !pinned.some((pin) => pin.key === each.key)), text.find.recent)].slice(0, 12)
        : [...matchingClasses(classes ?? [], q, classesMost).map(({ name, count }) => ({ key: name, name, class: "", why: "", group: text.find.aClass, count })),
            ...suggestions.found.map(({ node, attribute, value }) => ({
                key: keyOf(node), name: nameOf(node), class: classOf(node), group: "", why: value === nameOf(node) || value === keyText(node) ? keyText(node) : `${attribute} ${value}`,
            }))];

    // By what it is, not by its place: classes and elements come one after the other.
    const nameOfChoice = (choice: Choice) => `${choice.group} ${choice.key}`;
    const at = choices.findIndex((choice) => nameOfChoice(choice) === chosen);
    const setAt = (index: number) => setChosen(choices[index] ? nameOfChoice(choices[index]) : null);

    useEffect(() => {
        const hotkey = (event: KeyboardEvent) => {
            const target = event.target as HTMLElement | null;
            const isTyping = target?.closest("input, textarea, select, [contenteditable]");
            if (event.key === text.find.shortcut && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
                event.preventDefault();
                input.current?.focus();
                input.current?.select();
            }
        };
        const outside = (event: PointerEvent) => { if (!box.current?.contains(event.target as Node)) setOpen(false); };
        addEventListener("keydown", hotkey);
        addEventListener("pointerdown", outside);
        return () => {
            removeEventListener("keydown", hotkey);
            removeEventListener("pointerdown", outside);
        };
    }, []);
    useEffect(() => setChosen(null), [q]);
    useEffect(() => { if (at >= 0) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" }); }, [at]);

    const leave = () => {
        setOpen(false);
        setTyped("");
        input.current?.blur();
    };
    const choose = (choice: Choice) => {
        go(choice.count === undefined ? { view: "element", of: [choice.key] } : { view: "find", class: choice.name });
        leave();
    };
    const searchAll = () => {
        if (q === "") return;
        go({ view: "find", q });
        leave();
    };
    const isWaiting = q !== "" && (suggestions.isLoading || suggestions.q !== q);
    const onKeyDown = (event: KeyboardEvent) => {
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step !== 0) {
            event.preventDefault();
            setOpen(true);
            const count = choices.length + 1;  // none of them: the box itself
            setAt(((at + 1 + step + count) % count) - 1);
        } else if (event.key === "Enter") {
            event.preventDefault();
            const choice = choices[at];
            if (isOpen && choice) choose(choice);
            else searchAll();
        } else if (event.key === "Escape") {
            if (isOpen) setOpen(false);
            else leave();
        }
    };
    const isListed = isOpen;
    return (
        <div class="search" ref={box} role="search" data-waiting={isWaiting || undefined}>
            <label class="unseen" for={`${id}-input`}>{text.find.label}</label>
            <Icon name="search" />
            <input id={`${id}-input`} ref={input} type="text" role="combobox" autocomplete="off" spellcheck={false}
                placeholder={text.find.placeholder} aria-expanded={isListed} aria-controls={`${id}-list`} aria-autocomplete="list"
                aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} value={typed}
                onInput={(event) => { setTyped(event.currentTarget.value); setOpen(true); }} onFocus={() => setOpen(true)} onKeyDown={onKeyDown}
                onBlur={(event) => { if (!box.current?.contains(event.relatedTarget as Node | null)) setOpen(false); }} />
            <kbd aria-hidden="true">{text.find.shortcut}</kbd>
            <div class="suggestions" hidden={!isListed}>
                <ul id={`${id}-list`} role="listbox" aria-label={text.find.label}>
                    {choices.map((choice, i) => (
                        <li key={choice.group + choice.key} id={`${id}-${i}`} role="option" aria-selected={i === at}
                            onPointerDown={(event) => { event.preventDefault(); choose(choice); }} onPointerMove={() => setAt(i)}>
                            <span class="name"><Marked whole={choice.name} part={q} /></span>
                            <span class="faint key">{choice.count === undefined ? <Marked whole={choice.why || choice.key} part={q} /> : text.find.elementsOf(choice.count)}</span>
                            {choice.group && <span class="faint group">{choice.group}</span>}
                            {choice.class && <ClassTag name={choice.class} />}
                        </li>
                    ))}
                </ul>
                {q !== "" && suggestions.error !== undefined && <ErrorBox error={suggestions.error} />}
                {q === "" && choices.length === 0 && <p class="faint">{text.find.noneRecent}</p>}
                {q !== "" && suggestions.q === q && !suggestions.isLoading && suggestions.error === undefined && choices.length === 0 && !suggestions.notice &&
                    <p><span>{text.find.none(q)}</span> <span class="faint">{text.find.noneHint}</span></p>}
                {q !== "" && suggestions.q === q && suggestions.notice && <p class="faint">{suggestions.notice}</p>}
                {q !== "" && suggestions.hasMore && <button type="button" class="plain" onPointerDown={(event) => { event.preventDefault(); searchAll(); }} onClick={searchAll}>{text.find.all(q)}</button>}
            </div>
            <span class="unseen" role="status">{isOpen && q !== "" && !isWaiting ? text.find.results(choices.length) : ""}</span>
        </div>
    );
}
