import { useEffect } from "react";
import { create, useStore } from "zustand";
import { useMe, useSession } from "../../app/session";
import { type Comments, commentsOf, withComment, without } from "../../canvas/comments";
import type { CanvasSession } from "../../canvas/store";
import type { Comment } from "../../wire/api.gen";
import type { Problem } from "../../wire/problem";
import { unread } from "./threads";

/** Show a comment as the bridge answered it. */
export function keep(session: CanvasSession, comment: Comment): void {
  if (comment.canvas === session.id) commentsOf(session).put((all) => withComment(all, comment));
}

export function drop(session: CanvasSession, id: string): void {
  commentsOf(session).put((all) => without(all, id));
}

/** `comments` is null until they are there. */
export function useComments(): { comments: Comments | null; problem: Problem | null } {
  const { data, problem } = useStore(commentsOf(useSession()).store);
  return { comments: data, problem };
}

const KEY = "takebridge.read.";

function readTimes(canvas: string): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY + canvas) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

/** Until when each node's comments were read, on this machine. */
const useRead = create<{ canvas: string; times: Readonly<Record<string, string>> }>(() => ({ canvas: "", times: {} }));

function timesOf(canvas: string): Readonly<Record<string, string>> {
  if (useRead.getState().canvas !== canvas) useRead.setState({ canvas, times: readTimes(canvas) });
  return useRead.getState().times;
}

/** How many comments of a node are new to this person. */
export function useUnread(node: string): number {
  const { id } = useSession();
  const me = useMe();
  const { comments } = useComments();
  useRead();
  return unread(comments ?? [], node, timesOf(id)[node] ?? "", me);
}

/** While the component is shown, what comes is read. */
export function useReading(node: string): void {
  const { id } = useSession();
  const { comments } = useComments();
  useEffect(() => {
    const newest = comments?.reduce(
      (time, one) => (one.node === node && one.created_at > time ? one.created_at : time),
      "",
    );
    const times = timesOf(id);
    if (!newest || newest <= (times[node] ?? "")) return;
    const next = { ...times, [node]: newest };
    useRead.setState({ canvas: id, times: next });
    localStorage.setItem(KEY + id, JSON.stringify(next));
  }, [comments, id, node]);
}
