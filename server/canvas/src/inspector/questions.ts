import type { Change, ModelOffers, ModelProfile, NamedModels, SwapFacts, TakeText, Tray } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { type Asked, useAsked } from "./asking";

const node = (canvas: string, id: string) => ({ canvas_id: canvas, node_id: id });

export const askWhy = (canvas: string, id: string): Promise<Change[]> =>
  got(api.GET("/api/canvases/{canvas_id}/nodes/{node_id}/why", { params: { path: node(canvas, id) } })) as Promise<
    Change[]
  >;

export const askTray = (canvas: string, id: string): Promise<Tray> =>
  got(
    api.GET("/api/canvases/{canvas_id}/nodes/{node_id}/tray", { params: { path: node(canvas, id) } }),
  ) as Promise<Tray>;

/** What a model would change about a node, and what a take of it costs there; asked of the node's own model: just that. */
export const askSwap = (canvas: string, id: string, model: string): Promise<SwapFacts> =>
  got(
    api.GET("/api/canvases/{canvas_id}/nodes/{node_id}/swap", {
      params: { path: node(canvas, id), query: { model } },
    }),
  ) as Promise<SwapFacts>;

export const askText = (canvas: string, take: string, port?: string): Promise<TakeText> =>
  got(
    api.GET("/api/canvases/{canvas_id}/takes/{take_id}/text", {
      params: { path: { canvas_id: canvas, take_id: take }, query: port ? { port } : {} },
    }),
  ) as Promise<TakeText>;

export const askOffers = (kind: string, words: string): Promise<ModelOffers> =>
  got(api.GET("/api/models/offers", { params: { query: { for: words, kind } } })) as Promise<ModelOffers>;

export const askNamed = (name: string): Promise<NamedModels> =>
  got(api.GET("/api/models/named", { params: { query: { name } } })) as Promise<NamedModels>;

const profiles = new Map<string, Promise<ModelProfile[]>>();

/** All profiles of a kind; asked once while the page lives, for the catalogue changes with the bridge. */
export function askProfiles(kind: string): Promise<ModelProfile[]> {
  const known = profiles.get(kind);
  if (known) return known;
  const asked = got(api.GET("/api/models", { params: { query: { kind } } })) as Promise<ModelProfile[]>;
  profiles.set(kind, asked);
  asked.catch(() => profiles.delete(kind));
  return asked;
}

export const useProfiles = (kind: string | null | undefined): Asked<ModelProfile[]> =>
  useAsked(kind ?? null, () => askProfiles(kind ?? ""));
