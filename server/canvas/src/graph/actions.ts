import { commitAll, MOST_OPS } from "../canvas/edits";
import type { Doc, Op, Take, Wire } from "../canvas/model";
import { pinned } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";
import { attempt, failed } from "../ui/toasts";
import type { Moves } from "./arrange";
import { freshId } from "./clipboard";
import type { End } from "./ports";
import { type Draft, draft, settle } from "./ui";

const docOf = (session: CanvasSession): Doc | undefined => session.store.getState().seen?.doc;

/**
 * The ops of a move, always one edit. More nodes than an edit has room for are taken off and put back whole at their
 * new places, with their wires: two ops, undone in one step.
 */
export function moveOps(
  doc: Doc,
  moves: Moves,
  groups: Readonly<Record<string, string | null>> = {},
  most = MOST_OPS,
): Op[] {
  const ops: Op[] = [];
  for (const [node, { x, y }] of Object.entries(moves)) {
    const before = doc.nodes[node];
    if (before && (before.x !== x || before.y !== y)) ops.push({ op: "move_node", node, x, y });
  }
  for (const [node, group] of Object.entries(groups)) {
    const before = doc.nodes[node];
    if (before && before.group !== group) ops.push({ op: "set_group", node, group });
  }
  return ops.length <= most ? ops : putBack(doc, moves, groups);
}

function putBack(doc: Doc, moves: Moves, groups: Readonly<Record<string, string | null>>): Op[] {
  const ids = new Set([...Object.keys(moves), ...Object.keys(groups)].filter((id) => doc.nodes[id]));
  const nodes = Object.values(doc.nodes).flatMap((node) =>
    ids.has(node.id) ? [{ ...node, ...moves[node.id], group: groupIn(groups, node) }] : [],
  );
  const wires = Object.values(doc.wires).filter((wire) => ids.has(wire.src_node) || ids.has(wire.dst_node));
  const stayed = Object.values(doc.nodes).filter((node) => !ids.has(node.id) && node.group && ids.has(node.group));
  const members = Object.fromEntries(stayed.map((node) => [node.id, node.group ?? ""]));
  return [
    { op: "remove_nodes", nodes: [...ids] },
    { op: "insert_graph", nodes, wires, takes: [], members },
  ];
}

/** Where a node belongs afterwards; null takes it out of its group. */
const groupIn = (groups: Readonly<Record<string, string | null>>, node: Doc["nodes"][string]) =>
  node.id in groups ? (groups[node.id] ?? null) : node.group;

/** Move nodes: shown at once, committed as one edit; when it is refused they are back where they were. */
export async function move(
  session: CanvasSession,
  moves: Moves,
  groups: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  const doc = docOf(session);
  if (!doc) return;
  const drafts: Record<string, Draft> = { ...moves };
  draft(drafts);
  const ops = moveOps(doc, moves, groups);
  try {
    if (ops.length) await session.commit(ops);
  } catch (thrown) {
    failed(thrown);
  } finally {
    settle(drafts);
  }
}

export const commit = (session: CanvasSession, ops: readonly Op[]) =>
  ops.length ? attempt(() => commitAll(session, ops)) : Promise.resolve(undefined);

/** Lay a wire; the one that a single input has already makes room, in the same edit. */
export function connect(session: CanvasSession, a: End, b: End, replaces?: Wire) {
  const [out, into] = a.side === "out" ? [a, b] : [b, a];
  const ops: Op[] = replaces ? [{ op: "disconnect", wire: replaces.id }] : [];
  ops.push(connectOp(out, into));
  return commit(session, ops);
}

export function connectOp(out: Pick<End, "node" | "port">, into: Pick<End, "node" | "port">): Op {
  const ends = { src_node: out.node, src_port: out.port, dst_node: into.node, dst_port: into.port };
  return { op: "connect", id: freshId("wire"), ...ends, order: null, take: null };
}

export const remove = (session: CanvasSession, nodes: readonly string[], wires: readonly string[]) => {
  const doc = docOf(session);
  const gone = nodes.filter((id) => doc?.nodes[id]);
  const loose = wires.filter((id) => {
    const wire = doc?.wires[id];
    return wire && !gone.includes(wire.src_node) && !gone.includes(wire.dst_node);
  });
  const ops: Op[] = loose.map((wire) => ({ op: "disconnect", wire }));
  if (gone.length) ops.push({ op: "remove_nodes", nodes: gone });
  return commit(session, ops);
};

/** Keep as is: the pinned takes of nodes that are out of date, for exactly what they expect now. */
export function acceptOps(session: CanvasSession, ids: readonly string[]): Op[] {
  const seen = session.store.getState().seen;
  return ids.flatMap((id): Op[] => {
    const [node, state] = [seen?.doc.nodes[id], seen?.states[id]];
    if (!node?.pin || state?.status !== "stale" || !state.expected_fp) return [];
    return [{ op: "accept", node: id, take: node.pin, fp: state.expected_fp }];
  });
}

/** Lock all that are open; when all are locked, open them. */
export function lockOps(session: CanvasSession, ids: readonly string[]): Op[] {
  const doc = docOf(session);
  const nodes = ids.flatMap((id) => doc?.nodes[id] ?? []).filter((node) => !["note", "group"].includes(node.kind));
  const locked = nodes.some((node) => !node.locked);
  return nodes.filter((node) => node.locked !== locked).map((node) => ({ op: "set_locked", node: node.id, locked }));
}

/** The wires of one input in their order. */
export function wiresInto(doc: Doc, node: string, port: string): Wire[] {
  const wires = Object.values(doc.wires).filter((wire) => wire.dst_node === node && wire.dst_port === port);
  return wires.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/** Put a wire one place earlier (-1) or later (1) among those of its input. */
export function reorderOps(doc: Doc, wire: Wire, by: -1 | 1): Op[] {
  const row = wiresInto(doc, wire.dst_node, wire.dst_port);
  const at = row.findIndex((one) => one.id === wire.id);
  const other = row[at + by];
  if (!other) return [];
  const next = [...row];
  next[at] = other;
  next[at + by] = wire;
  return next.flatMap((one, order): Op[] => (one.order === order ? [] : [{ op: "reorder", wire: one.id, order }]));
}

/** The take a wire carries: its own, else its source's pinned one. */
export function carried(doc: Doc, wire: Wire): Take | undefined {
  if (wire.take) return doc.takes[wire.take];
  const source = doc.nodes[wire.src_node];
  return source && pinned(doc, source);
}
