// One statement at a time: asked, read while it comes, stopped.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Api, ApiError, api, errorOf } from "../api";
import type { Value } from "../graph/model";
import { text } from "../text";
import { firstWord } from "./mql";
import { type Counters, type Plan, ResultReader, type Summary } from "./result_stream";

export const rowsMost = 10_000, bytesMost = 32_000_000;  // of one result that the page keeps
export type Access = "read" | "write";
export type Prefix = "" | "EXPLAIN" | "PROFILE";

export interface Question { statement: string; parameters: Record<string, unknown>; access: Access; prefix: Prefix; reason?: string; change?: string }
export interface Answer {
    question: Question;
    columns: string[]; rows: Value[][];
    isCut: boolean;            // there is more than `rows`
    isRunning: boolean; isStopped: boolean;
    ms: number;                // until the last row, or until now
    notices: Summary["notices"]; plan?: Plan; counters?: Counters; transaction?: number;
    error?: unknown;
}

// EXPLAIN on a line of its own leaves the columns as they are.
export const textOf = ({ statement, prefix }: Question) => (prefix === "" || /^(?:EXPLAIN|PROFILE)$/.test(firstWord(statement)) ? statement : `${prefix}\n${statement}`);
const linesBefore = (question: Question) => (textOf(question) === question.statement ? 0 : 1);

// Where the error is in what was typed.
function placed(error: unknown, question: Question): unknown {
    const lines = linesBefore(question);
    if (!(error instanceof ApiError) || error.line === undefined || lines === 0) return error;
    return new ApiError(error.kind, error.code, error.message, error.hint, error.status, Math.max(1, error.line - lines), error.column);
}

// `onRows` is called now and then with what is there so far. What goes wrong is in the answer; it never throws.
export async function ask(from: Api, question: Question, { signal, onRows }: { signal: AbortSignal; onRows: (answer: Answer) => void }): Promise<Answer> {
    const began = performance.now();
    const answer: Answer = { question, columns: [], rows: [], isCut: false, isRunning: true, isStopped: false, ms: 0, notices: [] };
    const taken = () => Math.round(performance.now() - began);
    // Behind the rows come the counters and the plan: then all of it is read, and what is too much is dropped.
    const needsEnd = question.access === "write" || textOf(question) !== question.statement || /^(?:EXPLAIN|PROFILE)$/.test(firstWord(question.statement));
    const enough = new AbortController(), stop = () => enough.abort();
    signal.addEventListener("abort", stop);
    let bytes = 0, told = 0;
    try {
        if (signal.aborted) stop();
        const { statement: _, prefix: __, ...rest } = question;
        const response = await from.request("v1/query", { method: "POST", body: { ...rest, statement: textOf(question) }, signal: enough.signal });
        const tx = response.headers.get("mainstay-transaction");
        if (tx) answer.transaction = Number(tx);
        const reader = response.body!.getReader(), decoder = new TextDecoder();
        const result = new ResultReader((row) => {
            if (answer.isCut) return;
            if (answer.rows.length >= rowsMost || bytes > bytesMost) answer.isCut = true;
            else answer.rows.push(row);
        });
        for (;;) {
            const { value, done } = await reader.read();
            bytes += value?.length ?? 0;
            result.push(decoder.decode(value, { stream: !done }));
            answer.columns = result.columns ?? [];
            if (done || (answer.isCut && !needsEnd)) break;
            if (performance.now() - told > 100) {
                told = performance.now();
                onRows({ ...answer, ms: taken() });
            }
        }
        if (answer.isCut && !needsEnd) {
            stop();
        } else {
            const summary = result.end();
            if (!summary) throw new ApiError("failed", "cut", text.errors.cut);
            Object.assign(answer, summary);
            if (summary.error !== undefined) answer.error = placed(errorOf(response.status, summary), question);
        }
    } catch (error) {
        if (signal.aborted) answer.isStopped = true;
        else answer.error = error instanceof ApiError ? placed(error, question) : new ApiError("gone", "gone", text.errors.gone, text.errors.goneHint);
    } finally {
        signal.removeEventListener("abort", stop);
    }
    return { ...answer, isRunning: false, ms: taken() };
}

export function useRun(onDone: (answer: Answer) => void) {
    const [answer, setAnswer] = useState<Answer>();
    const running = useRef<AbortController>(), done = useRef(onDone);
    done.current = onDone;
    const stop = useCallback(() => running.current?.abort(), []);
    const run = useCallback(async (question: Question) => {
        running.current?.abort();
        const mine = running.current = new AbortController();
        setAnswer({ question, columns: [], rows: [], isCut: false, isRunning: true, isStopped: false, ms: 0, notices: [] });
        const isMine = () => running.current === mine;
        const last = await ask(api, question, { signal: mine.signal, onRows: (now) => { if (isMine()) setAnswer(now); } });
        if (!isMine()) return;
        setAnswer(last);
        done.current(last);
    }, []);
    const clear = useCallback(() => setAnswer(undefined), []);
    useEffect(() => stop, []);  // who leaves the view waits for nothing
    return { answer, run, stop, clear };
}
