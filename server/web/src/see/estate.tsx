import type { ViewState } from "../view_state";
export const Estate = ({ state }: { state: ViewState }) => <p>{state.view}</p>;
