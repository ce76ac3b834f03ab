// A statement, its parameters and its result; what was asked before, and what could be.

import type { ComponentType } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, api, mayWrite } from "../api";
import { Icon } from "../icons";
import { useLoaded } from "../load";
import { ErrorBox, Waiting } from "../parts";
import { adjust, currentView, go } from "../router";
import { useWho } from "../sign_in";
import { text } from "../text";
import { formatHash, type ViewState } from "../view_state";
import type { EditorHandle, Mistake } from "./editor";
import { askKnown, examplesOf } from "./examples";
import { type Asked, draft, noteAsked } from "./history";
import { meantOf, parametersOf, placeOf } from "./mql";
import { ParameterTable } from "./parameter_table";
import { type Parameters as Given, parametersFrom, valuesOf } from "./parameters";
import { Questions } from "./questions";
import { Result, type ResultForm, isForm } from "./result";
import { type Access, type Answer, type Prefix, useRun } from "./run";
import { askVocabulary, noVocabulary } from "./vocabulary";

const words = text.ask;
type EditorType = ComponentType<Parameters<typeof import("./editor").default>[0]>;

// The editor's libraries come when the view is first shown.
let loadedEditor: EditorType | undefined;
function useEditor() {
    const [Editor, setEditor] = useState<EditorType | undefined>(() => loadedEditor), [error, setError] = useState<unknown>(), [round, setRound] = useState(0);
    useEffect(() => {
        if (loadedEditor) return;
        setError(undefined);
        import("./editor").then(({ default: editor }) => { loadedEditor = editor; setEditor(() => editor); },
            () => setError(new ApiError("gone", "gone", text.errors.gone, text.errors.goneHint)));
    }, [round]);
    return { Editor, error, again: () => setRound((n) => n + 1) };
}

// isSudden: nobody has asked just now, a link has; then nothing is focused, or an Enter too many would write.
function WriteConfirmation({ isSudden, onRun, onCancel }: { isSudden: boolean; onRun: (about: { reason?: string; change?: string }) => void; onCancel: () => void }) {
    const who = useWho(), first = useRef<HTMLInputElement>(null), words = text.ask.write;
    useEffect(() => { if (!isSudden) first.current?.focus(); }, []);
    const submit = (event: SubmitEvent) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget as HTMLFormElement), read = (name: string) => String(given.get(name) ?? "").trim();
        onRun({ ...(read("reason") ? { reason: read("reason") } : {}), ...(read("change") ? { change: read("change") } : {}) });
    };
    return (
        <form class="panel ask-write" onSubmit={submit} aria-labelledby="ask-write-heading" onKeyDown={(event) => { if (event.key === "Escape") onCancel(); }}>
            <h2 id="ask-write-heading">{words.heading}</h2>
            <p>{who?.role ? words.as(text.signIn.as(who.name, who.role)) : words.asAnybody}</p>
            <div class="fields">
                <label>{words.reason}<input ref={first} name="reason" type="text" autocomplete="off" /><span class="faint">{words.reasonHint}</span></label>
                <label>{words.change}<input name="change" type="text" autocomplete="off" /><span class="faint">{words.changeHint}</span></label>
            </div>
            <div class="actions"><button type="submit" class="strong">{words.run}</button><button type="button" onClick={onCancel}>{words.cancel}</button></div>
        </form>
    );
}

function CopyLink() {
    const [isCopied, setCopied] = useState(false);
    const copy = () => navigator.clipboard?.writeText(location.href).then(() => { setCopied(true); setTimeout(() => setCopied(false), 2000); }, () => setCopied(false));
    return <button type="button" class="plain" onClick={copy}><Icon name="link" /><span role="status">{isCopied ? words.copied : words.copyLink}</span></button>;
}

