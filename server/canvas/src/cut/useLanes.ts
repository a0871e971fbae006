import { createElement, useMemo } from "react";
import type { CutLayers, CutView } from "../wire/api.gen";
import { useCut } from "./desk";
import { against, differences, LAYER_WORDS, LAYERS, type Layer, NOTHING } from "./layers";
import type { Lane } from "./Timeline";
import { count, stacked } from "./words";

/** The open timeline with its states, one of the three cuts of a merge, or all of them one above the other. */
export type Shown = "timeline" | Layer | "all";

/** The rows to draw. */
export function useLanes(cut: CutView, shown: Shown): readonly Lane[] {
  const layers = useCut((view) => view.layers);
  return useMemo(() => {
    if (shown === "timeline" || !layers) {
      return stacked(cut.tracks).map((track) => ({ id: `${track.kind} ${track.index}`, track, base: NOTHING }));
    }
    return lanesOf(layers, shown === "all" ? LAYERS : [shown]);
  }, [cut, layers, shown]);
}

/** The rows of layers, one above the other, each with a heading that says how it differs from the base. */
export function lanesOf(layers: CutLayers, wanted: readonly Layer[]): readonly Lane[] {
  return wanted.flatMap((layer) => {
    const found = layers[layer];
    const heading = createElement(
      "span",
      null,
      createElement("strong", null, LAYER_WORDS[layer]),
      ` · ${said(layers, layer)}`,
    );
    if (!found) {
      const track = { kind: "video" as const, index: 1, name: "", locked: false, enabled: true, clips: [] };
      return [{ id: `${layer} none`, track, heading, base: NOTHING }];
    }
    const base = against(layers, layer);
    return stacked(found.tracks).map((track, index) => ({
      id: `${layer} ${track.kind} ${track.index}`,
      track,
      base,
      ...(index === 0 ? { heading } : {}),
    }));
  });
}

function said(layers: CutLayers, layer: Layer): string {
  const found = layers[layer];
  if (!found) return layers.words[layer] || "Not there";
  if (layer === "base") return found.timeline;
  if (!layers.base) return "There is no base to tell by";
  const many = differences(layers, layer);
  return many ? `≠ ${count(many, "difference")} from the base` : "As the base";
}
