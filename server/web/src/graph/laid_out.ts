// Asks the worker for places. One worker for the page, made when it is first needed.

import type { LayoutAsk, Places } from "./layout";
import url from "./layout_worker.ts?worker";
import type { WorkerAnswer, WorkerAsk } from "./layout_worker";

let worker: Worker | undefined, last = 0;
const waiting = new Map<number, { done: (places: Places) => void; failed: (error: Error) => void }>();

function started(): Worker {
    if (worker) return worker;
    const made = new Worker(url);
    made.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
        const asked = waiting.get(data.number);
        waiting.delete(data.number);
        if ("places" in data) asked?.done(data.places);
        else asked?.failed(new Error(data.error));
    });
    made.addEventListener("error", (event) => {
        event.preventDefault();
        const error = new Error(event.message);
        waiting.forEach(({ failed }) => failed(error));
        waiting.clear();
        made.terminate();
        worker = undefined;
    });
    worker = made;
    return made;
}

export function laidOut(ask: LayoutAsk): Promise<Places> {
    const number = ++last;
    return new Promise((done, failed) => {
        waiting.set(number, { done, failed });
        started().postMessage({ number, ask } satisfies WorkerAsk);
    });
}
