import type { Moves } from "./arrange";
import { type Box, GAP_X, GAP_Y, type Point } from "./geometry";

type Placed = Box & { id: string };
interface Link {
  from: string;
  to: string;
  /** The wire's place among those of its input: what feeds a film stands in the film's order. */
  order?: number;
}

const SWEEPS = 4;

/**
 * Columns from left to right: each box stands right of everything it is fed by. Within a column boxes are ordered by
 * the middle of their neighbours, then stacked. The upper left corner stays. The same boxes and links give the same
 * places, whatever order they come in.
 */
export function tidy(boxes: readonly Placed[], links: readonly Link[]): Moves {
  if (boxes.length === 0) return {};
  const sorted = [...boxes].sort((a, b) => a.y - b.y || a.x - b.x || (a.id < b.id ? -1 : 1));
  const known = new Set(sorted.map((box) => box.id));
  const inner = links.filter((link) => known.has(link.from) && known.has(link.to) && link.from !== link.to);
  const columns = inColumns(sorted, inner);
  order(columns, inner);
  return placed(boxes, columns);
}

/** The longest way from a source, in steps; what nothing is wired to stands in a column of its own at the left. */
function inColumns(boxes: readonly Placed[], links: readonly Link[]): Placed[][] {
  const from = gather(links, "to", "from");
  const to = gather(links, "from", "to");
  const waiting = new Map(boxes.map((box) => [box.id, from.get(box.id)?.length ?? 0]));
  const depth = new Map<string, number>();
  const ready = boxes.filter((box) => waiting.get(box.id) === 0).map((box) => box.id);
  for (const id of ready) {
    const at = depth.get(id) ?? 0;
    depth.set(id, at);
    for (const { id: next } of to.get(id) ?? []) {
      depth.set(next, Math.max(depth.get(next) ?? 0, at + 1));
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  pullRight(boxes, depth, to, from);
  const columns: Placed[][] = [];
  for (const box of boxes) {
    const column = depth.get(box.id) ?? 0;
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(box);
  }
  return columns.filter((column) => column.length > 0);
}

/** A source stands just left of the first thing it feeds, so that its wires are short. */
function pullRight(
  boxes: readonly Placed[],
  depth: Map<string, number>,
  to: Map<string, Next[]>,
  from: Map<string, Next[]>,
): void {
  for (const box of boxes) {
    if (from.get(box.id)?.length) continue;
    const fed = (to.get(box.id) ?? []).map(({ id }) => depth.get(id) ?? 0);
    if (fed.length) depth.set(box.id, Math.max(0, Math.min(...fed) - 1));
  }
}

function order(columns: Placed[][], links: readonly Link[]): void {
  const from = gather(links, "to", "from");
  const to = gather(links, "from", "to");
  const rank = new Map<string, number>();
  const number = (column: Placed[]) => {
    column.forEach((box, index) => {
      rank.set(box.id, index - column.length / 2);
    });
  };
  columns.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns : [...columns].reverse()) {
      const middle = new Map<string, number>();
      for (const box of column) {
        const near = ((forward ? from : to).get(box.id) ?? []).map(
          ({ id, order }) => (rank.get(id) ?? 0) + order / 1000,
        );
        const own = rank.get(box.id) ?? 0;
        middle.set(box.id, near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : own);
      }
      column.sort(
        (a, b) =>
          (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0) ||
          (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0) ||
          (a.id < b.id ? -1 : 1),
      );
      number(column);
    }
  }
}

function placed(boxes: readonly Placed[], columns: readonly Placed[][]): Moves {
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const tall = (column: readonly Placed[]) => column.reduce((sum, box) => sum + box.height + GAP_Y, -GAP_Y);
  const tallest = Math.max(...columns.map(tall));
  const moves: Record<string, Point> = {};
  let x = left;
  for (const column of columns) {
    let y = top + (tallest - tall(column)) / 2;
    for (const box of column) {
      const place = { x: Math.round(x), y: Math.round(y) };
      if (place.x !== box.x || place.y !== box.y) moves[box.id] = place;
      y += box.height + GAP_Y;
    }
    x += Math.max(...column.map((box) => box.width)) + GAP_X;
  }
  return moves;
}

interface Next {
  id: string;
  order: number;
}

function gather(links: readonly Link[], key: "from" | "to", value: "from" | "to"): Map<string, Next[]> {
  const found = new Map<string, Next[]>();
  for (const link of links) {
    const next = { id: link[value], order: link.order ?? 0 };
    const list = found.get(link[key]);
    if (list) list.push(next);
    else found.set(link[key], [next]);
  }
  for (const list of found.values()) list.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.order - b.order));
  return found;
}
