import type { CanvasSession } from "../canvas/store";
import { move } from "./actions";
import { around, type Box, boxOf, freePlace, type Point } from "./geometry";
import { stage } from "./stage";
import { tidy } from "./tidy";

/** The boxes of nodes as they stand. */
export function boxesOf(session: CanvasSession, ids: readonly string[]): (Box & { id: string })[] {
  const doc = session.store.getState().seen?.doc;
  return ids.flatMap((id) => {
    const node = doc?.nodes[id];
    return node ? [{ id, ...boxOf(node, session.kinds) }] : [];
  });
}

/** Bring nodes into sight as large as they fit; null means everything. */
export function framed(session: CanvasSession, ids: readonly string[] | null): void {
  const doc = session.store.getState().seen?.doc;
  const box = around(boxesOf(session, ids ?? Object.keys(doc?.nodes ?? {})));
  if (box) stage()?.show(box, true);
}

/** Lay the selection, or everything, out in columns. Groups keep their place and size, and so does what lies in them. */
export async function tidied(session: CanvasSession, ids: readonly string[]): Promise<void> {
  const doc = session.store.getState().seen?.doc;
  if (!doc) return;
  const all = ids.length > 1 ? ids : Object.keys(doc.nodes);
  const loose = all.filter((id) => doc.nodes[id]?.kind !== "group" && (ids.length > 1 || !doc.nodes[id]?.group));
  const links = Object.values(doc.wires).map((wire) => ({
    from: wire.src_node,
    to: wire.dst_node,
    order: wire.order,
  }));
  await move(session, tidy(boxesOf(session, loose), links));
  if (ids.length <= 1) framed(session, null);
}

/** A free place for a new node near a point. */
export function roomFor(session: CanvasSession, at: Point, size: Omit<Box, "x" | "y">): Point {
  const doc = session.store.getState().seen?.doc;
  const others = Object.values(doc?.nodes ?? {}).filter((node) => node.kind !== "group");
  return freePlace(
    at,
    size,
    others.map((node) => boxOf(node, session.kinds)),
  );
}
