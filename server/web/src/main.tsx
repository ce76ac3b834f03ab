// The page's frame: the box, the menu, who is signed in, the view, and what has to be said.

import "./theme.css";
import "./find/find.css";
import "./start/start.css";
import "./live/live.css";
import { type ComponentType, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Who, api } from "./api";
import { forgetClasses } from "./find/classes";
import { SearchBox } from "./find/search_box";
import { Icon, type IconName, Mark } from "./icons";
import { LineBanner, LineMark } from "./live/line";
import { forgetChanges, startListening, useRefresh } from "./live/live";
import { ErrorBox, Fence, Waiting } from "./parts";
import { type Theme, session, setTheme, showTheme, useTheme } from "./remember";
import { useView } from "./router";
import { PrintFoot, Share } from "./share";
import { SignIn, WhoContext, signOut } from "./sign_in";
import { text } from "./text";
import { type ViewState, formatHash } from "./view_state";
import { type View, views } from "./views";

const themes: Theme[] = ["auto", "light", "dark"];
const themeIcons: Record<Theme, IconName> = { auto: "auto", light: "sun", dark: "moon" };

function ThemeSwitch() {
    const theme = useTheme();
    const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
    const label = text.theme.next(text.theme[theme]);
    return <button type="button" class="plain icon-only" aria-label={label} title={label} onClick={() => setTheme(next)}><Icon name={themeIcons[theme]} /></button>;
}

const loaded = new Map<string, ComponentType<{ state: ViewState }>>();

function Shown({ view, state }: { view: View; state: ViewState }) {
    const [error, setError] = useState<unknown>(), [round, setRound] = useState(0);
    const Page = loaded.get(view.name);
    useEffect(() => {
        if (Page) return;
        setError(undefined);
        view.load().then(({ default: page }) => { loaded.set(view.name, page); setRound((n) => n + 1); },
            () => setError(new ApiError("gone", "gone", text.errors.gone, text.errors.goneHint)));
    }, [view.name, round]);
    // What could not be fetched while the server was gone is fetched when it is back.
    useRefresh(() => { if (!Page) setRound((n) => n + 1); });
    if (Page) return <Page state={state} />;
    return error === undefined ? <Waiting rows={6} /> : <ErrorBox error={error} again={() => setRound((n) => n + 1)} />;
}

function App() {
    const { state, complaints } = useView();
    const [who, setWho] = useState<Who | null>(null), [problem, setProblem] = useState<unknown>(), [isEnded, setEnded] = useState(false), [round, setRound] = useState(0);
    const content = useRef<HTMLElement>(null), isFirst = useRef(true);
    useEffect(() => {
        setProblem(undefined);
        api.who().then(setWho, setProblem);
    }, [round]);
    useEffect(() => {
        if (!who) return;
        return startListening(api, () => { leave(); setEnded(true); });
    }, [who]);
    const view = views.find((each) => each.name === state.view);
    const unknown = [...complaints, ...(view ? [] : [state.view])];
    const shown = view ?? views[0]!;
    useEffect(() => {
        document.title = shown.name === "start" ? text.product : `${[state.of.join(", ") || state.q || state.class, shown.title].filter(Boolean).join(" · ")} · ${text.product}`;
        // A new view is read from its beginning; but nobody is interrupted who types already.
        if (!isFirst.current && !document.activeElement?.closest("input, textarea")) content.current?.focus({ preventScroll: true });
        isFirst.current = false;
        forgetChanges();
        scrollTo(0, 0);
    }, [shown.name, state.of.join("\n"), state.q, state.class]);
    const needsSignIn = problem instanceof ApiError && problem.needsSignIn;
    const leave = () => { signOut(); forgetClasses(); setEnded(false); setWho(null); setRound((n) => n + 1); };
    return (
        <WhoContext.Provider value={who}>
            <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); content.current?.focus(); }}>{text.skip}</a>
            <header class="bar">
                <a class="brand" href="#/" aria-label={`${text.product}, ${text.views.start}`}><Mark /><span>{text.product}</span></a>
                <nav aria-label={text.product}>
                    {views.filter((each) => each.isInMenu && (each.name !== "find" || state.view === "find")).map((each) => (
                        <a key={each.name} href={each.name === state.view ? formatHash(state) : `#/${each.name === "start" ? "" : each.name}`} aria-current={each.name === state.view ? "page" : undefined}>{each.title}</a>
                    ))}
                </nav>
                {who && <SearchBox />}
                <span class="room" />
                {who && <LineMark />}
                {who?.role && <span class="who"><Icon name="person" /><span>{text.signIn.as(who.name, who.role)}</span>
                    <button type="button" class="plain icon-only" aria-label={text.signIn.out} title={text.signIn.out} onClick={leave}><Icon name="leave" /></button></span>}
                {who && <Share />}
                <ThemeSwitch />
            </header>
            {who && <LineBanner />}
            <main id="content" ref={content} tabIndex={-1}>
                {unknown.length > 0 && <ErrorBox error={new ApiError("asked", "address", `${text.errors.address}: ${unknown.join(", ")}`)} />}
                {who ? <Fence key={shown.name}><Shown view={shown} state={state} /></Fence>
                    : needsSignIn ? <SignIn isEnded={isEnded} onDone={(now) => { setProblem(undefined); setEnded(false); setWho(now); }} />
                        : problem !== undefined ? <ErrorBox error={problem} again={() => setRound((n) => n + 1)} /> : <Waiting rows={6} />}
            </main>
            {who && <PrintFoot />}
        </WhoContext.Provider>
    );
}

showTheme();
api.signInAs(session.read());
render(<App />, document.getElementById("app")!);
