// How the page stands with its server, in the header and, when it is lost, above the view; and marks of what has changed.

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icons";
import { text } from "../text";
import { formatHash } from "../view_state";
import { changedBy, tryNow, useLive } from "./live";

const words = text.live;

export function LineMark() {
    const { line, latest } = useLive();
    const isLive = line === "open" || line === "resting";
    return (
        <span class="line-mark" data-line={line}>
            <span class="dot" aria-hidden="true" />
            {isLive && latest ? <a href={formatHash({ view: "commit", own: { tx: String(latest.tx) } })} title={words.latest(latest.author, latest.reason)}>{words.commit(latest.tx)}</a>
                : <span>{words.line[line]}</span>}
        </span>
    );
}

// Said for a moment when it is mended, for who has read that it was lost.
const saidFor = 6_000;  // ms

export function LineBanner() {
    const { line } = useLive();
    const [wasGone, setWasGone] = useState(false);
    useEffect(() => {
        if (line === "gone") setWasGone(true);
        if (line !== "open" || !wasGone) return;
        const timer = setTimeout(() => setWasGone(false), saidFor);
        return () => clearTimeout(timer);
    }, [line, wasGone]);
    const isLost = line === "gone", isMended = line === "open" && wasGone;
    return (
        <div class="line-banner" role="status" data-line={isLost ? "gone" : isMended ? "mended" : undefined}>
            {isLost && <><Icon name="warning" /><span><strong>{words.lost}</strong> {words.lostHint}</span>
                <button type="button" onClick={tryNow}>{words.tryNow}</button></>}
            {isMended && <span>{words.mended}</span>}
        </div>
    );
}

// Beside what a commit has changed while it was looked at.
export function ChangedMark({ of }: { of: string }) {
    useLive();
    const tx = changedBy(of);
    if (tx === undefined) return null;
    return <a class="changed-mark" href={formatHash({ view: "commit", own: { tx: String(tx) } })} title={words.changed(tx)}><span class="unseen">{words.changed(tx)}</span></a>;
}
