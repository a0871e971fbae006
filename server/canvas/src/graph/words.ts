import type { Doc, Kinds, Node, NodeKind, StateFacts, Take } from "../canvas/model";
import { money, stateMark, WORDS } from "../canvas/words";

/** What a person hears of a node: "Video, SH010, Out of date, take 5 of 12". */
export function spoken(node: Node, kind: NodeKind | undefined, state: StateFacts | undefined, all: readonly Take[]) {
  const what = [kind?.title ?? `${node.kind}, not installed`, node.title];
  if (node.kind === "group" || node.kind === "note") return what.join(", ");
  return [...what, WORDS[stateMark(state?.status)], countWords(node, all)].filter(Boolean).join(", ");
}

/** `take 5 of 12`, `12 takes, none pinned`, nothing without takes. */
export function countWords(node: Node, all: readonly Take[]): string {
  if (all.length === 0) return "";
  const pinned = all.find((take) => take.id === node.pin);
  if (pinned) return `take ${pinned.seq} of ${all.length}`;
  return `${all.length} ${all.length === 1 ? "take" : "takes"}, none pinned`;
}

/** `◆5/12`: the pinned take's number and how many there are. */
export function countGlyphs(node: Node, all: readonly Take[]): string {
  if (all.length === 0) return "";
  const pinned = all.find((take) => take.id === node.pin);
  return pinned ? `◆${pinned.seq}/${all.length}` : `–/${all.length}`;
}

/** What a node's takes cost together and the newest alone; null where nothing was paid and nothing is unknown. */
export function costOf(all: readonly Take[]): { sum: string; last: string } | null {
  const paid = all.filter((take) => take.origin === "generated");
  const last = paid.at(-1);
  if (!last) return null;
  const price = (take: Take) => take.cost_actual_micros ?? take.cost_estimated_micros ?? null;
  const known = paid.map(price).filter((micros) => micros !== null);
  const total = known.reduce((sum, micros) => sum + micros, 0);
  const unknown = paid.length - known.length;
  if (total === 0 && unknown === 0) return { sum: "free", last: "free" };
  const more = `${unknown} unknown`;
  const sum = total
    ? `${money(total, last.currency)}${unknown ? ` + ${more}` : ""}`
    : `${more} price${unknown > 1 ? "s" : ""}`;
  return { sum, last: money(price(last), last.currency) };
}

/** A model's name as one says it: `veo-3.1` of `google/veo-3.1`. */
export const modelWords = (route: string): string => route.split("/").at(-1) ?? route;

/** One line of why a node is as it is, where there is more to say than the state's word. */
export function reasonOf(doc: Doc, kinds: Kinds, state: StateFacts | undefined): string {
  if (!state) return "";
  if (state.problem) return state.problem;
  const first = state.blocked_by[0];
  if (state.status === "blocked" && first) {
    const other = doc.nodes[first];
    return other ? other.title : (kinds[first]?.title ?? first.replaceAll("_", " "));
  }
  return state.drifted ? "has drifted since" : "";
}

export const namesOf = (people: readonly { name: string }[]): string =>
  people
    .slice(0, 3)
    .map((one) => one.name || "Somebody")
    .join(", ");
