// The editor: CodeMirror in a shadow root, where it may use style sheets that it constructs. It owns the text while it is shown.

import { acceptCompletion, autocompletion, completionStatus, closeBrackets, closeBracketsKeymap, type Completion, type CompletionContext, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, drawSelection, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";
import { text } from "../text";
import { choicesAt } from "./complete";
import { type Ink, inksOf, isKeyword } from "./mql";
import type { Vocabulary } from "./vocabulary";

export interface Mistake { from: number; to: number; message: string; hint: string; meant: string[] }
export interface EditorHandle { text: () => string; replace: (from: number, to: number, by: string) => void; set: (statement: string) => void; focus: () => void }

const words = text.ask;

const inkMarks = new Map<Ink, Decoration>((["comment", "text", "number", "keyword", "label", "function", "parameter", "bracket"] as const)
    .map((ink) => [ink, Decoration.mark({ class: `ink-${ink}` })]));

// Statements are short: all of one is read again at each key.
function decorate(view: EditorView): DecorationSet {
    const marks = inksOf(view.state.doc.toString()).flatMap(({ from, to, ink }) => {
        const mark = inkMarks.get(ink);
        return mark ? [mark.range(from, to)] : [];
    });
    return Decoration.set(marks);
}
const inks = ViewPlugin.fromClass(class {
    decorations: DecorationSet;
    constructor(view: EditorView) { this.decorations = decorate(view); }
    update(update: ViewUpdate) { if (update.docChanged) this.decorations = decorate(update.view); }
}, { decorations: (plugin) => plugin.decorations });

// Brackets and comments for what the library does by language: matching, Ctrl-/.
const language = StreamLanguage.define({
    name: "mql",
    token: (stream) => {
        if (stream.match(/^\/\/.*/)) return "comment";
        if (stream.match(/^(['"`])(?:(?!\1)[^\\]|\\.)*(?:\1|$)/)) return "string";
        stream.next();
        return null;
    },
    languageData: { commentTokens: { line: "//" }, closeBrackets: { brackets: ["(", "[", "{", "'", '"', "`"] } },
});

// A browser that replaces selected text itself keeps its look by a style attribute, which the server's policy forbids.
const overSelection = EditorView.domEventHandlers({
    beforeinput: (event, view) => {
        const { from, to } = view.state.selection.main, typed = event.data;
        if (event.inputType !== "insertText" || typed === null || from === to || view.composing) return false;
        const insert = () => view.state.update(view.state.replaceSelection(typed), { userEvent: "input.type", scrollIntoView: true });
        if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, typed, insert))) view.dispatch(insert());
        return true;
    },
});

const look = EditorView.theme({
    "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--size)", minHeight: "var(--editor-least)", maxHeight: "max(46vh, var(--editor-least))", borderRadius: "var(--radius)" },
    "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto", borderRadius: "var(--radius)" },
    ".cm-content, .cm-gutter": { minHeight: "var(--editor-least)" },
    ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
    ".cm-line": { padding: "0 10px" },
    ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--faint)", border: "none", borderRight: "1px solid var(--line)" },
    ".cm-activeLine": { backgroundColor: "transparent" },
    "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 55%, transparent)" },
    ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--text)" },
    ".cm-cursor": { borderLeftColor: "var(--text)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--accent-ground)" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-ground)", outline: "1px solid var(--accent)" },
    ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--danger-ground)", color: "var(--danger)" },
    ".cm-placeholder": { color: "var(--faint)" },
    ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "var(--radius)", boxShadow: "var(--shadow)" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "var(--size-small)", maxHeight: "none", maxWidth: "min(560px, 92vw)" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px", lineHeight: "1.5" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-ground)", color: "var(--text)" },
    ".cm-completionLabel": { color: "var(--text)" },
    ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
    ".cm-completionDetail": { color: "var(--faint)", fontStyle: "normal", marginLeft: "12px" },
    ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "320px" },
    ".cm-diagnostic": { padding: "6px 10px", borderLeft: "4px solid var(--danger)", fontFamily: "var(--font)" },
    ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", borderRadius: "4px", padding: "2px 8px", font: "inherit" },
    ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--danger) 1.5px", textUnderlineOffset: "3px" },
    ".cm-lintPoint-error::after": { borderBottomColor: "var(--danger)" },
    ".ink-keyword": { color: "var(--ink-keyword)", fontWeight: "600" },
    ".ink-label": { color: "var(--ink-label)" },
    ".ink-text": { color: "var(--ink-text)" },
    ".ink-number": { color: "var(--ink-number)" },
    ".ink-parameter": { color: "var(--ink-parameter)" },
    ".ink-function": { color: "var(--ink-function)" },
    ".ink-comment": { color: "var(--faint)", fontStyle: "italic" },
});

