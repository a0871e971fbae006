import { useEffect } from "react";
import { create } from "zustand";
import { useSession, useView } from "../app/session";
import { send } from "../wire/http";

interface Comment {
  id: string;
  node: string;
  parent: string | null;
  resolved_at: string | null;
}

/** Open comments of the canvas by their id; a card counts its own. */
export const useComments = create<{ byNode: Readonly<Record<string, number>> }>(() => ({ byNode: {} }));

export function countComments(comments: Iterable<Comment>): Record<string, number> {
  const all = new Map<string, Comment>();
  for (const one of comments) all.set(one.id, one);
  const byNode: Record<string, number> = {};
  for (const one of all.values()) {
    const thread = (one.parent && all.get(one.parent)) || one;
    if (!thread.resolved_at) byNode[one.node] = (byNode[one.node] ?? 0) + 1;
  }
  return byNode;
}

/** Keep up with comments while the drawing is there. */
export function useFollowComments(): void {
  const session = useSession();
  const connected = useView((view) => view.link === "connected");
  useEffect(() => {
    if (!connected) return;
    const known = new Map<string, Comment>();
    const show = () => useComments.setState({ byNode: countComments(known.values()) });
    let current = true;
    const load = async () => {
      const answer = await send("GET", `/api/canvases/${encodeURIComponent(session.id)}/comments`);
      for (const one of (await answer.json()) as Comment[]) known.set(one.id, one);
      if (current) show();
    };
    load().catch(() => undefined); // Cards go without counts; the dialog says why.
    const stop = session.on(({ topic, data }) => {
      const said = data as { canvas: string; comment: Comment; id: string };
      if (said?.canvas !== session.id) return;
      if (topic === "comment.changed") known.set(said.comment.id, said.comment);
      else if (topic === "comment.removed") known.delete(said.id);
      else return;
      show();
    });
    return () => {
      current = false;
      stop();
    };
  }, [session, connected]);
}
