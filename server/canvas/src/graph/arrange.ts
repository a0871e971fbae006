import type { Box, Point } from "./geometry";

export type Edge = "left" | "centre" | "right" | "top" | "middle" | "bottom";
type Placed = Box & { id: string };
/** New places by id; what stays where it is, is left out. */
export type Moves = Readonly<Record<string, Point>>;

/** Line boxes up on one edge of what they cover together. */
export function align(boxes: readonly Placed[], edge: Edge): Moves {
  const lows = boxes.map((box) => (isAcross(edge) ? box.x : box.y));
  const highs = boxes.map((box) => (isAcross(edge) ? box.x + box.width : box.y + box.height));
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  return moved(boxes, (box) => {
    const size = isAcross(edge) ? box.width : box.height;
    const first = edge === "left" || edge === "top";
    const last = edge === "right" || edge === "bottom";
    const at = Math.round(first ? low : last ? high - size : (low + high - size) / 2);
    return isAcross(edge) ? { x: at, y: box.y } : { x: box.x, y: at };
  });
}

/** Give boxes equal gaps between the outermost two, in the order they lie in. */
export function distribute(boxes: readonly Placed[], along: "x" | "y"): Moves {
  if (boxes.length < 3) return {};
  const size = along === "x" ? "width" : "height";
  const row = [...boxes].sort((a, b) => a[along] - b[along] || (a.id < b.id ? -1 : 1));
  const [first, last] = [row[0], row.at(-1)];
  if (!first || !last) return {};
  const filled = row.reduce((sum, box) => sum + box[size], 0);
  const gap = (last[along] + last[size] - first[along] - filled) / (row.length - 1);
  const places = new Map<string, number>();
  let at = first[along];
  for (const box of row) {
    places.set(box.id, Math.round(at));
    at += box[size] + gap;
  }
  return moved(boxes, (box) => ({ x: box.x, y: box.y, [along]: places.get(box.id) ?? box[along] }));
}

function moved(boxes: readonly Placed[], place: (box: Placed) => Point): Moves {
  const moves: Record<string, Point> = {};
  for (const box of boxes) {
    const next = place(box);
    if (next.x !== box.x || next.y !== box.y) moves[box.id] = next;
  }
  return moves;
}

const isAcross = (edge: Edge) => edge === "left" || edge === "centre" || edge === "right";
