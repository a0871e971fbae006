import type { Kinds, Node, NodeKind, Port } from "../canvas/model";

/** Sizes and places on the canvas, in canvas units (one is a pixel at zoom 1). */
export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

export const CARD_WIDTH = 264;
export const CARD_HEIGHT = 208;
/** Between the middles of two ports: a target of 24 px each. */
export const PORT_PITCH = 24;
export const FIRST_PORT = 46;
/** Free room that new and tidied cards keep around them: names of ports stand in it. */
export const GAP_X = 148;
export const GAP_Y = 40;

/** How big a node is drawn. Groups say it themselves; cards grow with their ports. */
export function sizeOf(node: Pick<Node, "kind" | "params">, kind: NodeKind | undefined): Omit<Box, "x" | "y"> {
  if (node.kind === "group") {
    return { width: length(node.params["width"], 640), height: length(node.params["height"], 480) };
  }
  const ports = Math.max(kind?.inputs.length ?? 0, kind?.outputs.length ?? 0);
  return { width: CARD_WIDTH, height: Math.max(CARD_HEIGHT, FIRST_PORT + ports * PORT_PITCH) };
}

function length(value: unknown, otherwise: number): number {
  return typeof value === "number" && value > 0 ? value : otherwise;
}

export function boxOf(node: Node, kinds: Kinds): Box {
  return { x: node.x, y: node.y, ...sizeOf(node, kinds[node.kind]) };
}

/** Where the wire meets the card, from its upper left corner. */
export function portPlace(side: "in" | "out", index: number): Point {
  return { x: side === "in" ? 0 : CARD_WIDTH, y: FIRST_PORT + index * PORT_PITCH };
}

/** The port of a kind that a wire's end names: `shot.s03` is a part of `shot`. */
export function portNamed(ports: readonly Port[], name: string): Port | undefined {
  const base = name.split(".", 1)[0] ?? name;
  return ports.find((port) => port.name === name) ?? ports.find((port) => port.parts && port.name === base);
}

export function around(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Where an event of the pointer is on the screen. */
export function pointOf(event: MouseEvent | TouchEvent): Point {
  const at = "clientX" in event ? event : (event.touches[0] ?? event.changedTouches[0]);
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
}

export const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

export const holds = (box: Box, point: Point): boolean =>
  point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;

export const meets = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The place nearest below `at` where a box of this size touches none of the others. */
export function freePlace(at: Point, size: Omit<Box, "x" | "y">, others: readonly Box[]): Point {
  const { width, height } = size;
  const place = { x: Math.round(at.x), y: Math.round(at.y) };
  for (let tries = 0; tries <= others.length; tries++) {
    const hit = others.find((other) => meets({ ...place, width, height }, other));
    if (!hit) break;
    place.y = Math.round(hit.y + hit.height + GAP_Y);
  }
  return place;
}

/** The smallest group a point lies in, if any. */
export function groupAt(point: Point, groups: readonly (Box & { id: string })[]): string | null {
  const inside = groups.filter((group) => holds(group, point));
  inside.sort((a, b) => a.width * a.height - b.width * b.height);
  return inside[0]?.id ?? null;
}

export interface Viewport extends Point {
  zoom: number;
}

/** The view that shows a box whole in a window of this size; never larger than life. */
export function viewOn(box: Box, window: { width: number; height: number }, most = 1, margin = 56): Viewport {
  const across = (window.width - 2 * margin) / Math.max(1, box.width);
  const down = (window.height - 2 * margin) / Math.max(1, box.height);
  const zoom = Math.max(MIN_ZOOM, Math.min(most, across, down));
  const middle = centre(box);
  return { x: window.width / 2 - middle.x * zoom, y: window.height / 2 - middle.y * zoom, zoom };
}

export const MIN_ZOOM = 0.02;
export const MAX_ZOOM = 2;

export type Detail = "far" | "mid" | "near";

/** How much a card shows (review_ux.md §3c). */
export const detailAt = (zoom: number): Detail => (zoom < 0.35 ? "far" : zoom < 0.8 ? "mid" : "near");
