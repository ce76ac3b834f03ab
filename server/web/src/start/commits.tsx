// Commits in a list: who, why, when, how much; each opens to what it changed.

import type { Commit } from "../api";
import { Time } from "../parts";
import { text } from "../text";
import { formatHash } from "../view_state";

const words = text.start;

export const linkToCommit = (tx: number) => formatHash({ view: "commit", own: { tx: String(tx) } });

export function changeOf(commit: Commit): string {
    const signed = (sign: string, n: number) => (n > 0 ? `${sign}${text.count(n)}` : "");
    const parts = [signed("+", commit.nodesCreated + commit.relationshipsCreated), signed("~", commit.nodesChanged + commit.relationshipsChanged), signed("−", commit.nodesDeleted + commit.relationshipsDeleted)];
    if (commit.modelChanged) parts.push(words.model);
    if (commit.accountsChanged) parts.push(words.accounts);
    return parts.filter(Boolean).join(" ");
}

type Line = Pick<Commit, "tx" | "time" | "author" | "reason" | "source" | "change">;

export const Commits = ({ commits, noteOf }: { commits: Line[]; noteOf: (tx: number) => string }) => (
    <ol class="commits">
        {commits.map((commit) => (
            <li key={commit.tx} data-tx={commit.tx}>
                <a class="number" href={linkToCommit(commit.tx)} aria-label={words.commit(commit.tx)} title={words.commit(commit.tx)}>{commit.tx}</a>
                <span class="what"><span>{commit.reason ?? <span class="faint">{words.noReason}</span>}</span>
                    <span class="faint">{[commit.author ?? words.nobody, commit.source, commit.change].filter(Boolean).join(" · ")} · <Time of={commit.time} /></span></span>
                <span class="mono faint">{noteOf(commit.tx)}</span>
            </li>
        ))}
    </ol>
);
