import { useEffect, useState } from "react";
import { useSession } from "../app/session";
import { face, type Take } from "../canvas/model";
import { api, got } from "../wire/http";

const MOST = 600;
const kept = new Map<string, string>();

/** The first words of a take that is words, "" until they are there. */
export function useWords(take: Take | undefined): string {
  const session = useSession();
  const id = take && face(take)?.type === "text" ? take.id : "";
  const [words, setWords] = useState(() => kept.get(id) ?? "");
  useEffect(() => {
    let current = true;
    setWords(kept.get(id) ?? "");
    if (id && !kept.has(id)) {
      const path = { canvas_id: session.id, take_id: id };
      got(api.GET("/api/canvases/{canvas_id}/takes/{take_id}/text", { params: { path } })).then(
        ({ text }) => {
          if (kept.size >= MOST) kept.delete(kept.keys().next().value ?? "");
          kept.set(id, text.slice(0, 400));
          if (current) setWords(kept.get(id) ?? "");
        },
        () => undefined, // The card stays without words; the tray says why.
      );
    }
    return () => {
      current = false;
    };
  }, [id, session]);
  return words;
}
