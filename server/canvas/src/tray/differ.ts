/** Differences people read: between two texts, word by word, and between what two takes were asked for. */
export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

/** Longer texts are compared line by line: the table below grows with the product of both. */
const MOST_WORDS = 4000;

/** The words of `before` and `after`, in order; neighbours of one kind are joined. */
export function wordDiff(before: string, after: string): readonly Piece[] {
  const split = before.length + after.length > MOST_WORDS * 6 ? /(?<=\n)/ : /(?<=\s)(?=\S)/;
  const a = before === "" ? [] : before.split(split);
  const b = after === "" ? [] : after.split(split);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middle = longestCommon(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const same = (text: string): Piece => ({ kind: "same", text });
  return joined([...a.slice(0, head).map(same), ...middle, ...a.slice(a.length - tail).map(same)]);
}

function longestCommon(a: readonly string[], b: readonly string[]): Piece[] {
  if (a.length * b.length > MOST_WORDS * MOST_WORDS) {
    return [...a.map((text): Piece => ({ kind: "gone", text })), ...b.map((text): Piece => ({ kind: "new", text }))];
  }
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: "same", text: a[i++] ?? "" });
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: "gone", text: a[i++] ?? "" });
    } else {
      pieces.push({ kind: "new", text: b[j++] ?? "" });
    }
  }
  return pieces;
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out[out.length - 1];
    if (last?.kind === piece.kind) out[out.length - 1] = { kind: piece.kind, text: last.text + piece.text };
    else out.push(piece);
  }
  return out;
}

/** One thing that differs: `model`, `veo-3.1`, `kling-2.1`. */
export interface Difference {
  name: string;
  a: string;
  b: string;
}

/** What differs between two tables of facts, in the order of the first; empty when nothing does. */
export function differences(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): readonly Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.map((name) => ({ name, a: a[name] ?? "", b: b[name] ?? "" })).filter((one) => one.a !== one.b);
}
