// Paper is white, whatever the theme, and a canvas would be printed as it is on the screen.

import { useEffect, useRef } from "preact/hooks";

// begin() right before the page is printed, end() after it.
export function usePaper(begin: () => void, end: () => void) {
    const now = useRef({ begin, end });
    now.current = { begin, end };
    useEffect(() => {
        const paper = matchMedia("print");
        const start = () => now.current.begin(), stop = () => now.current.end();
        const change = () => (paper.matches ? start() : stop());
        addEventListener("beforeprint", start);
        addEventListener("afterprint", stop);
        paper.addEventListener("change", change);  // tools that show how it will be printed
        return () => {
            removeEventListener("beforeprint", start);
            removeEventListener("afterprint", stop);
            paper.removeEventListener("change", change);
        };
    }, []);
}
