import { create } from "zustand";
import { FIT, type Look, type Wipe } from "./wipe";

/** How panes are laid against one another. */
export const MODES = {
  flip: "Flip",
  side: "Side by side",
  wipe: "Wipe",
  overlay: "Overlay",
  difference: "Difference",
} as const;
export type Mode = keyof typeof MODES;

/** How takes are looked at; kept while the page lives, for all panes alike. */
interface StageState {
  readonly mode: Mode;
  /** The pane on top in Flip, and the one A/B keys speak of: 0 is A. */
  readonly front: number;
  readonly wipe: Wipe;
  /** How much of B covers A in Overlay, 0 to 1. */
  readonly opacity: number;
  readonly gain: number;
  readonly look: Look;
  /** Whose sound is heard, null for none. */
  readonly sound: number | null;
  /** B against A, in frames, remembered for each pair of takes. */
  readonly offsets: Readonly<Record<string, number>>;
  /** The viewer's ground: black well, or middle grey. */
  readonly grey: boolean;
}

export const useStage = create<StageState>(() => ({
  mode: "flip",
  front: 0,
  wipe: { part: 0.5, lying: false },
  opacity: 0.5,
  gain: 4,
  look: FIT,
  sound: 0,
  offsets: {},
  grey: false,
}));

export const setStage = useStage.setState;

export const pairKey = (a: string, b: string): string => `${a} ${b}`;
const MOST_OFFSET = 24;

/** B against A moved by some frames. */
export function moveOffset(a: string, b: string, by: number): void {
  const { offsets } = useStage.getState();
  const now = offsets[pairKey(a, b)] ?? 0;
  const next = by === 0 ? 0 : Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, now + by));
  setStage({ offsets: { ...offsets, [pairKey(a, b)]: next } });
}
