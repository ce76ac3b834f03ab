// What if it fails? What is marked as failed, what that does in words, the services hit, the chains that lead to them, and the rest.

import { useEffect } from "preact/hooks";
import { api } from "../api";
import { nameOf } from "../graph/model";
import { useLoaded } from "../load";
import { ErrorBox, Panel, Waiting } from "../parts";
import { text } from "../text";
import type { ViewState } from "../view_state";
import { Copies } from "./actions";
import { type About, Others, Services, Weaker, servicesIn, weakerIn } from "./affected";
import { redundancyText, statesOf } from "./chain";
import { Failing } from "./failing";
import { askGroups, groupsOf } from "./groups";
import { type Hit, askCauses, askImpact, bySeverity, hitsMost, servicesOf, timesProblem } from "./impact";
import { sentenceOf, ticketMarkdown, ticketText } from "./ticket";

const words = text.break, causesMost = 60, groupsMost = 100, othersCaused = 30;

export default function BreakPage({ state }: { state: ViewState }) {
    const times = { validAt: state.validAt, asOf: state.asOf }, problem = timesProblem(times);
    const model = useLoaded((signal) => api.model({ signal }), []);
    const isAsked = state.failures.length > 0 && !problem;
    const asked = useLoaded(async (signal) => (isAsked && model.value ? askImpact(api, state.failures, servicesOf(model.value), times, { signal }) : undefined),
        [state.failures, times, isAsked, model.value !== undefined]);
    const impact = isAsked ? asked.value : undefined;
    // Chains of the services, or of the nearest where no service is hit: the page shows their last step, and draws them.
    const caused = impact ? [...servicesIn(impact).slice(0, causesMost), ...(impact.hits.some((hit) => hit.isService) ? [] : [...impact.hits].sort(bySeverity).slice(0, othersCaused))] : [];
    const causes = useLoaded(async (signal) => (impact ? askCauses(api, impact, caused, times, { signal }) : undefined), [state.failures, times, impact?.hits.length, caused.map((hit) => hit.id)]);
    const grouped = impact ? [...servicesIn(impact), ...weakerIn(impact), ...impact.hits.filter((hit) => !hit.isService).sort(bySeverity)].filter((hit) => hit.margin !== null)
        .filter((hit, i, all) => all.indexOf(hit) === i).slice(0, groupsMost).map((hit) => hit.id) : [];
    const groups = useLoaded(async (signal) => askGroups(api, grouped, times, { signal }), [state.failures, times, grouped]);
    const failing = impact?.failed.map(({ element }) => nameOf(element)).join(", ");
    useEffect(() => { if (failing) document.title = `${failing} · ${words.open} · ${text.product}`; }, [failing]);

    const error = problem ?? model.error ?? (isAsked ? asked.error : undefined), again = model.error !== undefined ? model.again : asked.again;
    const stateOf = impact && statesOf(impact);
    const redundancy = (hit: Hit) => {
        const around = groups.value?.get(hit.id);
        return redundancyText(hit, around && model.value && stateOf ? groupsOf(around, model.value, stateOf) : []);
    };
    const about: About | undefined = impact && model.value && { impact, causes: causes.value ?? new Map(), redundancy, model: model.value, state };
    const told = () => ({ ...about!, link: location.href });
    const sentence = impact && sentenceOf(impact), together = impact?.hits.filter((hit) => hit.onlyTogether).length ?? 0;
    return (
        <div class="break">
            <header class="title">
                <h1>{words.heading}</h1>
                {about && <Copies forms={[{ name: words.copyText, make: () => ticketText(told()) }, { name: words.copyMarkdown, make: () => ticketMarkdown(told()) }, { name: words.copyLink, make: () => location.href }]} />}
            </header>
            <Failing state={state} failed={impact?.failed} />
            {error !== undefined && <ErrorBox error={error} again={problem ? undefined : again} />}
            {isAsked && !impact && error === undefined && <Panel title={words.working}><Waiting rows={6} /></Panel>}
            <div role="status" class="answer">{sentence && <p class="sentence">{sentence}</p>}</div>
            {impact?.notices.map((notice) => <p key={notice.message} class="notice">{notice.message}</p>)}
            {impact && impact.hits.length < impact.total && <p class="notice">{words.cut(Math.min(impact.hits.length, hitsMost), impact.total)}</p>}
            {impact && impact.alone !== "one" && impact.total > 0 && <p class="faint">{impact.alone === "too-many" ? words.togetherUnknown(8) : together > 0 ? words.togetherCount(together) : words.togetherNone}</p>}
            {causes.error !== undefined && <ErrorBox error={causes.error} again={causes.again} />}
            {groups.error !== undefined && <ErrorBox error={groups.error} again={groups.again} />}
            {about && impact && (
                <>
                    <Services about={about} />
                    <Weaker about={about} />
                    <Others about={about} />
                </>
            )}
        </div>
    );
}
