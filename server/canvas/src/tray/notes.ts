import { useEffect, useState } from "react";
import { useSession } from "../app/session";
import { api, got } from "../wire/http";

interface Note {
  take: string | null;
  frame: number | null;
}

/** Frames of takes that somebody wrote a note at, by take. */
export function useNotes(): ReadonlyMap<string, readonly number[]> {
  const session = useSession();
  const [notes, setNotes] = useState<ReadonlyMap<string, readonly number[]>>(new Map());
  useEffect(() => {
    let current = true;
    const params = { path: { canvas_id: session.id } };
    const load = () =>
      void got(api.GET("/api/canvases/{canvas_id}/comments", { params })).then(
        (all) => current && setNotes(byTake(all)),
        () => undefined, // Marks on the bar only; the notes themselves say when they cannot be read.
      );
    load();
    const stop = session.on((event) => {
      if (event.topic.startsWith("comment.")) load();
    });
    return () => {
      current = false;
      stop();
    };
  }, [session]);
  return notes;
}

function byTake(notes: readonly Note[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { take, frame } of notes) {
    if (take === null || frame === null) continue;
    const frames = found.get(take) ?? [];
    if (!frames.includes(frame)) frames.push(frame);
    found.set(take, frames);
  }
  for (const frames of found.values()) frames.sort((a, b) => a - b);
  return found;
}
