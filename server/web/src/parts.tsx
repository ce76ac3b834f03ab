// Small parts that every view uses.

import { Component, type ComponentChildren } from "preact";
import { ApiError } from "./api";
import { type Element, classOf, keyOf, nameOf } from "./graph/model";
import { lookOf, stateText } from "./graph/states";
import { Icon } from "./icons";
import { text } from "./text";
import { formatHash } from "./view_state";

export const linkTo = (element: Element | { key: string }) =>
    formatHash({ view: "element", of: ["key" in element ? element.key : keyOf(element)] });

export const ElementLink = ({ element }: { element: Element }) => <a href={linkTo(element)}>{nameOf(element)}</a>;
export const ClassTag = ({ name }: { name: string }) => <span class="class-tag">{name}</span>;
export const ClassOf = ({ element }: { element: Element }) => <ClassTag name={classOf(element)} />;

// Colour, shape and word together.
export function StateMark({ state, hasWord = true }: { state: string; hasWord?: boolean }) {
    const look = lookOf(state);
    return (
        <span class="state" data-state={state}>
            {look && <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d={look.outline} style={{ fill: `var(${look.colour})` }} /></svg>}
            <span class={hasWord ? "" : "unseen"}>{stateText(state)}</span>
        </span>
    );
}

// What the server, or the way to it, has to say; with a button to ask again where that may help.
export function ErrorBox({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
    const known = error instanceof ApiError ? error : null;
    const title = known ? text.errors.title[known.kind] : text.errors.page;
    return (
        <div class="error-box" role="alert">
            <Icon name="warning" />
            <div>
                <strong>{title}</strong>
                <p>{error instanceof Error ? error.message : String(error)}{known?.line !== undefined && known.column !== undefined && ` (${text.errors.place(known.line, known.column)})`}</p>
                {known ? known.hint && <p class="faint">{known.hint}</p> : <p class="faint">{text.errors.pageHint}</p>}
            </div>
            {again && <button type="button" onClick={again}>{text.errors.retry}</button>}
        </div>
    );
}

// A mistake of the page in one view leaves the rest standing.
export class Fence extends Component<{ children: ComponentChildren }, { error: unknown }> {
    override state = { error: undefined as unknown };
    static override getDerivedStateFromError = (error: unknown) => ({ error });
    override render() {
        return this.state.error === undefined ? this.props.children
            : <ErrorBox error={this.state.error} again={() => this.setState({ error: undefined })} />;
    }
}

export function Waiting({ rows = 3 }: { rows?: number }) {
    return (
        <div class="waiting" role="status">
            <span class="unseen">{text.loading}</span>
            {Array.from({ length: rows }, (_, i) => <span class="bar" key={i} />)}
        </div>
    );
}

export const Panel = ({ title, action, children, name }: { title: string; action?: ComponentChildren; children: ComponentChildren; name?: string }) => (
    <section class="panel" data-panel={name}>
        <header><h2>{title}</h2>{action}</header>
        {children}
    </section>
);

const dateForm = new Intl.DateTimeFormat(text.language, { dateStyle: "medium", timeStyle: "short" });
export const Time = ({ of }: { of: string }) => <time dateTime={of} title={of}>{dateForm.format(new Date(of))}</time>;
