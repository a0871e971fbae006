/** Where the focus goes among clips: along a track, to the track above or below, to the ends. Pure. */
import type { CutItem, CutTrack } from "../wire/api.gen";
import { nearest } from "./scale";

/** One row of the drawing: a track of a layer, in the order it is drawn. */
export interface Row {
  /** Unique among the rows. */
  readonly id: string;
  readonly track: CutTrack;
}

export interface Spot {
  readonly row: string;
  readonly key: string;
}

const KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
export const walks = (key: string): boolean => KEYS.has(key);

/** What can have the focus: everything but transitions, which lie over the clips they join. */
export const stops = (track: CutTrack): readonly CutItem[] => track.clips.filter((item) => item.kind !== "transition");

/** The clip of a track at a place, else its first. */
export function spotOf(rows: readonly Row[], wanted: Spot | null): Spot | null {
  const row = wanted && rows.find((one) => one.id === wanted.row);
  if (row && stops(row.track).some((item) => item.key === wanted?.key)) return wanted;
  const moved = wanted && rows.find((one) => stops(one.track).some((item) => item.key === wanted.key));
  if (moved && wanted) return { row: moved.id, key: wanted.key };
  const first =
    rows.find((one) => one.track.kind === "video" && stops(one.track).length) ??
    rows.find((one) => stops(one.track).length);
  const item = first && (stops(first.track).find((one) => one.kind !== "gap") ?? stops(first.track)[0]);
  return first && item ? { row: first.id, key: item.key } : null;
}

/** Where an arrow, Home or End leads from a clip; the same spot at an edge. */
export function walk(rows: readonly Row[], from: Spot, key: string): Spot {
  const at = rows.findIndex((one) => one.id === from.row);
  const row = rows[at];
  if (!row) return from;
  const items = stops(row.track);
  const index = items.findIndex((item) => item.key === from.key);
  const item = items[index];
  if (key === "ArrowUp" || key === "ArrowDown") {
    const step = key === "ArrowUp" ? -1 : 1;
    for (let next = at + step; rows[next]; next += step) {
      const other = rows[next];
      const found = other && item && nearest(stops(other.track), item.record_start);
      if (other && found) return { row: other.id, key: found.key };
    }
    return from;
  }
  const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: items.length - 1 }[key] ?? index;
  const found = items[Math.min(items.length - 1, Math.max(0, to))];
  return found ? { row: row.id, key: found.key } : from;
}
