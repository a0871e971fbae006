import type { ParamValue } from "../canvas/model";
import type { CanvasSession, Committed } from "../canvas/store";
import { attempt } from "../ui/toasts";
import { api, got } from "../wire/http";

export const setParam = (session: CanvasSession, node: string, name: string, value: ParamValue) =>
  attempt(() => session.commit([{ op: "set_param", node, name, value }]));

export const setTitle = (session: CanvasSession, node: string, title: string) =>
  attempt(() => session.commit([{ op: "set_title", node, title }]));

/** Bring the shots of a film into another order: one edit. Throws the bridge's Problem, when a shot came or went. */
export async function postOrder(
  session: CanvasSession,
  author: string,
  film: string,
  nodes: readonly string[],
): Promise<Committed> {
  const params = { path: { canvas_id: session.id } };
  const body = { export: film, nodes: [...nodes], author, op_id: crypto.randomUUID() };
  const made = await got(api.POST("/api/canvases/{canvas_id}/shots/order", { params, body }));
  return session.settled(made as Committed);
}