export default function AskPage({ state }: { state: ViewState }) {
    const inAddress = state.own.s ?? "", parametersInAddress = state.own.p ?? "";
    const [statement, setStatement] = useState(() => inAddress || draft.read());
    const [parameters, setParameters] = useState<Given>(() => parametersFrom(parametersInAddress));
    const [mistakes, setMistakes] = useState<Mistake[]>([]), [problem, setProblem] = useState("");
    const editor = useRef<EditorHandle | null>(null), who = useWho();
    const isByLink = useRef(false);
    const shown = useRef({ statement: "", p: "" });  // what the address says that the editor has shown already
    const { Editor, error: editorError, again } = useEditor();
    const vocabulary = useLoaded((signal) => askVocabulary(api, { signal }), []);
    const examples = useLoaded((signal) => askKnown(api, state.validAt, { signal }).then(examplesOf), [state.validAt]);
    const names = useMemo(() => parametersOf(statement), [statement]);
    const form: ResultForm = isForm(state.own.show) ? state.own.show : "table";

    const { answer, run, stop, clear } = useRun((done) => {
        const { question: { statement, parameters, access }, error } = done;
        if (error instanceof ApiError && error.line !== undefined && error.column !== undefined)
            setMistakes([{ ...placeOf(statement, error.line, error.column), message: error.message, hint: error.hint, meant: meantOf(error.hint) }]);
        if (needsWriting(done)) return;
        const outcome: Asked["outcome"] = done.isStopped ? "stopped" : error !== undefined ? "failed" : access === "write" ? "wrote" : "read";
        noteAsked({ statement, parameters, at: new Date().toISOString(), ms: done.ms, rows: done.rows.length, outcome, isPinned: false });
    });
    const needsWriting = (of: Answer | undefined) => of?.error instanceof ApiError && of.error.code === "read_only" && of.question.access === "read";
    const isRunning = answer?.isRunning === true;

    const start = useCallback((whole: string, given: Given, access: Access, prefix: Prefix = "", about: { reason?: string; change?: string } = {}) => {
        if (whole.trim() === "") return;
        isByLink.current = false;
        const { values, wrong } = valuesOf(parametersOf(whole), given);
        setMistakes([]);
        setProblem(wrong.length > 0 ? words.parameters.missing(wrong.map((name) => `$${name}`).join(", ")) : "");
        if (wrong.length > 0) return;
        const p = Object.keys(values).length > 0 ? JSON.stringify(values) : "", { state: now } = currentView();
        shown.current = { statement: whole, p };
        const show = prefix !== "" ? "plan" : now.own.show === "plan" ? "" : now.own.show ?? "";
        const next: ViewState = { ...now, view: "ask", own: { ...now.own, s: whole, p, show } };
        if (formatHash(next) !== location.hash) {
            // A statement of its own is a step to come back to; a repetition is not.
            if (now.own.s && now.own.s !== whole) go(next);
            else adjust(next);
        }
        draft.write("");
        void run({ statement: whole, parameters: values, access, prefix, ...about });
    }, [run]);

    // What the address says is shown, and read: writing is never done by a link.
    useEffect(() => {
        if (!inAddress || (shown.current.statement === inAddress && shown.current.p === parametersInAddress)) return;
        const given = parametersFrom(parametersInAddress);
        setStatement(inAddress);
        setParameters((before) => ({ ...before, ...given }));
        if (editor.current && editor.current.text() !== inAddress) editor.current.set(inAddress);
        start(inAddress, given, "read", state.own.show === "plan" ? "EXPLAIN" : "");
        isByLink.current = true;
    }, [inAddress, parametersInAddress]);

    const onChange = (now: string) => {
        setStatement(now);
        setMistakes((before) => (before.length > 0 ? [] : before));
        draft.write(now);
    };
    const choose = (chosen: { statement: string; parameters: Record<string, unknown> }, isRun: boolean) => {
        const given = parametersFrom(JSON.stringify(chosen.parameters));
        setParameters((before) => ({ ...before, ...given }));
        editor.current?.set(chosen.statement);
        setStatement(chosen.statement);
        if (isRun) start(chosen.statement, given, "read");
        else editor.current?.focus();
    };
    const onEditor = (handle: EditorHandle | null) => {
        editor.current = handle;
        // Who comes with a keyboard types at once; on a touch screen half of it would be covered.
        if (handle && !inAddress && matchMedia("(pointer: fine)").matches) handle.focus();
    };
    const runNow = (prefix: Prefix = "") => start(editor.current?.text() ?? statement, parameters, "read", prefix);
    // The editor has its own keys; this is for the parameters.
    const onKeyDown = (event: KeyboardEvent) => {
        const isInLine = event.target instanceof HTMLInputElement;
        if (event.key !== "Enter" || event.defaultPrevented || !(event.ctrlKey || event.metaKey || isInLine)) return;
        event.preventDefault();
        runNow();
    };
    const setForm = (show: ResultForm) => adjust({ own: { ...currentView().state.own, show: show === "table" ? "" : show } });
    const isEmpty = statement.trim() === "";
    const isWriting = needsWriting(answer);
    const error = isWriting ? undefined : answer?.error;
    const [meant] = mistakes;

    return (
        <>
            <h1 class="unseen">{words.heading}</h1>
            <div class={answer ? "ask" : "ask is-empty"}>
                <section class="panel ask-editor" aria-label={words.editor} onKeyDown={onKeyDown}>
                    {editorError !== undefined ? <ErrorBox error={editorError} again={again} />
                        : Editor ? <Editor statement={statement} vocabulary={vocabulary.value ?? noVocabulary} mistakes={mistakes} parameters={Object.keys(parameters)}
                            onChange={onChange} onRun={() => runNow()} handle={onEditor} />
                            : <div class="editor"><Waiting rows={4} /></div>}
                    {names.length > 0 && <ParameterTable names={names} parameters={parameters} onChange={setParameters} />}
                    {problem && <p class="wrong" role="alert">{problem}</p>}
                    <div class="toolbar">
                        {isRunning ? <button type="button" class="strong" onClick={stop}><Icon name="stop" />{words.stop}</button>
                            : <button type="button" class="strong" disabled={isEmpty} onClick={() => runNow()}><Icon name="run" />{words.run}<kbd aria-hidden="true">{/Mac|iP/.test(navigator.platform) ? words.runKeysOfMac : words.runKeys}</kbd></button>}
                        <button type="button" disabled={isEmpty || isRunning} title={words.explainTitle} onClick={() => runNow("EXPLAIN")}>{words.explain}</button>
                        <button type="button" disabled={isEmpty || isRunning} title={words.profileTitle} onClick={() => runNow("PROFILE")}>{words.profile}</button>
                        <span class="room" />
                        {inAddress && <CopyLink />}
                        <button type="button" class="plain" disabled={isEmpty} onClick={() => { editor.current?.set(""); clear(); shown.current = { statement: "", p: "" }; go({ view: "ask" }); editor.current?.focus(); }}>{words.clear}</button>
                    </div>
                    <p class="faint unseen">{words.editorKeys}</p>
                </section>
                <Questions examples={examples.value} onChoose={choose} />
                <div class="ask-result">
                    {isWriting && answer && (mayWrite(who)
                        ? <WriteConfirmation isSudden={isByLink.current} onCancel={() => { clear(); editor.current?.focus(); }} onRun={(about) => start(answer.question.statement, parameters, "write", answer.question.prefix, about)} />
                        : <ErrorBox error={new ApiError("refused", "read_only", words.write.reader(who ? text.signIn.as(who.name, who.role) : ""))} />)}
                    {error !== undefined && (
                        <div class="ask-mistake">
                            <ErrorBox error={error} again={error instanceof ApiError && error.kind !== "asked" ? () => run(answer!.question) : undefined} />
                            {meant && meant.meant.length > 0 && <div class="meant">{meant.meant.map((word) => (
                                <button type="button" key={word} onClick={() => editor.current?.replace(meant.from, meant.to, word)}>{words.use(word)}</button>
                            ))}</div>}
                        </div>
                    )}
                    {answer && !isWriting && (error === undefined || answer.rows.length > 0) && <Result answer={answer} form={form} onForm={setForm} onPlan={(prefix) => runNow(prefix)} />}
                    {!answer && <p class="hint">{words.nothing}</p>}
                </div>
            </div>
        </>
    );
}
