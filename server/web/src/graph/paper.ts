// Paper is white, whatever the theme, and a canvas would be printed as it is on the screen.

import { useEffect, useRef } from "preact/hooks";

// turn(true) right before the page is printed, turn(false) after it.
export function usePaper(turn: (isPrinting: boolean) => void) {
    const now = useRef(turn);
    now.current = turn;
    useEffect(() => {
        const media = matchMedia("print");
        let isPrinting = false;
        // A browser that prints says so twice; a tool that shows how it will be printed, by the medium alone.
        const become = (is: boolean) => {
            if (is === isPrinting) return;
            isPrinting = is;
            now.current(is);
        };
        const start = () => become(true), stop = () => become(false), change = () => become(media.matches);
        addEventListener("beforeprint", start);
        addEventListener("afterprint", stop);
        media.addEventListener("change", change);
        return () => {
            removeEventListener("beforeprint", start);
            removeEventListener("afterprint", stop);
            media.removeEventListener("change", change);
        };
    }, []);
}
