import type { Doc, Kinds, StateFacts } from "../canvas/model";
import { GLYPHS, type Mark, stateMark } from "../canvas/words";
import { wireType } from "./flow";
import { type Box, type Point, sizeOf } from "./geometry";
import type { Draft } from "./ui";

/** The canvas flattened for drawing thousands of boxes in one go: plain numbers, in canvas units. */
export interface Plot {
  boxes: readonly PlotBox[];
  groups: readonly PlotBox[];
  /** Wires by type: x, y of one end, x, y of the other, and so on. */
  lines: ReadonlyMap<string, Float64Array>;
}

export interface PlotBox extends Box {
  id: string;
  mark: Mark | null;
}

export function plotOf(
  doc: Doc,
  states: Readonly<Record<string, StateFacts>>,
  kinds: Kinds,
  drafts: Readonly<Record<string, Draft>>,
): Plot {
  const boxes: PlotBox[] = [];
  const groups: PlotBox[] = [];
  const at = new Map<string, PlotBox>();
  for (const node of Object.values(doc.nodes)) {
    const place = drafts[node.id] ?? node;
    const plain = node.kind === "note" || node.kind === "group";
    const mark = plain ? null : stateMark(states[node.id]?.status);
    const box = { id: node.id, x: place.x, y: place.y, ...sizeOf(node, kinds[node.kind]), mark };
    at.set(node.id, box);
    (node.kind === "group" ? groups : boxes).push(box);
  }
  const ends = new Map<string, number[]>();
  for (const wire of Object.values(doc.wires)) {
    const [a, b] = [at.get(wire.src_node), at.get(wire.dst_node)];
    if (!a || !b) continue;
    const type = wireType(doc, kinds, wire);
    const list = ends.get(type) ?? [];
    list.push(a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2);
    ends.set(type, list);
  }
  return { boxes, groups, lines: new Map([...ends].map(([type, list]) => [type, Float64Array.from(list)])) };
}

/** The topmost box at a place; groups are passed through. */
export function boxAt(plot: Plot, { x, y }: Point): PlotBox | undefined {
  return plot.boxes.findLast((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
}

export interface Ink {
  ground: string;
  card: string;
  line: string;
  text: string;
  accent: string;
  focus: string;
  marks: Readonly<Record<string, string>>;
  wires: Readonly<Record<string, string>>;
}

const MARKS = ["empty", "blocked", "fresh", "stale", "accepted", "locked", "upstream"] as const;

/** The colours of the page as they are now: the theme may change. */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  const types = ["text", "image", "video", "audio", "script", "style", "captions", "timeline", "model_3d", "world"];
  return {
    ground: of("--bg0"),
    card: of("--bg2"),
    line: of("--line"),
    text: of("--text2"),
    accent: of("--accent"),
    focus: of("--focus"),
    marks: Object.fromEntries(MARKS.map((mark) => [mark, of(`--${mark}`)])),
    wires: Object.fromEntries(types.map((type) => [type, of(`--wire-${type.replaceAll("_", "-")}`)])),
  };
}

export interface Marked {
  selected: ReadonlySet<string>;
  hovered: string | null;
  found: ReadonlySet<string> | null;
}

type View = readonly [x: number, y: number, zoom: number];

/** Draw boxes, straight wires and one glyph each, as far as they are in sight. */
export function paint(
  context: CanvasRenderingContext2D,
  plot: Plot,
  view: View,
  size: { width: number; height: number },
  ink: Ink,
  marked: Marked,
): void {
  const [dx, dy, zoom] = view;
  context.clearRect(0, 0, size.width, size.height);
  const inSight = (box: Box) =>
    box.x * zoom + dx < size.width &&
    (box.x + box.width) * zoom + dx > 0 &&
    box.y * zoom + dy < size.height &&
    (box.y + box.height) * zoom + dy > 0;
  context.fillStyle = ink.card;
  context.strokeStyle = ink.line;
  for (const group of plot.groups) {
    if (!inSight(group)) continue;
    context.strokeRect(group.x * zoom + dx, group.y * zoom + dy, group.width * zoom, group.height * zoom);
  }
  lines(context, plot, view, ink);
  const glyphs = glyphSheet(ink);
  const side = Math.min(24, 200 * zoom);
  for (const box of plot.boxes) {
    if (!inSight(box)) continue;
    const [x, y, width, height] = [box.x * zoom + dx, box.y * zoom + dy, box.width * zoom, box.height * zoom];
    const colour = box.mark ? (ink.marks[box.mark] ?? ink.line) : ink.line;
    const dim = marked.found && !marked.found.has(box.id);
    context.globalAlpha = dim ? 0.3 : 1;
    context.fillStyle = ink.card;
    context.fillRect(x, y, width, height);
    context.globalAlpha = dim ? 0.15 : 0.4;
    context.fillStyle = colour;
    context.fillRect(x, y, width, height);
    context.globalAlpha = dim ? 0.3 : 1;
    const glyph = box.mark && side >= 9 ? glyphs.get(box.mark) : undefined;
    if (glyph) context.drawImage(glyph, x + (width - side) / 2, y + (height - side) / 2, side, side);
    const ring = marked.selected.has(box.id) ? ink.accent : marked.hovered === box.id ? ink.focus : null;
    if (ring) {
      context.strokeStyle = ring;
      context.lineWidth = 2;
      context.strokeRect(x - 1, y - 1, width + 2, height + 2);
      context.lineWidth = 1;
    }
  }
  context.globalAlpha = 1;
}

function lines(context: CanvasRenderingContext2D, plot: Plot, [dx, dy, zoom]: View, ink: Ink): void {
  context.lineWidth = 1;
  context.globalAlpha = 0.6;
  for (const [type, ends] of plot.lines) {
    context.strokeStyle = ink.wires[type] || ink.line;
    context.beginPath();
    for (let at = 0; at < ends.length; at += 4) {
      context.moveTo((ends[at] ?? 0) * zoom + dx, (ends[at + 1] ?? 0) * zoom + dy);
      context.lineTo((ends[at + 2] ?? 0) * zoom + dx, (ends[at + 3] ?? 0) * zoom + dy);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

const SHEET = 48;
let sheet: { ink: Ink; glyphs: Map<string, HTMLCanvasElement> } | null = null;

/** Each state's glyph as a small picture: drawn once a theme, copied thousands of times. */
function glyphSheet(ink: Ink): Map<string, HTMLCanvasElement> {
  if (sheet?.ink === ink) return sheet.glyphs;
  const glyphs = new Map<string, HTMLCanvasElement>();
  for (const mark of MARKS) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SHEET;
    const context = canvas.getContext("2d");
    if (!context) continue;
    context.fillStyle = ink.marks[mark] ?? ink.text;
    context.font = `${SHEET * 0.8}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(GLYPHS[mark] ?? "", SHEET / 2, SHEET / 2);
    glyphs.set(mark, canvas);
  }
  sheet = { ink, glyphs };
  return glyphs;
}
