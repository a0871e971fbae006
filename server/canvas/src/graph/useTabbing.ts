import { type KeyboardEvent, useCallback, useRef } from "react";
import { useSelection, useSession } from "../app/session";
import { readingOrder } from "./search";
import { boxesOf } from "./selected";
import { goTo } from "./useKeyboardMoves";

/**
 * Tab goes from node to node in reading order, Shift+Tab back. Escape clears the selection and lets the next Tab leave
 * the drawing; so does Tab at the last node.
 */
export function useTabbing() {
  const session = useSession();
  const leaving = useRef(false);
  return useCallback(
    (event: KeyboardEvent) => {
      const target = event.target as Element;
      const drawing = target.closest(".react-flow");
      if (!drawing) return;
      if (event.key === "Escape") {
        leaving.current = true;
        drawing.closest<HTMLElement>(".react-flow")?.focus();
        return;
      }
      const inside = target === drawing || target.classList.contains("react-flow__node");
      if (event.key !== "Tab" || !inside || event.altKey || event.ctrlKey || event.metaKey) return;
      if (leaving.current) {
        leaving.current = false;
        return;
      }
      const doc = session.store.getState().seen?.doc;
      const order = readingOrder(Object.values(doc?.nodes ?? {})).map((node) => node.id);
      const at = order.indexOf(useSelection.getState().nodes[0] ?? "");
      const next = order[at === -1 ? (event.shiftKey ? -1 : 0) : at + (event.shiftKey ? -1 : 1)];
      if (!next) return;
      event.preventDefault();
      goTo(next, boxesOf(session, [next])[0]);
    },
    [session],
  );
}
