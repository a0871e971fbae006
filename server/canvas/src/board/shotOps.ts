import type { Doc, Kinds, Op } from "../canvas/model";
import type { ShotFacts } from "../wire/api.gen";
import { ORDERED, orderingWires } from "./films";

/** The bridge takes this many ops in one edit. */
const MOST_OPS = 500;
const STEP = 40;

export const freshId = (what: string): string => `${what}_${crypto.randomUUID().replaceAll("-", "")}`;

/** What a new shot is: the kind and output of the one before it where that can be made, else what the film takes. */
export function newShotKind(
  kinds: Kinds,
  film: { kind: string } | null,
  before: Pick<ShotFacts, "kind"> | undefined,
  port: string,
): { kind: string; port: string } {
  const takes = film && kinds[film.kind]?.inputs.find((one) => one.name === ORDERED[film.kind])?.types;
  const same = before && kinds[before.kind];
  const made = same?.outputs.find((one) => one.name === port && !one.parts);
  const asked = same?.category === "generative" && same.inputs.every((input) => !input.required);
  if (before && asked && made?.types.every((type) => !takes || takes.includes(type))) {
    return { kind: before.kind, port };
  }
  return takes && !takes.includes("video") ? { kind: "image", port: "image" } : { kind: "video", port: "video" };
}

/** Ops that put a new shot behind another (last without one) of a film: node, wire and order in one edit. */
export function addShotOps(
  doc: Doc,
  kinds: Kinds,
  film: string | null,
  after: ShotFacts | undefined,
  node: string,
): Op[] {
  const lead = film ? doc.nodes[film] : undefined;
  const wires = film ? orderingWires(doc, film) : [];
  const at = after?.wire ? wires.findIndex((wire) => wire.id === after.wire) : wires.length - 1;
  const made = newShotKind(kinds, lead ?? null, after, wires[at]?.src_port ?? "");
  const beside = after ? doc.nodes[after.node] : undefined;
  const { x, y } = beside ? { x: beside.x + STEP, y: beside.y + STEP } : { x: (lead?.x ?? 320) - 320, y: lead?.y ?? 0 };
  const add: Op = { op: "add_node", id: node, kind: made.kind, title: "New shot", x, y, params: {}, model: "" };
  if (!lead) return [add];
  const key = (wires[at]?.order ?? -1) + 1;
  const moves: Op[] = [];
  let next = key;
  for (const wire of wires.slice(at + 1)) {
    if (wire.order > next) break;
    next += 1;
    moves.push({ op: "reorder", wire: wire.id, order: next });
  }
  const wire: Op = {
    op: "connect",
    id: freshId("wire"),
    src_node: node,
    src_port: made.port,
    dst_node: lead.id,
    dst_port: ORDERED[lead.kind] ?? "clips",
    order: moves.length > MOST_OPS - 2 ? null : key,
    take: null,
  };
  return moves.length > MOST_OPS - 2 ? [add, wire] : [add, ...moves, wire];
}

/** Ops that make a film of shots that no wire orders yet: an export behind them, wired in the order shown. */
export function newFilmOps(doc: Doc, kinds: Kinds, shots: readonly ShotFacts[], film: string): Op[] {
  const nodes = shots.flatMap((shot) => doc.nodes[shot.node] ?? []);
  const x = Math.max(0, ...nodes.map((node) => node.x)) + 400;
  const y = Math.min(...nodes.map((node) => node.y), 0);
  const wires = nodes.flatMap((node): Op[] => {
    const outputs = (kinds[node.kind]?.outputs ?? []).filter((port) => !port.parts);
    const port =
      outputs.find((one) => one.types.includes("video")) ?? outputs.find((one) => one.types.includes("image"));
    if (!port) return [];
    const ends = { src_node: node.id, src_port: port.name, dst_node: film, dst_port: "clips" };
    return [{ op: "connect", id: freshId("wire"), ...ends, order: null, take: null }];
  });
  return [
    { op: "add_node", id: film, kind: "nle_export", title: "", x, y, params: {}, model: "" },
    ...wires.slice(0, MOST_OPS - 1),
  ];
}

/** These nodes and what above them has no take either: making them makes a take of each shot possible. */
export function withoutTake(doc: Doc, kinds: Kinds, shots: readonly string[]): string[] {
  const above: Record<string, string[]> = {};
  for (const wire of Object.values(doc.wires)) {
    const list = above[wire.dst_node];
    if (list) list.push(wire.src_node);
    else above[wire.dst_node] = [wire.src_node];
  }
  const found = new Set<string>();
  const queue = [...shots];
  for (const id of queue) {
    const node = doc.nodes[id];
    const made = node && kinds[node.kind]?.category !== "constant";
    if (!made || node.pin || found.has(id)) continue;
    found.add(id);
    queue.push(...(above[id] ?? []));
  }
  return [...found];
}
