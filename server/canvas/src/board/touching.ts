import type { CanvasChanged } from "../canvas/model";

/** Ops that move things about on the drawing: a film in the order of wires is the same after them. */
const ASIDE = new Set(["move_node", "set_group", "set_policy", "set_canvas_title"]);

/** Whether a change may show in the list of shots; `ordered`: wires say the order, not places. */
export function touchesShots(changed: Pick<CanvasChanged, "ops">, ordered: boolean): boolean {
  if (changed.ops === null) return true;
  return changed.ops.some((op) => !ASIDE.has(op.op) || (!ordered && op.op === "move_node"));
}
