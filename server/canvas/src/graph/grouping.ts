import { useSelection } from "../app/session";
import { MOST_OPS } from "../canvas/edits";
import type { Op } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";
import { commit, moveOps } from "./actions";
import { freshId } from "./clipboard";
import { around, type Box } from "./geometry";
import { boxesOf } from "./selected";

const MARGIN = 32;
const HEAD = 36;
/** Names of ports stand beside cards. */
const ASIDE = 72;

const roomy = (box: Box): Box => ({
  x: Math.round(box.x - ASIDE - MARGIN),
  y: Math.round(box.y - HEAD - MARGIN),
  width: Math.round(box.width + 2 * (ASIDE + MARGIN)),
  height: Math.round(box.height + HEAD + 2 * MARGIN),
});

/** Put a frame round nodes. Nodes that are frames themselves stay as they are. */
export async function group(session: CanvasSession, ids: readonly string[]): Promise<void> {
  const doc = session.store.getState().seen?.doc;
  const members = ids.filter((id) => doc?.nodes[id] && doc.nodes[id].kind !== "group");
  const box = around(boxesOf(session, members));
  if (!box) return;
  const id = freshId("node");
  const { x, y, width, height } = roomy(box);
  const frame: Op = { op: "add_node", id, kind: "group", title: "Group", x, y, params: { width, height }, model: "" };
  const into = Object.fromEntries(members.map((node) => [node, id]));
  const ops = [frame, ...(doc ? moveOps(doc, {}, into, MOST_OPS - 1) : [])];
  if (await commit(session, ops)) useSelection.getState().select([id]);
}

/** Take nodes out of their groups; a selected group lets all of its nodes go. */
export function ungroup(session: CanvasSession, ids: readonly string[]) {
  const doc = session.store.getState().seen?.doc;
  if (!doc) return Promise.resolve(undefined);
  const chosen = new Set(ids);
  const out = Object.values(doc.nodes).filter((node) => node.group && (chosen.has(node.id) || chosen.has(node.group)));
  return commit(session, moveOps(doc, {}, Object.fromEntries(out.map((node) => [node.id, null]))));
}

/** Make a frame as large as what lies in it. */
export function fitGroup(session: CanvasSession, id: string) {
  const nodes = Object.values(session.store.getState().seen?.doc.nodes ?? {});
  const members = nodes.filter((node) => node.group === id).map((node) => node.id);
  const box = around(boxesOf(session, members));
  if (!box) return Promise.resolve(undefined);
  const { x, y, width, height } = roomy(box);
  return commit(session, [
    { op: "move_node", node: id, x, y },
    { op: "set_param", node: id, name: "width", value: width },
    { op: "set_param", node: id, name: "height", value: height },
  ]);
}
