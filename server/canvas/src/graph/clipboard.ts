import type { Doc, Kinds, Node, Op, Take, Wire } from "../canvas/model";
import { around, type Point } from "./geometry";

/** What a selection looks like in the system clipboard: JSON with a mark of what it is and of which version. */
export const FORMAT = "takebridge.selection";
export const VERSION = 1;
const MOST_CHARACTERS = 20_000_000;
const MOST_NODES = 20_000;

export interface Clip {
  format: typeof FORMAT;
  version: typeof VERSION;
  /** The bridge whose store holds the media of `takes`. */
  bridge: string;
  nodes: Node[];
  wires: Wire[];
  takes: Take[];
}

/** The nodes, the wires among them, and the takes they use: pinned, or carried by one of those wires. */
export function clipOf(doc: Doc, ids: readonly string[], bridge: string): Clip {
  const chosen = new Set(ids.filter((id) => doc.nodes[id]));
  const nodes = Object.values(doc.nodes).filter((node) => chosen.has(node.id));
  const wires = Object.values(doc.wires).filter((wire) => chosen.has(wire.src_node) && chosen.has(wire.dst_node));
  const used = new Set([...nodes.map((node) => node.pin), ...wires.map((wire) => wire.take)]);
  const takes = [...used].flatMap((id) => (id && doc.takes[id]) || []);
  return { format: FORMAT, version: VERSION, bridge, nodes, wires, takes };
}

/** With the groups among them, also what lies in those groups. */
export function withMembers(doc: Doc, ids: readonly string[]): string[] {
  const chosen = new Set(ids);
  for (const node of Object.values(doc.nodes)) if (node.group && chosen.has(node.group)) chosen.add(node.id);
  return [...chosen];
}

/** Why something cannot be pasted, for people. */
export class NotPasted extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** What was copied. Throws `NotPasted` for anything else; nothing of it is trusted beyond its form. */
export function readClip(text: string): Clip {
  if (text.length > MOST_CHARACTERS) throw new NotPasted("That is too large to paste.", "Copy fewer nodes at once.");
  const value = parsed(text);
  if (!isRecord(value) || typeof value["format"] !== "string" || !value["format"].startsWith("takebridge.")) {
    throw new NotPasted("There are no nodes in the clipboard.", "Select nodes on a canvas and copy them first.");
  }
  if (value["format"] !== FORMAT) {
    throw new NotPasted("This is a graph file, not a selection.", "Load it as a file instead of pasting it.");
  }
  if (value["version"] !== VERSION) {
    const theirs = Number(value["version"]);
    const newer = theirs > VERSION ? "a newer" : "another";
    throw new NotPasted(
      `These nodes were copied from ${newer} version of TakeBridge.`,
      "Update, reload and copy again.",
    );
  }
  const [nodes, wires, takes] = ["nodes", "wires", "takes"].map((name) => listOf(value, name));
  if (!nodes?.every(isNode) || !wires?.every(isWire) || !takes?.every(isTake) || nodes.length > MOST_NODES) {
    throw new NotPasted("What was copied is damaged, so nothing was pasted.", "Copy the nodes again.");
  }
  if (nodes.length === 0) throw new NotPasted("No nodes were copied.", "Select nodes first.");
  const bridge = typeof value["bridge"] === "string" ? value["bridge"] : "";
  return { format: FORMAT, version: VERSION, bridge, nodes, wires, takes };
}

export interface Pasted {
  op: Extract<Op, { op: "insert_graph" }> | null;
  /** The new nodes' ids. */
  ids: string[];
  /** Kinds of nodes that are not installed here; their nodes are left out. */
  missing: string[];
  /** Whether takes stayed behind because their media are on another bridge. */
  without: boolean;
}

