/** The wipe line and the view of a picture. Everything in image space, so that zoom and pan keep it. */
export interface Size {
  width: number;
  height: number;
}
export interface Box extends Size {
  x: number;
  y: number;
}
/** `part` of the picture, 0 to 1, that shows A. Upright: A is left of the line; lying: above it. */
export interface Wipe {
  part: number;
  lying: boolean;
}

export const WIPE_GRAB = 24;
const inside = (value: number, low = 0, high = 1) => Math.min(high, Math.max(low, value));

/** After an arrow: 1 %, with Shift 10 %; Home and End go to the edges. Null for other keys. */
export function wipeKey(wipe: Wipe, key: string, shift: boolean): Wipe | null {
  const step = shift ? 10 : 1;
  const percent = Math.round(wipe.part * 100);
  const to = (next: number) => ({ ...wipe, part: inside(next, 0, 100) / 100 });
  if (key === "ArrowLeft" || key === "ArrowUp") return to(percent - step);
  if (key === "ArrowRight" || key === "ArrowDown") return to(percent + step);
  if (key === "Home") return to(0);
  if (key === "End") return to(100);
  return null;
}

/** Where the line is when the pointer is at (x, y) of the stage and the picture lies in `picture`. */
export function wipeAt(wipe: Wipe, x: number, y: number, picture: Box): Wipe {
  const part = wipe.lying ? (y - picture.y) / picture.height : (x - picture.x) / picture.width;
  return { ...wipe, part: inside(Number.isFinite(part) ? part : 0.5) };
}

/** What of B stays visible: an `inset()` in parts of B's own box, when A lies in `a` and B in `b`. */
export function wipeClip(wipe: Wipe, a: Box, b: Box): string {
  const line = wipe.lying ? a.y + wipe.part * a.height : a.x + wipe.part * a.width;
  const cut = wipe.lying ? (line - b.y) / b.height : (line - b.x) / b.width;
  const percent = `${Math.round(inside(cut) * 10_000) / 100}%`;
  return wipe.lying ? `inset(${percent} 0 0 0)` : `inset(0 0 0 ${percent})`;
}

/** How a picture is looked at. `scale` null fits it; 1 shows one of its pixels as one of the page's. Pan in parts of it. */
export interface Look {
  scale: number | null;
  x: number;
  y: number;
}

export const FIT: Look = { scale: null, x: 0, y: 0 };
const LEAST = 0.05;
const MOST = 16;

/** The scale at which a picture fits a stage; small ones are not blown up more than fourfold. */
export const fitScale = (picture: Size, stage: Size): number =>
  Math.max(0.001, Math.min(stage.width / picture.width, stage.height / picture.height, 4));

/** Where a picture lies on a stage. */
export function pictureBox(picture: Size, stage: Size, look: Look): Box {
  const scale = look.scale ?? fitScale(picture, stage);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return {
    x: (stage.width - width) / 2 + look.x * width,
    y: (stage.height - height) / 2 + look.y * height,
    width,
    height,
  };
}

/** B drawn into A's box, its own shape kept, and how much it was scaled against A (1 when it was not). */
export function matched(b: Size, a: Size, into: Box): { box: Box; scaled: number } {
  const scale = Math.min(into.width / b.width, into.height / b.height);
  const width = b.width * scale;
  const height = b.height * scale;
  const box = { x: into.x + (into.width - width) / 2, y: into.y + (into.height - height) / 2, width, height };
  return { box, scaled: scale / (into.width / a.width) };
}

/** Zoomed by `factor` so that what is under (x, y) stays there. */
export function zoomAt(look: Look, factor: number, x: number, y: number, picture: Size, stage: Size): Look {
  const before = pictureBox(picture, stage, look);
  const from = look.scale ?? fitScale(picture, stage);
  const scale = inside(from * factor, LEAST, MOST);
  const u = (x - before.x) / before.width;
  const v = (y - before.y) / before.height;
  const width = picture.width * scale;
  const height = picture.height * scale;
  return {
    scale,
    x: (x - u * width - (stage.width - width) / 2) / width,
    y: (y - v * height - (stage.height - height) / 2) / height,
  };
}

/** Moved by pixels; at least a corner stays in sight. */
export function panned(look: Look, dx: number, dy: number, picture: Size, stage: Size): Look {
  const box = pictureBox(picture, stage, look);
  const reach = (size: number, room: number) => (size + room) / 2 / size - 0.1;
  const keep = (value: number, size: number, room: number) => inside(value, -reach(size, room), reach(size, room));
  return {
    ...look,
    x: keep(look.x + dx / box.width, box.width, stage.width),
    y: keep(look.y + dy / box.height, box.height, stage.height),
  };
}
