import { type Box, centre } from "./geometry";

export type Way = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The box one comes to when walking from one of them: near, and rather straight ahead than aside. */
export function neighbour(boxes: readonly (Box & { id: string })[], from: string, way: Way): string | null {
  const start = boxes.find((box) => box.id === from);
  if (!start) return null;
  const middle = centre(start);
  const across = way === "ArrowLeft" || way === "ArrowRight";
  const sign = way === "ArrowLeft" || way === "ArrowUp" ? -1 : 1;
  let best: string | null = null;
  let least = Infinity;
  for (const box of boxes) {
    if (box.id === from) continue;
    const other = centre(box);
    const ahead = sign * (across ? other.x - middle.x : other.y - middle.y);
    const aside = Math.abs(across ? other.y - middle.y : other.x - middle.x);
    if (ahead <= 1) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) {
      least = cost;
      best = box.id;
    }
  }
  return best;
}
