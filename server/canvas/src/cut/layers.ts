/** The three cuts of a merge, side by side: what one of them has that the base has not, and the other way round. Pure. */
import type { CutItem, CutLayer, CutLayers, CutTrack } from "../wire/api.gen";

export type Layer = "base" | "editor" | "canvas";
export const LAYERS: readonly Layer[] = ["base", "editor", "canvas"];
export const LAYER_WORDS: Readonly<Record<Layer, string>> = { base: "Base", editor: "Editor", canvas: "Canvas" };

/** What a layer is told against: what the base shows where, and its clips that the layer has nowhere, by track. */
export interface Against {
  readonly shows: ReadonlyMap<string, string>;
  readonly gone: ReadonlyMap<string, readonly CutItem[]>;
}

/** Nothing is told against nothing. */
export const NOTHING: Against = { shows: new Map(), gone: new Map() };

const row = (track: CutTrack) => `${track.kind} ${track.index}`;
const place = (track: CutTrack, item: CutItem) => `${row(track)} ${item.record_start} ${item.record_end}`;
const content = (item: CutItem) => `${item.media} ${item.source_start ?? ""} ${item.speed} ${item.enabled}`;
const isClip = (item: CutItem) => item.kind !== "gap" && item.kind !== "transition";
/** What a clip is known by in another layer, wherever it lies there. */
const names = (item: CutItem) => [item.key, ...(item.link ? [`link ${item.link.id}`] : [])];

export function against(layers: CutLayers, layer: Layer): Against {
  if (layer === "base" || !layers.base || !layers[layer]) return NOTHING;
  const all = (one: CutLayer) =>
    one.tracks.flatMap((track) => track.clips.filter(isClip).map((item) => ({ track, item })));
  const [base, here] = [all(layers.base), all(layers[layer])];
  const [before, there] = [base, here].map((clips) => new Set(clips.flatMap(({ item }) => names(item))));
  // What nobody knows by name took the place of what lay there.
  const strangers = new Set(
    here
      .filter(({ item }) => !names(item).some((name) => before?.has(name)))
      .map(({ track, item }) => place(track, item)),
  );
  const shows = new Map(base.map(({ track, item }) => [place(track, item), content(item)]));
  const gone = new Map<string, CutItem[]>();
  for (const { track, item } of base) {
    if (names(item).some((name) => there?.has(name)) || strangers.has(place(track, item))) continue;
    gone.set(row(track), [...(gone.get(row(track)) ?? []), item]);
  }
  return { shows, gone };
}

/** In words, how an item differs from the base; "" when it does not, or where there is no base to tell by. */
export function difference(track: CutTrack, item: CutItem, { shows, gone }: Against): string {
  if (shows.size === 0 || item.kind === "transition") return "";
  if (item.kind === "gap") {
    const lost = (gone.get(row(track)) ?? []).filter(
      (one) => one.record_start < item.record_end && item.record_start < one.record_end,
    );
    return lost.length ? `Deleted: ${lost.map((one) => one.link?.shot || one.name).join(", ")}` : "";
  }
  const there = shows.get(place(track, item));
  if (there === undefined) return "Another place or length than in the base";
  return there === content(item) ? "" : "Shows something else than in the base";
}

/** How many clips of a layer differ from the base, those it has not any more with them. */
export function differences(layers: CutLayers, layer: Layer): number {
  const told = against(layers, layer);
  const gone = [...told.gone.values()].reduce((sum, clips) => sum + clips.length, 0);
  const others = (layers[layer]?.tracks ?? []).flatMap((track) =>
    track.clips.filter((item) => isClip(item) && difference(track, item, told)),
  );
  return gone + others.length;
}
