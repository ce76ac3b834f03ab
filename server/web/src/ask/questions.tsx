// What could be asked, and what was: beside the editor.

import { useState } from "preact/hooks";
import { Icon } from "../icons";
import { Time, Waiting } from "../parts";
import { text } from "../text";
import type { Example } from "./examples";
import { forgetAsked, pinAsked, searched, useAsked } from "./history";
import { Tabs } from "./tabs";

const words = text.ask;
const shownMost = 60;

interface Chosen { statement: string; parameters: Record<string, unknown> }

function Examples({ examples, onChoose }: { examples: Example[] | undefined; onChoose: (chosen: Chosen) => void }) {
    if (!examples) return <Waiting rows={5} />;
    return (
        <ul class="questions">
            {examples.map((example) => <li key={example.title}><button type="button" class="choose" title={example.statement} onClick={() => onChoose(example)}>{example.title}</button></li>)}
        </ul>
    );
}

function History({ onChoose }: { onChoose: (chosen: Chosen) => void }) {
    const asked = useAsked(), [typed, setTyped] = useState("");
    const found = searched(asked, typed), hasOthers = asked.some((each) => !each.isPinned);
    if (asked.length === 0) return <p class="faint">{words.history.none}</p>;
    return (
        <>
            <input type="text" aria-label={words.history.search} placeholder={words.history.search} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
            {found.length === 0 && <p class="faint">{words.history.noneFound}</p>}
            <ul class="questions">
                {found.slice(0, shownMost).map((one) => (
                    <li key={one.statement}>
                        <button type="button" class="choose" onClick={() => onChoose(one)}>
                            <code>{one.statement}</code>
                            <span class="faint about">{[one.isPinned ? words.history.pinned : "", words.history.outcomes[one.outcome], words.rows(one.rows), words.took(one.ms)].filter(Boolean).join(" · ")} · <Time of={one.at} /></span>
                        </button>
                        <button type="button" class="plain icon-only" aria-pressed={one.isPinned} aria-label={one.isPinned ? words.history.unpin : words.history.pin} title={one.isPinned ? words.history.unpin : words.history.pin} onClick={() => pinAsked(one)}><Icon name="pin" /></button>
                    </li>
                ))}
            </ul>
            {found.length > shownMost && <p class="faint">{words.more(found.length - shownMost)}</p>}
            {hasOthers && <button type="button" class="plain" onClick={forgetAsked}>{words.history.forget}</button>}
        </>
    );
}

// isRun: an example is run at once, what was asked is put into the editor first.
export function Questions({ examples, onChoose }: { examples: Example[] | undefined; onChoose: (chosen: Chosen, isRun: boolean) => void }) {
    const [tab, setTab] = useState<"examples" | "history">("examples");
    return (
        <aside class="panel ask-side" aria-label={words.side.label}>
            <div class="inside">
                <Tabs label={words.side.label} id="ask-side" chosen={tab} onChoose={setTab} tabs={[{ name: "examples", title: words.side.examples }, { name: "history", title: words.side.history }]} />
                <div class="scroll" role="tabpanel" id="ask-side-panel" aria-labelledby={`ask-side-${tab}`}>
                    {tab === "examples" ? <Examples examples={examples} onChoose={(chosen) => onChoose(chosen, true)} /> : <History onChoose={(chosen) => onChoose(chosen, false)} />}
                </div>
            </div>
        </aside>
    );
}
