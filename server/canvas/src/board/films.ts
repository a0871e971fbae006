import type { Doc, Node, Wire } from "../canvas/model";
import type { ShotFacts } from "../wire/api.gen";

/** Kinds whose wires are a film's order, and the input that has it (docs/storyboard.md). */
export const ORDERED: Readonly<Record<string, string>> = { nle_export: "clips", storyboard: "panels" };

/** An export or a storyboard: its wires are an order of shots. */
export interface Film {
  id: string;
  title: string;
  kind: string;
  shots: number;
}

/** A shot is named by the wire that brings it: a node that is wired twice is there twice. */
export const keyOf = (shot: Pick<ShotFacts, "wire" | "node">): string => shot.wire || shot.node;

const place = (a: Node, b: Node) => a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1);

/** The wires that are the order of an export or storyboard, first shot first. */
export function orderingWires(doc: Doc, film: string): Wire[] {
  const port = ORDERED[doc.nodes[film]?.kind ?? ""];
  return Object.values(doc.wires)
    .filter((wire) => wire.dst_node === film && wire.dst_port === port)
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/** Exports first, then storyboards, each from left to right; empty ones last. */
export function filmsOf(doc: Doc): Film[] {
  const counts: Record<string, number> = {};
  for (const wire of Object.values(doc.wires)) {
    if (ORDERED[doc.nodes[wire.dst_node]?.kind ?? ""] === wire.dst_port) {
      counts[wire.dst_node] = (counts[wire.dst_node] ?? 0) + 1;
    }
  }
  const rank = (node: Node) => (counts[node.id] ? 0 : 2) + (node.kind === "nle_export" ? 0 : 1);
  return Object.values(doc.nodes)
    .filter((node) => node.kind in ORDERED)
    .sort((a, b) => rank(a) - rank(b) || place(a, b))
    .map((node) => ({ id: node.id, title: node.title, kind: node.kind, shots: counts[node.id] ?? 0 }));
}

/**
 * The film shown first: as the bridge chooses it, an export with clips before a storyboard with panels. An export that
 * holds nothing but a storyboard's animatic has one shot; there the storyboard's own panels are the film.
 */
export function firstFilm(doc: Doc): string | null {
  const first = filmsOf(doc).find((film) => film.shots > 0);
  if (!first) return null;
  const wires = orderingWires(doc, first.id);
  const source = wires.length === 1 ? doc.nodes[wires[0]?.src_node ?? ""] : undefined;
  return source?.kind === "storyboard" && orderingWires(doc, source.id).length > 0 ? source.id : first.id;
}

const kept = (canvas: string) => `takebridge.film.${canvas}`;

export function rememberFilm(canvas: string, film: string): void {
  localStorage.setItem(kept(canvas), film);
}

export const rememberedFilm = (canvas: string): string | null => localStorage.getItem(kept(canvas));
