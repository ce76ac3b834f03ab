// The view as an address for somebody else, and on paper.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icons";
import { useLive } from "./live/live";
import { useView } from "./router";
import { text } from "./text";

const words = text.share;
const saidFor = 2_500;  // ms

// Resolves to whether it is in the clipboard: browsers give that to pages from this machine or by HTTPS alone.
export async function copyText(what: string): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(what);
        return true;
    } catch {
        return false;
    }
}

export function CopyButton({ what, label }: { what: string; label: string }) {
    const [said, say] = useState("");
    useEffect(() => {
        const timer = said ? setTimeout(() => say(""), saidFor) : undefined;
        return () => clearTimeout(timer);
    }, [said]);
    return (
        <button type="button" class="plain copy" aria-label={said ? undefined : label} title={label} onClick={async () => say((await copyText(what)) ? words.copied : words.notCopied)}>
            <Icon name="copy" /><span role="status">{said}</span>
        </button>
    );
}

// Copies the address; where that is not allowed, shows it to be copied by hand.
export function Share() {
    const [isOpen, setOpen] = useState(false), [isCopied, setCopied] = useState(false);
    const id = useId(), field = useRef<HTMLInputElement>(null), box = useRef<HTMLSpanElement>(null), button = useRef<HTMLButtonElement>(null);
    useView();
    useEffect(() => {
        if (!isOpen) return;
        field.current?.select();
        const outside = (event: PointerEvent) => { if (!box.current?.contains(event.target as Node)) setOpen(false); };
        addEventListener("pointerdown", outside);
        return () => removeEventListener("pointerdown", outside);
    }, [isOpen]);
    const open = async () => {
        setOpen(!isOpen);
        setCopied(!isOpen && await copyText(location.href));
    };
    const close = (event: KeyboardEvent) => {
        if (event.key !== "Escape" || !isOpen) return;
        setOpen(false);
        button.current?.focus();
    };
    return (
        <span class="share-view" ref={box} onKeyDown={close}>
            <button type="button" class="plain icon-only" ref={button} aria-expanded={isOpen} aria-controls={`${id}-box`} aria-label={words.label} title={words.label} onClick={open}><Icon name="link" /></button>
            <div class="share-box" id={`${id}-box`} role="region" aria-label={words.label} hidden={!isOpen}>
                <p role="status">{isOpen ? (isCopied ? words.linkCopied : words.copyByHand) : ""}</p>
                <label class="unseen" for={`${id}-link`}>{words.link}</label>
                <input id={`${id}-link`} ref={field} class="mono" readOnly value={location.href} onFocus={(event) => event.currentTarget.select()} />
                <p class="faint">{words.what}</p>
                <div class="actions"><button type="button" onClick={() => { setOpen(false); setTimeout(print); }}><Icon name="print" />{words.print}</button></div>
            </div>
        </span>
    );
}

// What a sheet of paper has to say of where it comes from.
export function PrintFoot() {
    const { lastTx } = useLive();
    const [now, setNow] = useState(() => new Date());
    useView();
    useEffect(() => {
        const look = () => setNow(new Date());
        addEventListener("beforeprint", look);
        return () => removeEventListener("beforeprint", look);
    }, []);
    return <footer class="print-foot" aria-hidden="true">{words.printed(now.toISOString().slice(0, 16).replace("T", " "), lastTx)} <span class="mono">{location.href}</span></footer>;
}
