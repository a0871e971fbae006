import { type RefObject, useCallback, useEffect, useState } from "react";
import { useOverlay } from "../app/slots";
import { useGraph } from "./ui";

/** Whether keys are meant for this view: the focus is in it, or nowhere in particular. */
export function useFocusIn(root: RefObject<HTMLElement | null>) {
  const isMine = useCallback(() => {
    const focus = document.activeElement;
    if (useOverlay.getState().overlay || useGraph.getState().wiresOf) return false;
    return !focus || focus === document.body || Boolean(root.current?.contains(focus));
  }, [root]);
  const [mine, setMine] = useState(true);
  useEffect(() => {
    // The focus is nowhere while it goes from one place to the next.
    const look = () => requestAnimationFrame(() => setMine(isMine()));
    document.addEventListener("focusin", look);
    document.addEventListener("focusout", look);
    look();
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("focusout", look);
    };
  }, [isMine]);
  return { mine, isMine };
}
