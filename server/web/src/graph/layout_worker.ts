// layOut() off the main thread: asks come as { number, ask }, answers go as { number, places }.

import { type LayoutAsk, type Places, layOut } from "./layout";

export interface WorkerAsk { number: number; ask: LayoutAsk }
export type WorkerAnswer = { number: number; places: Places } | { number: number; error: string };

addEventListener("message", ({ data }: MessageEvent<WorkerAsk>) => {
    let answer: WorkerAnswer;
    try {
        answer = { number: data.number, places: layOut(data.ask) };
    } catch (error) {
        answer = { number: data.number, error: String(error) };
    }
    postMessage(answer);
});