const typeNames = { class: "class", type: "interface", attribute: "property", function: "function", procedure: "method", keyword: "keyword", variable: "variable", parameter: "constant", value: "enum" } as const;
const ranks = { variable: 3, attribute: 2, value: 2, class: 2, type: 2, parameter: 2, keyword: 0, function: -1, procedure: -1 } as const;

export default function Editor({ statement, vocabulary, mistakes, parameters, isReadOnly = false, onChange, onRun, handle }: {
    statement: string; vocabulary: Vocabulary; mistakes: Mistake[]; parameters: string[]; isReadOnly?: boolean;
    onChange: (statement: string) => void; onRun: () => void; handle: (editor: EditorHandle | null) => void;
}) {
    const host = useRef<HTMLDivElement>(null), view = useRef<EditorView>();
    const now = useRef({ vocabulary, parameters, onChange, onRun });
    now.current = { vocabulary, parameters, onChange, onRun };
    const editable = useRef(new Compartment());

    useEffect(() => {
        const shadow = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
        const complete = (context: CompletionContext) => {
            const found = choicesAt(context.state.doc.toString(), context.pos, now.current.vocabulary, context.explicit, now.current.parameters);
            if (!found || found.choices.length === 0) return null;
            return {
                from: found.from, validFor: (typed: string) => /^[\p{L}\p{N}_`$]*$/u.test(typed) && !isKeyword(typed.toUpperCase()),
                options: found.choices.map(({ label, apply, kind, detail, info }): Completion => ({ label, apply, type: typeNames[kind], boost: ranks[kind], ...(detail ? { detail: detail.slice(0, 60) } : {}), ...(info ? { info } : {}) })),
            };
        };
        view.current = new EditorView({
            root: shadow, parent: shadow,
            state: EditorState.create({
                doc: statement,
                extensions: [
                    Prec.highest(keymap.of([
                        { key: "Mod-Enter", preventDefault: true, run: () => { now.current.onRun(); return true; } },
                        // Only while there is something to take: otherwise Tab leaves the editor, as everywhere.
                        { key: "Tab", run: (view) => acceptCompletion(view) || completionStatus(view.state) === "active" },
                    ])),
                    lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(), language, inks, look, overSelection,
                    syntaxHighlighting(HighlightStyle.define([])),
                    autocompletion({ override: [complete], icons: false, maxRenderedOptions: 12, interactionDelay: 30 }),
                    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
                    EditorView.lineWrapping, placeholder(words.placeholder),
                    EditorView.contentAttributes.of({ "aria-label": words.editor, spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
                    EditorView.updateListener.of((update) => { if (update.docChanged) now.current.onChange(update.state.doc.toString()); }),
                    editable.current.of([]),
                ],
            }),
        });
        const shown = view.current;
        handle({
            text: () => shown.state.doc.toString(),
            replace: (from, to, by) => { shown.dispatch({ changes: { from, to, insert: by }, selection: { anchor: from + by.length } }); shown.focus(); },
            set: (whole) => shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: whole }, selection: { anchor: whole.length } }),
            focus: () => shown.focus(),
        });
        return () => {
            handle(null);
            shown.destroy();
        };
    }, []);

    useEffect(() => {
        view.current?.dispatch({ effects: editable.current.reconfigure(isReadOnly ? [EditorState.readOnly.of(true)] : []) });
    }, [isReadOnly]);

    useEffect(() => {
        const shown = view.current;
        if (!shown) return;
        const most = shown.state.doc.length;
        const diagnostics = mistakes.map(({ from, to, message, hint, meant }): Diagnostic => ({
            from: Math.min(from, most), to: Math.min(to, most), severity: "error", message: hint ? `${message}\n${hint}` : message,
            actions: meant.map((word) => ({ name: words.use(word), apply: (target, at, end) => target.dispatch({ changes: { from: at, to: end, insert: word } }) })),
        }));
        shown.dispatch(setDiagnostics(shown.state, diagnostics));
    }, [mistakes]);

    // Outside of the shadow root nobody sees that somebody types here: keys of the page's own (/) would be taken away.
    return <div class="editor" ref={host} onKeyDown={(event) => { if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation(); }} />;
}