/** One op that puts a clip down, its upper left corner at `at`; every id is new, nothing in it starts by itself. */
export function pasting(clip: Clip, kinds: Kinds, bridge: string, at: Point, newId: (what: string) => string): Pasted {
  const known = clip.nodes.filter((node) => kinds[node.kind]);
  const missing = [...new Set(clip.nodes.filter((node) => !kinds[node.kind]).map((node) => node.kind))];
  if (known.length === 0) return { op: null, ids: [], missing, without: false };
  const home = clip.bridge === bridge;
  const nodes = new Map(known.map((node) => [node.id, newId("node")]));
  const kept = home ? clip.takes.filter((take) => nodes.has(take.node_id)) : [];
  const takes = new Map(kept.map((take) => [take.id, newId("take")]));
  const box = around(known.map((node) => ({ x: node.x, y: node.y, width: 0, height: 0 })));
  const shift = { x: Math.round(at.x - (box?.x ?? 0)), y: Math.round(at.y - (box?.y ?? 0)) };
  const op: Pasted["op"] = {
    op: "insert_graph",
    nodes: known.map((node) => newNode(node, nodes, takes, shift)),
    wires: clip.wires.flatMap((wire) => newWire(wire, newId("wire"), nodes, takes)),
    takes: kept.map((take) => newTake(take, nodes, takes)),
    members: {},
  };
  return { op, ids: [...nodes.values()], missing, without: !home && clip.takes.length > 0 };
}

type Ids = ReadonlyMap<string, string>;

function newNode(node: Node, nodes: Ids, takes: Ids, shift: Point): Node {
  return {
    id: nodes.get(node.id) ?? node.id,
    kind: node.kind,
    title: node.title,
    x: Math.round(node.x) + shift.x,
    y: Math.round(node.y) + shift.y,
    params: { ...node.params },
    model: node.model,
    pin: (node.pin && takes.get(node.pin)) ?? null,
    locked: node.locked,
    accepted: [],
    policy: "manual",
    group: (node.group && nodes.get(node.group)) ?? null,
  };
}

function newWire(wire: Wire, id: string, nodes: Ids, takes: Ids): Wire[] {
  const [src, dst] = [nodes.get(wire.src_node), nodes.get(wire.dst_node)];
  if (!src || !dst) return [];
  const { src_port, dst_port, order } = wire;
  return [
    { id, src_node: src, src_port, dst_node: dst, dst_port, order, take: (wire.take && takes.get(wire.take)) ?? null },
  ];
}

function newTake(take: Take, nodes: Ids, takes: Ids): Take {
  const inputs = take.recipe?.inputs.map((input) => ({ ...input, take: takes.get(input.take) ?? input.take }));
  const recipe = take.recipe && inputs ? { ...take.recipe, inputs } : take.recipe;
  const node_id = nodes.get(take.node_id) ?? take.node_id;
  return { ...take, id: takes.get(take.id) ?? take.id, node_id, recipe, job_id: null, hidden: false };
}

export const freshId = (what: string): string => `${what}_${crypto.randomUUID().replaceAll("-", "")}`;

// --- form ---------------------------------------------------------------------------------------------------

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hasText = (value: Record<string, unknown>, ...names: string[]) =>
  names.every((name) => typeof value[name] === "string");

const hasWhole = (value: Record<string, unknown>, ...names: string[]) =>
  names.every((name) => Number.isSafeInteger(value[name]));

const isTextOrNull = (value: unknown) => value === null || value === undefined || typeof value === "string";

function listOf(value: Record<string, unknown>, name: string): unknown[] {
  const list = value[name];
  return Array.isArray(list) ? list : [null];
}

function isNode(value: unknown): value is Node {
  if (!isRecord(value) || !hasText(value, "id", "kind", "title", "model") || !hasWhole(value, "x", "y")) return false;
  const params = value["params"];
  if (!isRecord(params) || !Object.values(params).every(isParam)) return false;
  return isTextOrNull(value["pin"]) && isTextOrNull(value["group"]) && typeof value["locked"] === "boolean";
}

const isParam = (value: unknown) => ["string", "boolean"].includes(typeof value) || Number.isSafeInteger(value);

function isWire(value: unknown): value is Wire {
  if (!isRecord(value) || !hasText(value, "id", "src_node", "src_port", "dst_node", "dst_port")) return false;
  return hasWhole(value, "order") && isTextOrNull(value["take"]);
}

function isTake(value: unknown): value is Take {
  if (!isRecord(value) || !hasText(value, "id", "node_id", "origin") || !hasWhole(value, "seq")) return false;
  const recipe = value["recipe"];
  return isRecord(value["outputs"]) && (recipe === null || (isRecord(recipe) && Array.isArray(recipe["inputs"])));
}
