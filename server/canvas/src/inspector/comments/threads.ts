import type { Comment } from "../../wire/api.gen";

export interface Thread {
  first: Comment;
  replies: readonly Comment[];
}

const byTime = (a: Comment, b: Comment): number =>
  a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : a.id < b.id ? -1 : 1;

/** A node's comments as threads, open ones first, each oldest first. A reply whose beginning is gone begins one. */
export function threadsOf(comments: readonly Comment[], node: string): Thread[] {
  const mine = comments.filter((one) => one.node === node).sort(byTime);
  const ids = new Set(mine.map((one) => one.id));
  const firsts = mine.filter((one) => one.parent === null || !ids.has(one.parent));
  const threads = firsts.map((first) => ({ first, replies: mine.filter((one) => one.parent === first.id) }));
  return [...threads.filter((one) => !one.first.resolved_at), ...threads.filter((one) => one.first.resolved_at)];
}

export interface Reader {
  id: string;
  name: string;
  role: string;
}

/** Whether these are one's own words; those that came with the bridge's token go by the name. */
export function isOwn(comment: Comment, me: Reader): boolean {
  return comment.person ? comment.person === me.id : comment.author === me.name;
}

/** How many of a node's comments by others are newer than what was read, `seen` an ISO time or empty. */
export function unread(comments: readonly Comment[], node: string, seen: string, me: Reader): number {
  return comments.filter((one) => one.node === node && !isOwn(one, me) && one.created_at > seen).length;
}
