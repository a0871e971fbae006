/** What views offer one another without knowing one another: dialogs by name, and places to go. */
import { create } from "zustand";
import { useSelection } from "./session";

/** What a plan is for; as POST …/plan takes it. */
export type PlanScope =
  | { kind: "node"; nodes: readonly string[] }
  | { kind: "downstream"; nodes: readonly string[] }
  | { kind: "stale" };

export type Overlay =
  | { kind: "plan"; scope: PlanScope }
  | { kind: "models"; node: string }
  | { kind: "fan"; node: string }
  | { kind: "again"; node: string; take?: string }
  | { kind: "why"; node: string }
  | { kind: "comments"; node: string; take?: string; frame?: number }
  | { kind: "provenance"; take: string }
  | { kind: "upload"; files?: readonly File[]; feeds?: string }
  | { kind: "add"; at?: { x: number; y: number }; from?: { node: string; port: string; side: "in" | "out" } }
  | { kind: "templates" }
  | { kind: "keys" }
  | { kind: "palette" };

interface Overlays {
  overlay: Overlay | null;
  open(overlay: Overlay): void;
  close(): void;
}

export const useOverlay = create<Overlays>((set) => ({
  overlay: null,
  open: (overlay) => set({ overlay }),
  close: () => set({ overlay: null }),
}));

/** Open a dialog from anywhere: `open({ kind: "plan", scope: { kind: "stale" } })`. */
export const open = (overlay: Overlay): void => useOverlay.getState().open(overlay);

type Place = "graph" | "takes" | "cut" | "board" | "shots" | "references" | "money";
let go: (place: Place) => void = () => {};

/** The shell says how to change the view. */
export function provideNavigation(navigate: (place: Place) => void): void {
  go = navigate;
}

/** Show nodes on the graph, selected and in sight. */
export function showInGraph(nodes: readonly string[]): void {
  useSelection.getState().select(nodes);
  useReveal.setState({ nodes: [...nodes] });
  go("graph");
}

/** Show a node's takes large, with one of them ringed. */
export function showTakes(node: string, take?: string): void {
  useSelection.getState().select([node]);
  if (take) useSelection.getState().ring(take);
  go("takes");
}

/** Show a clip in the cut. */
export function showInCut(clip: string): void {
  useSelection.getState().point({ clip });
  go("cut");
}

/** Nodes the graph should bring into sight; it empties the list when it has. */
export const useReveal = create<{ nodes: readonly string[] }>(() => ({ nodes: [] }));
