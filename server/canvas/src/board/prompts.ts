import type { Kinds, Node } from "../canvas/model";
import type { ShotFacts } from "../wire/api.gen";

/** A shot's words for a few lines of room: without the heading of its scene, which stands above them. */
export function briefly(shot: Pick<ShotFacts, "prompt" | "scene">): string {
  const lines = shot.prompt.split("\n").map((line) => line.trim());
  return lines.filter((line) => line && line !== shot.scene).join("\n");
}

/** A node's own prompt; null where its kind asks nothing of a model. */
export function ownPrompt(node: Node | undefined, kinds: Kinds): string | null {
  if (!node || !kinds[node.kind]?.params.some((spec) => spec.name === "prompt")) return null;
  const value = node.params["prompt"];
  return typeof value === "string" ? value : "";
}

/** The length a node asks for, in milliseconds or "auto"; null where its kind has none. */
export function askedLength(node: Node | undefined, kinds: Kinds): number | "auto" | null {
  if (!node || !kinds[node.kind]?.params.some((spec) => spec.name === "duration_ms")) return null;
  const value = node.params["duration_ms"];
  return typeof value === "number" ? value : "auto";
}
