// A result: what it cost, what has to be said, and its rows in the form that was chosen.

import { useMemo, useState } from "preact/hooks";
import { api } from "../api";
import { Icon } from "../icons";
import { ErrorBox, Waiting } from "../parts";
import { text } from "../text";
import { type Exported, download } from "./download";
import { PlanTree } from "./plan_tree";
import { ResultGraph } from "./result_graph";
import { ResultTable } from "./result_table";
import { type Answer, type Prefix, textOf } from "./run";
import { Tabs } from "./tabs";

const words = text.ask;
const jsonRowsMost = 200;

const forms = ["table", "graph", "json", "plan"] as const;
export type ResultForm = (typeof forms)[number];
export const isForm = (name: string | undefined): name is ResultForm => (forms as readonly (string | undefined)[]).includes(name);

function Status({ answer }: { answer: Answer }) {
    const changed = Object.entries(answer.counters ?? {}).map(([name, n]) => words.counters[name]?.(n) ?? `${name} ${n}`);
    return (
        <div class="status" role="status">
            {answer.isRunning ? <span>{words.running(answer.rows.length)}</span> : (
                <>
                    <span><b>{answer.isStopped ? words.stopped(answer.rows.length) : answer.isCut ? words.cut(answer.rows.length) : words.rows(answer.rows.length)}</b></span>
                    <span>{words.took(answer.ms)}</span>
                    <span>{answer.transaction === undefined ? words.reading : words.wrote(answer.transaction)}</span>
                    {changed.length > 0 && <span>{words.changed}: <b>{changed.join(", ")}</b></span>}
                </>
            )}
        </div>
    );
}

function JsonView({ answer }: { answer: Answer }) {
    const [isCopied, setCopied] = useState(false);
    const rowOf = (row: Answer["rows"][number]) => Object.fromEntries(answer.columns.map((column, i) => [column, row[i]]));
    const shown = useMemo(() => JSON.stringify(answer.rows.slice(0, jsonRowsMost).map(rowOf), null, 2), [answer.rows, answer.rows.length]);
    const copy = () => navigator.clipboard?.writeText(JSON.stringify(answer.rows.map(rowOf), null, 2)).then(() => { setCopied(true); setTimeout(() => setCopied(false), 2000); }, () => setCopied(false));
    return (
        <>
            <div class="above">
                {answer.rows.length > jsonRowsMost && <span class="faint">{words.json.cut(jsonRowsMost)}</span>}
                <button type="button" class="plain" onClick={copy}><span role="status">{isCopied ? words.json.copied : words.json.copy}</span></button>
            </div>
            <div class="result-json" role="region" aria-label={words.json.label} tabIndex={0}><pre>{shown}</pre></div>
        </>
    );
}

function Exports({ answer, picture }: { answer: Answer; picture: ((format: "png" | "svg") => Promise<Blob>) | undefined }) {
    const [busy, setBusy] = useState<Exported>(), [error, setError] = useState<unknown>();
    const save = async (format: Exported) => {
        setBusy(format);
        setError(undefined);
        try {
            const blob = format === "png" || format === "svg" ? await picture!(format) : await api.resultAs(format, textOf(answer.question), answer.question.parameters);
            download(blob, `${words.export.name}.${format}`);
        } catch (problem) {
            setError(problem);
        }
        setBusy(undefined);
    };
    const isWritten = answer.question.access === "write";
    const button = (format: Exported, isOff = false, why = "") => (
        <button type="button" key={format} class="plain" disabled={isOff || busy !== undefined || answer.isRunning} title={why || undefined} onClick={() => void save(format)}>{words.export[format]}</button>
    );
    return (
        <>
            <div class="exports" role="group" aria-label={words.export.label}>
                <Icon name="download" /><span>{busy ? words.export.busy : words.export.label}</span>
                {(["csv", "json", "graphml"] as const).map((format) => button(format, isWritten, isWritten ? words.export.written : ""))}
                {(["png", "svg"] as const).map((format) => button(format, !picture, picture ? "" : words.export.pictureHint))}
            </div>
            {error !== undefined && <ErrorBox error={error} />}
        </>
    );
}

export function Result({ answer, form, onForm, onPlan }: { answer: Answer; form: ResultForm; onForm: (form: ResultForm) => void; onPlan: (prefix: Prefix) => void }) {
    const [picture, setPicture] = useState<{ make: (format: "png" | "svg") => Promise<Blob> }>();
    const isPlanOnly = answer.question.prefix === "EXPLAIN";
    return (
        <section class="panel result" data-panel="result" data-running={answer.isRunning}>
            <Tabs label={words.forms.label} id="ask-result" chosen={form} onChoose={onForm} tabs={forms.map((name) => ({ name, title: words.forms[name] }))}>
                <span class="room" />
                {!isPlanOnly && answer.columns.length > 0 && <Exports answer={answer} picture={form === "graph" ? picture?.make : undefined} />}
            </Tabs>
            <Status answer={answer} />
            {answer.notices.length > 0 && (
                <ul class="notices" aria-label={words.notices}>{answer.notices.map((notice, i) => <li key={i}><Icon name="warning" /><span>{notice.message}</span></li>)}</ul>
            )}
            <div role="tabpanel" id="ask-result-panel" aria-labelledby={`ask-result-${form}`}>
                {form === "table" && (answer.columns.length > 0 ? <ResultTable columns={answer.columns} rows={answer.rows} isRunning={answer.isRunning} />
                    : <div class="result-empty">{answer.isRunning ? <Waiting /> : <p class="faint">{words.table.noColumns}</p>}</div>)}
                {form === "json" && <JsonView answer={answer} />}
                {form === "graph" && <ResultGraph answer={answer} onPicture={setPicture} />}
                {form === "plan" && (answer.plan ? <PlanTree plan={answer.plan} /> : !answer.isRunning && (
                    <div class="result-empty"><p class="faint">{words.plan.none}</p>
                        <p class="actions"><button type="button" onClick={() => onPlan("EXPLAIN")}>{words.explain}</button><button type="button" onClick={() => onPlan("PROFILE")}>{words.profile}</button></p></div>
                ))}
            </div>
        </section>
    );
}
