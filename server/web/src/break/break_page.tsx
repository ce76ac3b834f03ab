// What if it fails? What is marked as failed, what that does in words, the services hit, the chains that lead to them, and the rest.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { type Path, nameOf } from "../graph/model";
import { useRefresh } from "../live/live";
import { useLoaded } from "../load";
import { ErrorBox, Panel, Waiting } from "../parts";
import { text } from "../text";
import type { ViewState } from "../view_state";
import { Copies } from "./actions";
import { type About, Others, Services, Weaker, chosen } from "./affected";
import { redundancyText, statesOf } from "./chain";
import { Drawing } from "./drawing";
import { Failing } from "./failing";
import { askGroups, groupsOf } from "./groups";
import { type Hit, type Impact, askCauses, askImpact, comparedMost, hitsMost, listsOf, servicesOf, timesProblem } from "./impact";
import { sentenceOf, ticketMarkdown, ticketText, timesText } from "./ticket";

const words = text.break, servicesDrawn = 60, othersDrawn = 30, drawnAtOnce = 80, drawnMost = 400, groupsMost = 100;

export default function BreakPage({ state }: { state: ViewState }) {
    const times = { validAt: state.validAt, asOf: state.asOf }, problem = timesProblem(times);
    const model = useLoaded((signal) => api.model({ signal }), []);
    const isAsked = state.failures.length > 0 && !problem;
    const asked = useLoaded(async (signal) => (isAsked && model.value ? askImpact(api, state.failures, servicesOf(model.value), times, { signal }) : undefined),
        [state.failures, times, isAsked, model.value !== undefined]);
    const impact = isAsked ? asked.value : undefined;
    // A commit may change the answer; that of an earlier state stays.
    useRefresh(() => { if (isAsked && state.asOf === "") asked.again(); }, (commit) => commit.changes.length > 0);
    const answer = useRef<{ impact?: Impact | undefined; number: number }>({ number: 0 });
    if (answer.current.impact !== impact) answer.current = { impact, number: answer.current.number + 1 };
    const question = JSON.stringify([state.failures, times]), { number } = answer.current;
    // Chains of all that is drawn: everything if it is not too much, else the services, or what is nearest where no service is hit.
    const [isWhole, setWhole] = useState(false), hits = impact?.hits ?? [];
    const caused = hits.length <= drawnAtOnce || (isWhole && hits.length <= drawnMost) ? hits
        : hits.some((hit) => hit.isService) ? listsOf(impact!).services.slice(0, servicesDrawn) : listsOf(impact!).worst.slice(0, othersDrawn);
    const looked = hits.find((hit) => hit.key === chosen(state) && !caused.includes(hit));
    const drawn = useLoaded(async (signal) => (impact ? askCauses(api, impact, caused, times, { signal }) : undefined), [question, number, caused.map((hit) => hit.id)]);
    const extra = useLoaded(async (signal) => (impact && looked ? askCauses(api, impact, [looked], times, { signal }) : undefined), [question, number, looked?.id]);
    // While the same question is asked again the last chains stay, and the drawing with them.
    const kept = useRef<{ question: string; causes: ReadonlyMap<string, Path> }>();
    if (drawn.value) kept.current = { question, causes: drawn.value };
    const known = kept.current?.question === question ? kept.current.causes : undefined;
    const causes = useMemo(() => new Map([...(known ?? []), ...(extra.value ?? [])]), [known, extra.value]);
    const grouped = impact ? [...new Set([...listsOf(impact).services, ...listsOf(impact).weaker, ...listsOf(impact).others])].filter((hit) => hit.margin !== null).slice(0, groupsMost).map((hit) => hit.id) : [];
    const groups = useLoaded(async (signal) => askGroups(api, grouped, times, { signal }), [question, number, grouped]);
    const failing = impact?.failed.map(({ element }) => nameOf(element)).join(", ");
    useEffect(() => { if (failing) document.title = `${failing} · ${words.open} · ${text.product}`; }, [failing]);

    const error = problem ?? model.error ?? (isAsked ? asked.error : undefined), again = model.error !== undefined ? model.again : asked.again;
    const stateOf = useMemo(() => impact && statesOf(impact), [impact]);
    const redundancy = (hit: Hit) => {
        const around = groups.value?.get(hit.id);
        return redundancyText(hit, around && model.value && stateOf ? groupsOf(around, model.value, stateOf) : []);
    };
    const about: About | undefined = impact && model.value && { impact, causes, redundancy, model: model.value, state, isLoading: drawn.isLoading || extra.isLoading };
    const told = () => ({ ...about!, link: location.href });
    const sentence = impact && sentenceOf(impact), together = impact?.hits.filter((hit) => hit.onlyTogether).length ?? 0;
    // Where no service is hit the rest stands in its place, beside the drawing.
    const hasServices = impact !== undefined && listsOf(impact).services.length > 0;
    return (
        <div class="break">
            <header class="title">
                <h1>{words.heading}</h1>
                {about && <Copies forms={[{ name: words.copyText, make: () => ticketText(told()) }, { name: words.copyMarkdown, make: () => ticketMarkdown(told()) }, { name: words.copyLink, make: () => location.href }]} />}
            </header>
            <Failing state={state} failed={impact?.failed} />
            {error !== undefined && <ErrorBox error={error} again={problem ? undefined : again} />}
            {isAsked && !impact && error === undefined && <Panel title={words.working}><Waiting rows={6} /></Panel>}
            {impact && <p class="paper-only">{timesText(impact, state)}</p>}
            <div role="status" class="answer">{sentence && <p class="sentence">{sentence}</p>}</div>
            {impact?.notices.map((notice) => <p key={notice.message} class="notice">{notice.message}</p>)}
            {impact && impact.hits.length < impact.total && <p class="notice">{words.cut(Math.min(impact.hits.length, hitsMost), impact.total)}</p>}
            {impact && impact.alone !== "one" && impact.total > 0 && <p class="faint">{impact.alone === "too-many" ? words.togetherUnknown(comparedMost) : together > 0 ? words.togetherCount(together, impact.total) : words.togetherNone}</p>}
            {[drawn, extra].map((each, i) => each.error !== undefined && <ErrorBox key={i} error={each.error} again={each.again} />)}
            {groups.error !== undefined && <ErrorBox error={groups.error} again={groups.again} />}
            {about && impact && (
                <>
                    <div class="result">
                        <div><Services about={about} /><Weaker about={about} />{!hasServices && <Others about={about} />}</div>
                        {known ? <Drawing about={about} isWhole={hits.length > drawnAtOnce && hits.length <= drawnMost ? isWhole : undefined} onWhole={setWhole} />
                            : drawn.error === undefined && <Panel title={words.drawing}><div class="not-yet"><Waiting rows={5} /></div></Panel>}
                    </div>
                    {hasServices && <Others about={about} />}
                </>
            )}
        </div>
    );
}
