// Taking the answer elsewhere: as text for a ticket, as a link, on paper.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons";
import { text } from "../text";

const words = text.break;

// `make` is called when asked, so that what is copied is what is shown then.
export function Copies({ forms, children }: { forms: { name: string; make: () => string }[]; children?: ComponentChildren }) {
    const [done, setDone] = useState(""), [byHand, setByHand] = useState<string>(), field = useRef<HTMLTextAreaElement>(null);
    useEffect(() => { field.current?.focus(); field.current?.select(); }, [byHand]);
    // Browsers give pages a clipboard over HTTPS and on this machine only: elsewhere the text is shown, to be copied by hand.
    const copy = async (name: string, made: string) => {
        setByHand(undefined);
        try {
            await navigator.clipboard.writeText(made);
            setDone(name);
        } catch {
            setDone("");
            setByHand(made);
        }
    };
    return (
        <>
            <span class="actions">
                <span class="choice" role="group" aria-label={words.copy}>
                    {forms.map(({ name, make }) => <button key={name} type="button" onClick={() => void copy(name, make())}>{name === words.copyLink && <Icon name="link" />}{name}</button>)}
                </span>
                {children}
                <button type="button" onClick={() => print()}>{words.print}</button>
            </span>
            <span class="unseen" role="status">{done && `${words.copied}: ${done}`}</span>
            {done && <span class="copied" aria-hidden="true">{words.copied}: {done}</span>}
            {byHand !== undefined && <label class="by-hand"><span>{words.copyFailed}</span><textarea ref={field} rows={10} readOnly value={byHand} /></label>}
        </>
    );
}
