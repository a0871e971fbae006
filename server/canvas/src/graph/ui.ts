import { create } from "zustand";
import type { Items } from "../ui/Menu";
import type { Point } from "./geometry";
import type { End } from "./ports";

/** Where a node is drawn while the bridge has not said so yet. */
export interface Draft extends Point {
  width?: number;
  height?: number;
}

export interface OpenMenu extends Point {
  label: string;
  items: Items;
}

/** What the drawing alone knows: drafts, the wire one draws, what was searched for, what is open. */
interface GraphUi {
  drafts: Readonly<Record<string, Draft>>;
  /** Selected wires. */
  wires: readonly string[];
  wiring: End | null;
  /** What would happen if the wire were dropped here. */
  verdict: string;
  search: { query: string; ids: readonly string[]; at: number } | null;
  menu: OpenMenu | null;
  /** The node whose wires are listed. */
  wiresOf: string | null;
  /** A wire that waits for its part to be chosen. */
  part: { from: End; to: End; at: Point } | null;
  outline: boolean;
  /** Said aloud by screen readers. */
  said: string;
}

const OUTLINE = "takebridge.outline";

export const useGraph = create<GraphUi>(() => ({
  drafts: {},
  wires: [],
  wiring: null,
  verdict: "",
  search: null,
  menu: null,
  wiresOf: null,
  part: null,
  outline: localStorage.getItem(OUTLINE) === "open",
  said: "",
}));

export function showOutline(outline: boolean): void {
  localStorage.setItem(OUTLINE, outline ? "open" : "closed");
  useGraph.setState({ outline });
}

export const say = (said: string): void => useGraph.setState({ said });

export function draft(drafts: Readonly<Record<string, Draft>>): void {
  useGraph.setState((before) => ({ drafts: { ...before.drafts, ...drafts } }));
}

/** Let drafts go that are still these very ones; newer ones stay. */
export function settle(drafts: Readonly<Record<string, Draft>>): void {
  useGraph.setState((before) => ({
    drafts: Object.fromEntries(Object.entries(before.drafts).filter(([id, one]) => drafts[id] !== one)),
  }));
}
