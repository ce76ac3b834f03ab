// A row for each parameter that the statement names: its type and its value.

import { text } from "../text";
import { type Parameter, type ParameterType, type Parameters, emptyParameter, types, valueOf } from "./parameters";

const words = text.ask.parameters;

export function ParameterTable({ names, parameters, onChange }: { names: string[]; parameters: Parameters; onChange: (parameters: Parameters) => void }) {
    const set = (name: string, change: Partial<Parameter>) => onChange({ ...parameters, [name]: { ...(parameters[name] ?? emptyParameter), ...change } });
    return (
        <fieldset class="parameters">
            <legend>{words.heading}</legend>
            {names.map((name) => {
                const given = Object.hasOwn(parameters, name) ? parameters[name]! : emptyParameter, isWrong = valueOf(given) === undefined;
                return (
                    <div key={name} class="parameter">
                        <span class="mono name">${name}</span>
                        <select aria-label={words.type(name)} value={given.type} onChange={(event) => set(name, { type: event.currentTarget.value as ParameterType, ...(event.currentTarget.value === "boolean" && given.type !== "boolean" ? { typed: "true" } : {}) })}>
                            {types.map((type) => <option key={type} value={type}>{words.types[type]}</option>)}
                        </select>
                        {given.type === "boolean" ? (
                            <select aria-label={words.value(name)} value={given.typed} onChange={(event) => set(name, { typed: event.currentTarget.value })}>
                                {["true", "false"].map((each) => <option key={each} value={each}>{each}</option>)}
                            </select>
                        ) : given.type === "json" ? (
                            <textarea aria-label={words.value(name)} rows={2} class="mono" spellcheck={false} value={given.typed} aria-invalid={isWrong} onInput={(event) => set(name, { typed: event.currentTarget.value })} />
                        ) : (
                            <input aria-label={words.value(name)} type="text" class="mono" spellcheck={false} disabled={given.type === "null"} inputMode={given.type === "number" ? "decimal" : "text"} value={given.type === "null" ? "" : given.typed}
                                aria-invalid={isWrong} onInput={(event) => set(name, { typed: event.currentTarget.value })} />
                        )}
                        {isWrong && <span class="wrong">{words.wrong[given.type]}</span>}
                    </div>
                );
            })}
        </fieldset>
    );
}
