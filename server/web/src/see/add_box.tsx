// Finds one more element to look at.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useSuggestions } from "../find/search";
import { classOf, keyOf, nameOf } from "../graph/model";
import { ClassTag, ErrorBox } from "../parts";
import { text } from "../text";

export function AddBox({ onAdd }: { onAdd: (key: string) => void }) {
    const [typed, setTyped] = useState(""), [at, setAt] = useState(-1);
    const id = useId(), box = useRef<HTMLDivElement>(null), words = text.see;
    const { q, found, error } = useSuggestions(typed);
    useEffect(() => setAt(-1), [found]);
    useEffect(() => {
        const outside = (event: PointerEvent) => { if (!box.current?.contains(event.target as Node)) setTyped(""); };
        addEventListener("pointerdown", outside);
        return () => removeEventListener("pointerdown", outside);
    }, []);
    const choose = (key: string) => {
        setTyped("");
        onAdd(key);
    };
    const onKeyDown = (event: KeyboardEvent) => {
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step) setAt((now) => Math.max(-1, Math.min(found.length - 1, now + step)));
        else if (event.key === "Enter" && found.length > 0) choose(keyOf((found[at] ?? found[0]!).node));
        else if (event.key === "Escape") setTyped("");
        else return;
        event.preventDefault();
    };
    const isOpen = typed.trim() !== "";
    return (
        <div class="add-box" ref={box}>
            <label class="unseen" for={`${id}-input`}>{words.add}</label>
            <input id={`${id}-input`} type="text" role="combobox" autocomplete="off" spellcheck={false} placeholder={words.add} value={typed} aria-expanded={isOpen} aria-controls={`${id}-list`}
                aria-autocomplete="list" aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} onInput={(event) => setTyped(event.currentTarget.value)} onKeyDown={onKeyDown} />
            <div class="suggestions" hidden={!isOpen}>
                <ul id={`${id}-list`} role="listbox" aria-label={words.add}>
                    {isOpen && found.map(({ node }, i) => (
                        <li key={node.id} id={`${id}-${i}`} role="option" aria-selected={i === at} onPointerDown={(event) => { event.preventDefault(); choose(keyOf(node)); }} onPointerMove={() => setAt(i)}>
                            <span class="name">{nameOf(node)}</span><span class="faint key">{keyOf(node)}</span><ClassTag name={classOf(node)} />
                        </li>
                    ))}
                </ul>
                {error !== undefined && <ErrorBox error={error} />}
                {isOpen && q === typed.trim() && found.length === 0 && error === undefined && <p class="faint">{text.find.none(q)}</p>}
            </div>
        </div>
    );
}
