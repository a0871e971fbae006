/** The canvas as the bridge says it (docs/canvas.md). Values are never changed in place. */
import type {
  LiveCanvasChanged,
  LiveNode,
  LiveNodeKind,
  LiveOutput,
  LiveParamSpec,
  LivePort,
  LiveSnapshot,
  LiveStateFacts,
  LiveTake,
  LiveWire,
  Ops,
} from "../wire/api.gen";
import type { Lookup } from "./layered";

export type Node = LiveNode;
export type Wire = LiveWire;
export type Take = LiveTake;
export type Output = LiveOutput;
export type NodeKind = LiveNodeKind;
export type Port = LivePort;
export type ParamSpec = LiveParamSpec;
export type StateFacts = LiveStateFacts;
export type Snapshot = LiveSnapshot;
export type CanvasChanged = LiveCanvasChanged;
/** An op as this page sends it. */
export type Op = Ops["ops"][number];
/** An op as it is heard: with every field. */
export type HeardOp = NonNullable<LiveCanvasChanged["ops"]>[number];
export type ParamValue = boolean | number | string;
export type Rating = NonNullable<Take["rating"]>;
export type Kinds = Readonly<Record<string, NodeKind>>;

/**
 * A canvas with what is looked up all the time: takes by their id, and by node in the order of their numbers. Both are
 * looked up, never listed (layered.ts): a film has tens of thousands.
 */
export interface Doc {
  readonly id: string;
  readonly title: string;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly wires: Readonly<Record<string, Wire>>;
  readonly takes: Lookup<Take>;
  readonly traysOf: Lookup<readonly Take[]>;
}

/** The pinned take of a node, if any. */
export function pinned(doc: Pick<Doc, "takes">, node: Node): Take | undefined {
  return node.pin ? doc.takes[node.pin] : undefined;
}

/** A node's takes in the order they were made; hidden ones only when asked for. */
export function tray(doc: Doc, node: string, hidden = false): readonly Take[] {
  const all = doc.traysOf[node] ?? [];
  return hidden ? all : all.filter((take) => !take.hidden);
}

/** What a take shows first: its video, else its picture, else its sound; the port's name with it. */
export function face(take: Take): { port: string; output: Output; type: MediaKind } | undefined {
  const outputs = Object.entries(take.outputs);
  for (const type of ["video", "image", "audio"] as const) {
    const found = outputs.find(([, output]) => mediaKind(output) === type);
    if (found) return { port: found[0], output: found[1], type };
  }
  const first = outputs[0];
  return first && { port: first[0], output: first[1], type: mediaKind(first[1]) };
}

export type MediaKind = "video" | "image" | "audio" | "text" | "other";

/** What an output is, by its facts: frames make a video, pixels a picture, a sample rate a sound. */
export function mediaKind(output: Output): MediaKind {
  const facts = output.facts;
  if (fact(facts, "frame_count") > 0 && fact(facts, "width") > 0) return "video";
  if (fact(facts, "width") > 0) return "image";
  if (fact(facts, "sample_rate") > 0 || fact(facts, "samples") > 0 || fact(facts, "channels") > 0) return "audio";
  if (fact(facts, "words") > 0 || "characters" in facts) return "text";
  return "other";
}

/** A whole number among the facts, 0 when it is not there. */
export function fact(facts: Output["facts"], name: string): number {
  const value = facts[name];
  return typeof value === "number" ? value : 0;
}

/** Frames per second as a fraction, `24000/1001`; null for what has no frames. */
export function rateOf(output: Output): { num: number; den: number } | null {
  const rate = output.facts["rate"];
  const match = typeof rate === "string" ? /^(\d+)(?:\/(\d+))?$/.exec(rate) : null;
  return match ? { num: Number(match[1]), den: Number(match[2] ?? 1) } : null;
}
