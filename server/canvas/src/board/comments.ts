import type { Comment } from "../wire/api.gen";

export type Known = Pick<Comment, "id" | "node" | "parent" | "resolved_at">;

/** Comments of threads that are open, by node; answers count with the comment that began their thread. */
export function countOpen(comments: Iterable<Known>): Record<string, number> {
  const all = new Map<string, Known>();
  for (const one of comments) all.set(one.id, one);
  const counts: Record<string, number> = {};
  for (const one of all.values()) {
    const began = (one.parent && all.get(one.parent)) || one;
    if (!began.resolved_at) counts[one.node] = (counts[one.node] ?? 0) + 1;
  }
  return counts;
}
