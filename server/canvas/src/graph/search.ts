import type { Doc, Kinds, Node, StateFacts } from "../canvas/model";
import { knownTitle } from "../canvas/modelTitles";
import { stateMark, WORDS } from "../canvas/words";

/** Everything of a node one may look for: title, kind, model, what is written in it, its state in words. */
function wordsOf(node: Node, kinds: Kinds, state: StateFacts | undefined): string {
  const written = Object.values(node.params).filter((value) => typeof value === "string");
  const kind = kinds[node.kind]?.title ?? node.kind;
  return [node.title, kind, node.model, knownTitle(node.model), WORDS[stateMark(state?.status)], ...written]
    .join("\n")
    .toLocaleLowerCase();
}

/** The nodes that hold every word of the query, in reading order: from left to right, then down. */
export function found(doc: Doc, states: Readonly<Record<string, StateFacts>>, kinds: Kinds, query: string): string[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return readingOrder(Object.values(doc.nodes))
    .filter((node) => {
      const text = wordsOf(node, kinds, states[node.id]);
      return words.every((word) => text.includes(word));
    })
    .map((node) => node.id);
}

/** As one reads: rows from the top, each from the left. A row is as tall as a card. */
export function readingOrder<T extends Pick<Node, "id" | "x" | "y">>(nodes: readonly T[]): T[] {
  const row = (node: T) => Math.floor(node.y / 120);
  return [...nodes].sort((a, b) => row(a) - row(b) || a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1));
}
