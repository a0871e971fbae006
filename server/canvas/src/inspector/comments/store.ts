import { useEffect } from "react";
import { create, useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import { useMe, useSession } from "../../app/session";
import type { CanvasSession } from "../../canvas/store";
import type { Comment } from "../../wire/api.gen";
import { api, got } from "../../wire/http";
import { asProblem, type Problem } from "../../wire/problem";
import { unread, withComment } from "./threads";

interface Comments {
  /** Null until they are there. */
  comments: readonly Comment[] | null;
  problem: Problem | null;
}

const stores = new WeakMap<CanvasSession, StoreApi<Comments>>();

/** A canvas's comments, loaded once and kept in step by the live channel. */
function storeOf(session: CanvasSession): StoreApi<Comments> {
  const known = stores.get(session);
  if (known) return known;
  const store = createStore<Comments>(() => ({ comments: null, problem: null }));
  stores.set(session, store);
  const load = async () => {
    try {
      const path = { canvas_id: session.id };
      const comments = (await got(api.GET("/api/canvases/{canvas_id}/comments", { params: { path } }))) as Comment[];
      store.setState({ comments, problem: null });
    } catch (thrown) {
      store.setState({ problem: asProblem(thrown) });
    }
  };
  session.on((event) => {
    if (event.topic === "comment.changed") keep(session, (event.data as { comment: Comment }).comment);
    else if (event.topic === "comment.removed") drop(session, (event.data as { id: string }).id);
  });
  // After a drop what was missed may not be told again.
  session.store.subscribe((now, before) => {
    if (now.link === "connected" && before.link === "away") void load();
  });
  void load();
  return store;
}

/** Show a comment as it is now: an answer of the bridge, or an event. */
export function keep(session: CanvasSession, comment: Comment): void {
  if (comment.canvas !== session.id) return;
  const store = storeOf(session);
  const { comments } = store.getState();
  if (comments) store.setState({ comments: withComment(comments, comment) });
}

export function drop(session: CanvasSession, id: string): void {
  const store = storeOf(session);
  const { comments } = store.getState();
  if (comments) store.setState({ comments: comments.filter((one) => one.id !== id) });
}

export function useComments(): Comments {
  return useStore(storeOf(useSession()));
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
