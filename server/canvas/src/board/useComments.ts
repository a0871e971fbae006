import { useEffect, useState } from "react";
import { useSession, useView } from "../app/session";
import type { Comment } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { countOpen, type Known } from "./comments";

/** How many open comments each node has, kept up while the view is there. */
export function useCommentCounts(): Readonly<Record<string, number>> {
  const session = useSession();
  const connected = useView((view) => view.link === "connected");
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  useEffect(() => {
    if (!connected) return;
    let current = true;
    const known = new Map<string, Known>();
    const params = { path: { canvas_id: session.id } };
    got(api.GET("/api/canvases/{canvas_id}/comments", { params })).then(
      (list) => {
        for (const one of list as Comment[]) if (!known.has(one.id)) known.set(one.id, one);
        if (current) setCounts(countOpen(known.values()));
      },
      () => undefined, // Cards go without counts; the dialog says why.
    );
    const stop = session.on(({ topic, data }) => {
      const said = data as { canvas: string; comment: Known; id: string };
      if (said?.canvas !== session.id) return;
      if (topic === "comment.changed") known.set(said.comment.id, said.comment);
      else if (topic === "comment.removed") known.delete(said.id);
      else return;
      setCounts(countOpen(known.values()));
    });
    return () => {
      current = false;
      stop();
    };
  }, [session, connected]);
  return counts;
}
