import type { Doc, Kinds, Node, NodeKind, ParamSpec, StateFacts, Take, Wire } from "../canvas/model";
import type { Change } from "../wire/api.gen";
import { titleOf } from "./fields/specs";

/** Wires into a node, in the order of its ports and within them. */
export function wiresInto(doc: Pick<Doc, "wires">, node: string): Wire[] {
  return Object.values(doc.wires)
    .filter((wire) => wire.dst_node === node)
    .sort(inOrder);
}

export const inOrder = (a: Wire, b: Wire): number =>
  a.dst_port.localeCompare(b.dst_port) || a.order - b.order || (a.id < b.id ? -1 : 1);

/** What a wire carries now: a take of its own, else its source's pin. */
export function carried(doc: Doc, wire: Wire): Take | undefined {
  const take = wire.take ?? doc.nodes[wire.src_node]?.pin;
  return take ? doc.takes[take] : undefined;
}

/** A node's name for people. */
export const nameOf = (node: Node | undefined, kind?: NodeKind): string =>
  node ? node.title || kind?.title || node.kind : "a removed node";

/** A port's name for people: `start_frame` → `start frame`, `shot.s03` → `shot s03`. */
export const portName = (port: string): string => port.replace(/[._]/g, " ");

/** One line of why a node stands as it does. `changes` are what `GET …/why` said, where it was asked. */
export function reason(doc: Doc, kinds: Kinds, node: Node, state: StateFacts, changes?: readonly Change[]): string {
  const kind = kinds[node.kind];
  const take = node.pin ? doc.takes[node.pin] : undefined;
  const number = take ? `Take ${take.seq}` : "Its take";
  if (state.problem) return state.problem;
  switch (state.status) {
    case "empty":
      return kind?.category === "constant" ? "Nothing was brought in yet." : "Nothing was made yet.";
    case "blocked":
      return blockedWords(doc, kinds, node, state);
    case "stale":
      return changes ? changeWords(changes, kind) : "What it is made from has changed.";
    case "upstream":
      return upstreamWords(doc, kinds, node.id);
    case "accepted":
      return `${number} was kept although it was made for something else.`;
    case "locked":
      return state.drifted
        ? "What it is made from has changed; while locked it is not made again."
        : "It is not made again.";
    default:
      if (kind && kind.outputs.length === 0) return "";
      return kind?.category === "constant" ? `${number} is in use.` : `${number} is what it would make now.`;
  }
}

function blockedWords(doc: Doc, kinds: Kinds, node: Node, state: StateFacts): string {
  const port = state.blocked_by[0];
  if (port === undefined) return "An input has no take yet.";
  const wire = wiresInto(doc, node.id).find((one) => one.dst_port === port && !carried(doc, one));
  if (!wire) return `Nothing is wired to its ${portName(port)}.`;
  const source = doc.nodes[wire.src_node];
  return `${quoted(nameOf(source, source && kinds[source.kind]))} has no take for its ${portName(port)} yet.`;
}

/** `Changed since: prompt, references 2 and model.` */
export function changeWords(changes: readonly Change[], kind: NodeKind | undefined): string {
  const names = [...new Set(changes.map((change) => changeName(change.path, kind)))];
  if (names.length === 0) return "It was brought in, not made from what is wired to it.";
  const listed = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const last = listed.length > 1 ? ` and ${listed.at(-1)}` : "";
  return `Changed since: ${listed.slice(0, listed.length > 1 ? -1 : 1).join(", ")}${last}.`;
}

/** `params.prompt` → `prompt`, `inputs.references[1]` → `references 2`, `inputs.clips[0].best` → `frames of clips 1`. */
export function changeName(path: string, kind: NodeKind | undefined): string {
  const input = /^inputs\.([^[]+)\[(\d+)\](\.best)?$/.exec(path);
  if (input) {
    const port = kind?.inputs.find((one) => one.name === input[1]);
    const which = port && !port.many ? portName(input[1] ?? "") : `${portName(input[1] ?? "")} ${Number(input[2]) + 1}`;
    return input[3] ? `frames of ${which}` : which;
  }
  const param = /^params\.(.+)$/.exec(path)?.[1];
  if (param === undefined) return path;
  const spec: ParamSpec | undefined = kind?.params.find((one) => one.name === param);
  return spec ? lowered(titleOf(spec)) : portName(param);
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
export const quoted = (text: string): string => `“${text}”`;

/** Which node above makes this one wait: the nearest that is out of date, empty or blocked in the page's states. */
function upstreamWords(doc: Doc, kinds: Kinds, node: string): string {
  const above = wiresInto(doc, node).filter((wire) => wire.take === null);
  const source = above.map((wire) => doc.nodes[wire.src_node]).find((one) => one !== undefined);
  if (above.length !== 1 || !source) return "Something above it is out of date and will probably change it.";
  return `${quoted(nameOf(source, kinds[source.kind]))} above it may change.`;
}

/** Why a person cannot generate this node now; empty when they can. */
export function cannotGenerate(kind: NodeKind | undefined, node: Node, state: StateFacts | undefined): string {
  if (!kind) return `No node kind “${node.kind}” is installed here.`;
  if (kind.models === null) return "Nothing is generated here.";
  if (node.locked) return "It is locked.";
  if (!node.model) return "Choose a model first.";
  if (state?.problem) return state.problem;
  if (state?.status === "blocked") return "It waits for an input.";
  return "";
}

/** Whether what it would make is there already: one more take is a choice then, and no plan would run it. */
export const isMade = (state: StateFacts | undefined): boolean =>
  state !== undefined && !["empty", "stale", "blocked"].includes(state.status);

/** Nodes by their state, the most pressing first. */
export function countsByState(
  states: Readonly<Record<string, StateFacts>>,
  nodes: readonly string[],
): [string, number][] {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const status = states[node]?.status;
    if (status) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const order = ["stale", "blocked", "upstream", "empty", "accepted", "locked", "fresh"];
  return [...counts].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

/** Ops orders for a port's wires after one of them moves by `step`; only those that change. */
export function reordered(wires: readonly Wire[], wire: string, step: number): { wire: string; order: number }[] {
  const from = wires.findIndex((one) => one.id === wire);
  const to = from + step;
  const moving = wires[from];
  if (!moving || to < 0 || to >= wires.length) return [];
  const row = wires.filter((one) => one.id !== wire);
  row.splice(to, 0, moving);
  return row.flatMap((one, order) => (one.order === order ? [] : [{ wire: one.id, order }]));
}

export interface Spent {
  currency: string;
  micros: number;
  estimated: boolean;
  unknown: number;
  takes: number;
}

/** What a node's takes cost, by currency; what nobody knows is counted, never 0. */
export function spent(takes: readonly Take[]): Spent[] {
  const by = new Map<string, Spent>();
  for (const take of takes) {
    if (take.origin !== "generated") continue;
    const sum = by.get(take.currency) ?? {
      currency: take.currency,
      micros: 0,
      estimated: false,
      unknown: 0,
      takes: 0,
    };
    const cost = take.cost_actual_micros ?? take.cost_estimated_micros;
    by.set(take.currency, {
      ...sum,
      micros: sum.micros + (cost ?? 0),
      estimated: sum.estimated || (take.cost_actual_micros === null && (cost ?? 0) > 0),
      unknown: sum.unknown + (cost === null ? 1 : 0),
      takes: sum.takes + 1,
    });
  }
  return [...by.values()];
}
