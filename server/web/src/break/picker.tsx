// A box that adds an element to what fails. A combobox as the ARIA practices describe it, like the one in the header.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Element } from "../graph/model";
import { classOf, keyOf, nameOf } from "../graph/model";
import { marked, useSuggestions } from "../find/search";
import { Icon } from "../icons";
import { ClassTag, ErrorBox } from "../parts";
import { text } from "../text";

export function Picker({ onPick }: { onPick: (element: Element) => void }) {
    const [typed, setTyped] = useState(""), [isOpen, setOpen] = useState(false), [at, setAt] = useState(0);
    const id = useId(), box = useRef<HTMLDivElement>(null);
    const suggestions = useSuggestions(typed), words = text.break;
    const q = typed.trim(), found = q === "" ? [] : suggestions.found;
    const isSettled = suggestions.q === q && !suggestions.isLoading && suggestions.error === undefined;
    const isWanted = useRef(false);  // Enter was pressed before the answer was there
    useEffect(() => setAt(0), [q, suggestions.found]);
    useEffect(() => {
        if (!isWanted.current || !isSettled) return;
        isWanted.current = false;
        if (found[0]) pick(found[0].node);
    }, [isSettled, suggestions.found]);
    function pick(element: Element) {
        setTyped("");
        setOpen(false);
        onPick(element);
    }
    const onKeyDown = (event: KeyboardEvent) => {
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step !== 0) {
            event.preventDefault();
            setOpen(true);
            setAt((now) => (found.length === 0 ? 0 : (now + step + found.length) % found.length));
        } else if (event.key === "Enter") {
            event.preventDefault();
            const one = found[at];
            if (one && isSettled) pick(one.node);
            else isWanted.current = q !== "" && !isSettled;
        } else if (event.key === "Escape") setOpen(false);
    };
    const isListed = isOpen && q !== "";
    return (
        <div class="picker" ref={box}>
            <label class="unseen" for={`${id}-input`}>{words.add}</label>
            <Icon name="search" />
            <input id={`${id}-input`} type="text" role="combobox" autocomplete="off" spellcheck={false} placeholder={words.addPlaceholder}
                aria-expanded={isListed} aria-controls={`${id}-list`} aria-autocomplete="list" aria-activedescendant={isListed && found[at] ? `${id}-${at}` : undefined}
                value={typed} onInput={(event) => { isWanted.current = false; setTyped(event.currentTarget.value); setOpen(true); }} onFocus={() => setOpen(true)} onKeyDown={onKeyDown}
                onBlur={(event) => { if (!box.current?.contains(event.relatedTarget as Node | null)) setOpen(false); }} />
            <div class="suggestions" hidden={!isListed}>
                <ul id={`${id}-list`} role="listbox" aria-label={words.add}>
                    {found.map(({ node, attribute, value }, i) => {
                        const [before, it, behind] = marked(nameOf(node), q);
                        return (
                            <li key={node.id} id={`${id}-${i}`} role="option" aria-selected={i === at}
                                onPointerDown={(event) => { event.preventDefault(); pick(node); }} onPointerMove={() => setAt(i)}>
                                <span class="name">{before}{it && <mark>{it}</mark>}{behind}</span>
                                <span class="faint key">{value === nameOf(node) || value === keyOf(node) ? keyOf(node) : `${attribute} ${value}`}</span>
                                <ClassTag name={classOf(node)} />
                            </li>
                        );
                    })}
                </ul>
                {suggestions.error !== undefined && <ErrorBox error={suggestions.error} />}
                {isSettled && found.length === 0 && <p>{words.addNone(q)}</p>}
                {suggestions.hasMore && <p class="faint">{words.addMore}</p>}
            </div>
            <span class="unseen" role="status">{isListed && isSettled ? words.addResults(found.length) : ""}</span>
        </div>
    );
}
