import { create } from "zustand";
import type { Cull } from "./cull";

/** How the takes are looked at: tiles with a viewer, tiles alone, a comparison, or one after the other. */
export type Looking = "grid" | "sheet" | "compare" | "cull";

interface TrayState {
  readonly looking: Looking;
  readonly panes: readonly string[];
  readonly held: string | null;
  /** Chosen in the grid for comparing. */
  readonly picked: readonly string[];
  readonly acts: Cull["acts"];
  /** Whether the ring moves on after a rating; null follows the view: only when culling. */
  readonly advance: boolean | null;
}

const START: TrayState = { looking: "grid", panes: [], held: null, picked: [], acts: [], advance: null };

export const useTray = create<TrayState>(() => START);
export const setTray = useTray.setState;
export const resetTray = (): void => setTray(START);

export const advances = ({ advance, looking }: TrayState): boolean => advance ?? looking === "cull";
