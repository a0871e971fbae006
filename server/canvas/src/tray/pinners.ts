import { useEffect } from "react";
import { useSession } from "../app/session";
import type { CanvasChanged } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";

const pinners = new WeakMap<CanvasSession, Map<string, string>>();

/** Remember who pinned what while a view of takes is open. */
export function usePinners(): void {
  const session = useSession();
  useEffect(() => {
    const known = pinners.get(session) ?? new Map<string, string>();
    pinners.set(session, known);
    return session.on((event) => {
      if (event.topic !== "canvas.changed") return;
      const changed = event.data as CanvasChanged;
      if (changed.canvas !== session.id) return;
      for (const op of changed.ops ?? []) if (op.op === "pin") known.set(op.node, changed.author);
    });
  }, [session]);
}

/** Who pinned last at a node, as far as this page heard; empty when it did not. */
export const lastPinner = (session: CanvasSession, node: string): string => pinners.get(session)?.get(node) ?? "";
