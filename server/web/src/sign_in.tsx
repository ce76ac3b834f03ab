// Who asks, where the database has accounts. What was typed stays in this tab.

import { createContext } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError, type Who, api, basic, bearer } from "./api";
import { ErrorBox } from "./parts";
import { session } from "./remember";
import { text } from "./text";

// null: not known yet, or nobody.
export const WhoContext = createContext<Who | null>(null);
export const useWho = () => useContext(WhoContext);

export function signOut() {
    session.write(null);
    api.signInAs(null);
}

// isEnded: somebody was signed in until just now, and is not any more.
export function SignIn({ onDone, isEnded = false }: { onDone: (who: Who) => void; isEnded?: boolean }) {
    const [isToken, setToken] = useState(false), [isBusy, setBusy] = useState(false), [error, setError] = useState<unknown>();
    const id = useId(), first = useRef<HTMLInputElement>(null), words = text.signIn;
    useEffect(() => first.current?.focus(), [isToken]);
    const submit = async (event: SubmitEvent) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget as HTMLFormElement), read = (name: string) => String(given.get(name) ?? "");
        const authorization = isToken ? bearer(read("token").trim()) : basic(read("name"), read("password"));
        setBusy(true);
        setError(undefined);
        api.signInAs(authorization);
        try {
            const who = await api.who();
            session.write(authorization);
            onDone(who);
        } catch (problem) {
            api.signInAs(null);
            setError(problem);
            setBusy(false);
        }
    };
    const isWrong = error instanceof ApiError && error.needsSignIn;
    return (
        <form class="sign-in" onSubmit={submit}>
            <h1>{words.heading}</h1>
            {isEnded && <p role="status">{words.ended}</p>}
            <p class="faint">{words.why} {words.kept}</p>
            {isToken ? (
                <label for={`${id}-token`}>{words.token}<input id={`${id}-token`} ref={first} name="token" type="password" autocomplete="off" required /></label>
            ) : (
                <>
                    <label for={`${id}-name`}>{words.name}<input id={`${id}-name`} ref={first} name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required /></label>
                    <label for={`${id}-password`}>{words.password}<input id={`${id}-password`} name="password" type="password" autocomplete="current-password" required /></label>
                </>
            )}
            {isWrong ? <p class="wrong" role="alert">{isToken ? words.wrongToken : words.wrong}</p> : error !== undefined && <ErrorBox error={error} />}
            <div class="actions">
                <button type="submit" class="strong" disabled={isBusy}>{isBusy ? words.busy : words.submit}</button>
                <button type="button" class="plain" onClick={() => { setToken(!isToken); setError(undefined); }}>{isToken ? words.withPassword : words.withToken}</button>
            </div>
        </form>
    );
}
