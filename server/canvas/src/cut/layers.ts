/** The three cuts of a merge, side by side: what an item of one has that the base has not. Pure. */
import type { CutItem, CutLayer, CutLayers, CutTrack } from "../wire/api.gen";

export type Layer = "base" | "editor" | "canvas";
export const LAYERS: readonly Layer[] = ["base", "editor", "canvas"];
export const LAYER_WORDS: Readonly<Record<Layer, string>> = { base: "Base", editor: "Editor", canvas: "Canvas" };

const place = (track: CutTrack, item: CutItem) =>
  `${track.kind} ${track.index} ${item.record_start} ${item.record_end}`;
const content = (item: CutItem) => `${item.media} ${item.source_start ?? ""} ${item.speed} ${item.enabled}`;

/** Where the base has which content: what differences are told against. */
export function contents(layer: CutLayer | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const track of layer?.tracks ?? []) {
    for (const item of track.clips) if (item.kind !== "gap") found.set(place(track, item), content(item));
  }
  return found;
}

/** In words, how an item differs from the base; "" when it does not, or where there is no base to tell by. */
export function difference(track: CutTrack, item: CutItem, base: ReadonlyMap<string, string>): string {
  if (base.size === 0 || item.kind === "gap" || item.kind === "transition") return "";
  const there = base.get(place(track, item));
  if (there === undefined) return "Another place or length than in the base";
  return there === content(item) ? "" : "Shows something else than in the base";
}

/** How many items of a layer differ from the base. */
export function differences(layers: CutLayers, layer: Layer): number {
  const base = contents(layers.base);
  return (layers[layer]?.tracks ?? []).reduce(
    (sum, track) => sum + track.clips.filter((item) => difference(track, item, base)).length,
    0,
  );
}
