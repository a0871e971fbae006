import type { Comment } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { keptBy } from "./kept";

/** What was said on a canvas, oldest first. */
export type Comments = readonly Comment[];

export const commentsOf = keptBy<Comments>({
  async load({ id }) {
    const params = { path: { canvas_id: id } };
    return ((await got(api.GET("/api/canvases/{canvas_id}/comments", { params }))) as Comment[]).sort(byTime);
  },
  hear(comments, { topic, data }, { id }) {
    const said = data as { canvas?: string; comment: Comment; id: string } | null;
    if (said?.canvas !== id) return comments;
    if (topic === "comment.changed") return withComment(comments, said.comment);
    return topic === "comment.removed" ? without(comments, said.id) : comments;
  },
});

const byTime = (a: Comment, b: Comment): number =>
  a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : a.id < b.id ? -1 : 1;

/** The comments after one was written, reworded, settled. */
export const withComment = (comments: Comments, changed: Comment): Comments =>
  [...without(comments, changed.id), changed].sort(byTime);

/** The comments after one was taken back. */
export const without = (comments: Comments, id: string): Comments => comments.filter((one) => one.id !== id);

const counts = new WeakMap<Comments, Readonly<Record<string, number>>>();

/** Comments of threads that are open, by node; answers count with the comment that began their thread. */
export function countOpen(comments: Comments): Readonly<Record<string, number>> {
  const known = counts.get(comments);
  if (known) return known;
  const all = new Map(comments.map((one): [string, Comment] => [one.id, one]));
  const byNode: Record<string, number> = {};
  for (const one of comments) {
    const began = (one.parent && all.get(one.parent)) || one;
    if (!began.resolved_at) byNode[one.node] = (byNode[one.node] ?? 0) + 1;
  }
  counts.set(comments, byNode);
  return byNode;
}
