// What is looked at, or, if nothing is, the whole estate.

import type { ViewState } from "../view_state";
import { Estate } from "./estate";
import { Neighbourhood } from "./neighbourhood";

export default function SeePage({ state }: { state: ViewState }) {
    return state.of.length > 0 ? <Neighbourhood state={state} /> : <Estate state={state} />;
}
