import { useEffect, useState } from "react";
import { useSession } from "../app/session";
import { type Doc, pinned } from "../canvas/model";
import { api, got } from "../wire/http";
import { partTitle, saidBy } from "./partTitles";

const NOTHING: ReadonlyMap<string, string> = new Map();

/** The titles of the parts that a node's pinned take has; with a script's words as soon as they are there. */
export function usePartTitles(doc: Doc | undefined, node: string | undefined): (port: string) => string {
  const session = useSession();
  const found = doc?.nodes[node ?? ""];
  const take = (doc && found?.kind === "script" && pinned(doc, found)?.id) || "";
  const [said, setSaid] = useState(NOTHING);
  useEffect(() => {
    let current = true;
    setSaid(NOTHING);
    if (take) {
      const path = { canvas_id: session.id, take_id: take };
      got(api.GET("/api/canvases/{canvas_id}/takes/{take_id}/text", { params: { path } })).then(
        ({ text }) => current && setSaid(saidBy(text)),
        () => undefined, // The ids serve as well.
      );
    }
    return () => {
      current = false;
    };
  }, [session, take]);
  return (port) => partTitle(port, said);
}
