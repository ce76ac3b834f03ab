// Tabs as the ARIA practices describe them: arrows choose, Tab goes on to the panel (id `${id}-panel`).

import type { ComponentChildren } from "preact";

export function Tabs<Name extends string>({ label, id, chosen, onChoose, tabs, children }: {
    label: string; id: string; chosen: Name; onChoose: (name: Name) => void; tabs: { name: Name; title: string }[]; children?: ComponentChildren;
}) {
    const onKeyDown = (event: KeyboardEvent) => {
        const at = tabs.findIndex((tab) => tab.name === chosen);
        const next = event.key === "ArrowRight" ? at + 1 : event.key === "ArrowLeft" ? at - 1 : event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : undefined;
        if (next === undefined) return;
        event.preventDefault();
        const { name } = tabs[(next + tabs.length) % tabs.length]!;
        onChoose(name);
        document.getElementById(`${id}-${name}`)?.focus();
    };
    return (
        <div class="tabs">
            <div role="tablist" aria-label={label} onKeyDown={onKeyDown}>
                {tabs.map(({ name, title }) => (
                    <button key={name} type="button" role="tab" id={`${id}-${name}`} aria-selected={name === chosen} aria-controls={`${id}-panel`} tabIndex={name === chosen ? 0 : -1} onClick={() => onChoose(name)}>{title}</button>
                ))}
            </div>
            {children}
        </div>
    );
}
