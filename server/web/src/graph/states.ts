// How a state looks: by colour and by shape, everywhere the same, so that nobody needs to tell colours apart.

import { text } from "../text";

export const states = ["up", "at_risk", "degraded", "down", "failed"] as const;
// "failed": put down or degraded by who looks, not by what it depends on.
export type State = (typeof states)[number];

export interface StateLook {
    colour: string;  // a token of theme.css: var(--state-down)
    shape: "ellipse" | "triangle" | "diamond" | "octagon" | "star";  // as Cytoscape names them
    outline: string; // the same in a square of 16, for legends, lists and pictures: path data of SVG
}

const looks: Record<State, StateLook> = {
    up: { colour: "--state-up", shape: "ellipse", outline: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z" },
    at_risk: { colour: "--state-at-risk", shape: "triangle", outline: "M8 1.5 15 14H1Z" },
    degraded: { colour: "--state-degraded", shape: "diamond", outline: "M8 1 15 8l-7 7-7-7Z" },
    down: { colour: "--state-down", shape: "octagon", outline: "M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2Z" },
    failed: { colour: "--state-failed", shape: "star", outline: "m8 .8 2.1 4.9 5.3.4-4 3.5 1.2 5.2L8 12l-4.6 2.8 1.2-5.2-4-3.5 5.3-.4Z" },
};

const isState = (name: string): name is State => (states as readonly string[]).includes(name);

// Of the server's word for it. A word that is not known looks like no state at all, never like `up`.
export function lookOf(state: string | null | undefined): StateLook | undefined {
    return state && isState(state) ? looks[state] : undefined;
}
export const stateText = (state: string | null | undefined): string =>
    state && isState(state) ? text.states[state] : text.states.unknown;

// The worse first.
export const severity = (state: string): number => (isState(state) ? states.indexOf(state) : -1);

// A token of theme.css as a canvas wants it, for the theme that shows now.
export function colourNow(token: string, of: globalThis.Element = document.documentElement): string {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    of.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
}
