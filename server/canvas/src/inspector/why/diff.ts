/** A stretch of words: in both, only in the new text, only in the old one. */
export interface Stretch {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Beyond this many cells the middle is shown as replaced whole: nobody reads such a diff word by word. */
const MOST_CELLS = 1_000_000;

/** What changed between two texts, word by word; put together, same + added is the new text, same + removed the old. */
export function wordDiff(before: string, after: string): Stretch[] {
  const was = words(before);
  const now = words(after);
  let head = 0;
  while (head < was.length && head < now.length && was[head] === now[head]) head++;
  let tail = 0;
  while (tail < was.length - head && tail < now.length - head && was.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const middle = between(was.slice(head, was.length - tail), now.slice(head, now.length - tail));
  return joined([
    { kind: "same", text: was.slice(0, head).join("") },
    ...middle,
    { kind: "same", text: was.slice(was.length - tail).join("") },
  ]);
}

/** Words, blanks and marks, each by itself; together they are the text. */
const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_'’-]+|[^\s\p{L}\p{N}]/gu) ?? [];

function between(was: readonly string[], now: readonly string[]): Stretch[] {
  if (was.length * now.length > MOST_CELLS) {
    return [
      { kind: "removed", text: was.join("") },
      { kind: "added", text: now.join("") },
    ];
  }
  const longest = lengths(was, now);
  const out: Stretch[] = [];
  let [i, j] = [0, 0];
  while (i < was.length || j < now.length) {
    if (i < was.length && j < now.length && was[i] === now[j]) {
      out.push({ kind: "same", text: was[i] ?? "" });
      i++;
      j++;
    } else if (j >= now.length || (i < was.length && at(longest, i + 1, j) >= at(longest, i, j + 1))) {
      out.push({ kind: "removed", text: was[i++] ?? "" });
    } else out.push({ kind: "added", text: now[j++] ?? "" });
  }
  return out;
}

/** Lengths of the longest common sequence from each place on. */
function lengths(was: readonly string[], now: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: was.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = was.length - 1; i >= 0; i--) {
    const row = rows[i] ?? new Uint32Array();
    for (let j = now.length - 1; j >= 0; j--) {
      row[j] = was[i] === now[j] ? 1 + at(rows, i + 1, j + 1) : Math.max(at(rows, i + 1, j), at(rows, i, j + 1));
    }
  }
  return rows;
}

const at = (rows: readonly Uint32Array[], i: number, j: number): number => rows[i]?.[j] ?? 0;

function joined(parts: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (last?.kind === part.kind) out[out.length - 1] = { kind: part.kind, text: last.text + part.text };
    else if (part.text) out.push(part);
  }
  return out;
}
