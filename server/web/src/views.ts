// The list of views: a new one is a row here and a folder beside it. Each is loaded when it is first shown; what it needs
// beyond the page's own code (graph libraries, the editor) comes with it.

import type { ComponentType } from "preact";
import { text } from "./text";
import type { ViewState } from "./view_state";

export interface View {
    name: string;  // in the address: #/NAME
    title: string;
    isInMenu: boolean;
    load: () => Promise<{ default: ComponentType<{ state: ViewState }> }>;
}

export const views: View[] = [
    { name: "start", title: text.views.start, isInMenu: true, load: () => import("./start/start_page") },
    { name: "find", title: text.views.find, isInMenu: true, load: () => import("./find/find_page") },
    { name: "commit", title: text.views.commit, isInMenu: false, load: () => import("./start/commit_page") },
    { name: "element", title: text.views.element, isInMenu: false, load: () => import("./find/element_page") },
    { name: "see", title: text.views.see, isInMenu: true, load: () => import("./see/see_page") },
    { name: "break", title: text.views.break, isInMenu: true, load: () => import("./break/break_page") },
    { name: "spof", title: text.views.spof, isInMenu: false, load: () => import("./break/spof_page") },
    { name: "ask", title: text.views.ask, isInMenu: true, load: () => import("./ask/ask_page") },
];
