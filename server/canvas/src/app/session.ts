import { createContext, useContext } from "react";
import { create, useStore } from "zustand";
import { type Comments, commentsOf } from "../canvas/comments";
import { type Jobs, jobsOf } from "../canvas/jobs";
import { type Linked, linkedOf } from "../canvas/links";
import type { NodeKind } from "../canvas/model";
import { type CanvasSession, type CanvasView, useCanvas } from "../canvas/store";

/** Roles, each may what the one before may; the bridge checks, this page only explains (docs/people.md). */
export const ROLES = ["viewer", "reviewer", "editor", "producer", "owner"] as const;
export type Role = (typeof ROLES)[number];

export interface Me {
  id: string;
  name: string;
  role: Role;
  /** The build of the page the bridge serves; another one than this page's means that it was updated meanwhile. */
  page: string;
  version: string;
  bridge: string;
}

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error("useMe outside a session");
  return me;
}

/** Whether this person may what `role` may. */
export function useMay(role: Role): boolean {
  return ROLES.indexOf(useMe().role) >= ROLES.indexOf(role);
}

export const CanvasContext = createContext<CanvasSession | null>(null);

export function useSession(): CanvasSession {
  const session = useContext(CanvasContext);
  if (!session) throw new Error("useSession outside a canvas");
  return session;
}

/** Read from the open canvas; see `useCanvas`. */
export function useView<T>(select: (view: CanvasView) => T): T {
  return useCanvas(useSession(), select);
}

/** Read from the open canvas's jobs; null until they are there. See `useView`. */
export function useJobs<T>(select: (jobs: Jobs | null) => T): T {
  return useStore(jobsOf(useSession()).store, (view) => select(view.data));
}

/** Read from what was said on the open canvas; null until it is there. */
export function useComments<T>(select: (comments: Comments | null) => T): T {
  return useStore(commentsOf(useSession()).store, (view) => select(view.data));
}

/** Read from the clips linked to the open canvas; null until they are there. */
export function useLinked<T>(select: (linked: Linked | null) => T): T {
  return useStore(linkedOf(useSession()).store, (view) => select(view.data));
}

/** A node's kind; undefined for one that is not installed. */
export function useKind(kind: string): NodeKind | undefined {
  return useSession().kinds[kind];
}

/** What is selected, shared by every view of a canvas: graph, takes, cut, board. */
interface Selection {
  nodes: readonly string[];
  /** The take with the ring: what keys act on. */
  take: string | null;
  /** The clip pointed at in the cut, by its key. */
  clip: string | null;
  /** The node pointed at somewhere: drawn highlighted everywhere else. */
  hovered: string | null;
  select(nodes: readonly string[]): void;
  ring(take: string | null): void;
  point(at: { clip?: string | null; hovered?: string | null }): void;
}

export const useSelection = create<Selection>((set) => ({
  nodes: [],
  take: null,
  clip: null,
  hovered: null,
  select: (nodes) => set({ nodes: [...nodes], take: null }),
  ring: (take) => set({ take }),
  point: (at) => set(at),
}));
