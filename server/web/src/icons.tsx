// The page's own pictures: outlines in a square of 16 that take the colour of the text beside them.

const outlines = {
    search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm3.3 7.8 3.7 3.7",
    pin: "M5.5 2h5l-.7 4.2 2.2 2.3H4l2.2-2.3ZM8 8.5V14",
    close: "m3.5 3.5 9 9m0-9-9 9",
    back: "M10 3 5 8l5 5",
    forward: "m6 3 5 5-5 5",
    out: "M2.5 8h10m-4-4 4 4-4 4",
    in: "M13.5 8h-10m4-4-4 4 4 4",
    link: "M6.5 9.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2L7.8 4M9.5 6.500a3 3 0 0 0-4.2 0L2.9 8.900a3 3 0 0 0 4.2 4.2L8.2 12",
    clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 2.800V8l2.4 1.6",
    warning: "M8 2 14.5 13.500h-13ZM8 6.500v3.200m0 1.600v.4",
    sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1m8 8 1 1M13 3l-1 1m-8 8-1 1",
    moon: "M13.5 9.800A6 6 0 0 1 6.2 2.5 6 6 0 1 0 13.5 9.800Z",
    auto: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 0v12m0-9.500h4.500M8 8h6m-6 3.500h4.5",
    person: "M8 2.500a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.400ZM2.8 14c.4-3 2.5-4.5 5.2-4.500s4.8 1.5 5.2 4.5",
    leave: "M6.5 2.500h-4v11h4M6.5 8H14m-3-3 3 3-3 3",
    data: "M8 2c3 0 5 .9 5 2s-2 2-5 2-5-.9-5-2 2-2 5-2ZM3 4v8c0 1.1 2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2 2 5 2s5-.9 5-2",
    plus: "M8 3v10M3 8h10",
    minus: "M3 8h10",
    above: "M8 13.500v-10m-4 4 4-4 4 4",
    below: "M8 2.500v10m-4-4 4 4 4-4",
    fit: "M2.5 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10",
    up: "m4 10 4-4 4 4",
    down: "m4 6 4 4 4-4",
    copy: "M6 5.500h7.500V14H6ZM10 5.500V2H2.500v8.500H6",
    print: "M4.500 6V2h7v4M4.500 11.500h-2V6h11v5.500h-2M4.500 9.500h7V14h-7Z",
    commit: "M8 5.200a2.800 2.800 0 1 1 0 5.600 2.800 2.800 0 0 1 0-5.600ZM1 8h4m6 0h4",
} as const;

export type IconName = keyof typeof outlines;

// Says nothing to who cannot see it: the words stand beside it, or in the button's label.
export const Icon = ({ name }: { name: IconName }) => (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
        <path d={outlines[name]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
);

export const Mark = () => (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
        <path d="M16 5v22M16 7 6 25M16 7l10 18M6 25h20" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
);
