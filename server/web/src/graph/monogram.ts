// One or two letters for each class, all different, so that a symbol says what it is of: VirtualServer is VS.

// Of the classes given, in whatever order they come. The legend explains them.
export function monograms(classes: Iterable<string>): Map<string, string> {
    const found = new Map<string, string>(), taken = new Set<string>();
    for (const name of [...new Set(classes)].sort()) {
        const letters = [...name].filter((each) => /[\p{L}\p{N}]/u.test(each));
        const capitals = letters.filter((each) => /[\p{Lu}\p{N}]/u.test(each));
        const first = (letters[0] ?? "?").toUpperCase();
        const wishes = [...(capitals.length > 1 ? [first + capitals[1]!] : []), ...letters.slice(1).map((each) => first + each.toLowerCase()), first,
            ...Array.from({ length: found.size + 1 }, (_, i) => first + i)];
        const chosen = wishes.find((each) => !taken.has(each)) ?? first;
        taken.add(chosen);
        found.set(name, chosen);
    }
    return found;
}

// A name in at most two lines of about `most` characters, broken where words end.
export function inLines(name: string, most = 18): string[] {
    if (name.length <= most) return [name];
    const near = Math.max(...[" ", "-", ".", "_", "/", ":"].map((each) => name.lastIndexOf(each, most - (each === " " ? 0 : 1))));
    const isBlank = name[near] === " ";
    const cut = near > most / 3 ? near + (isBlank ? 0 : 1) : most;
    const rest = name.slice(cut).trimStart();
    return [name.slice(0, cut).trimEnd(), rest.length <= most ? rest : `${rest.slice(0, most - 1)}…`];
}
