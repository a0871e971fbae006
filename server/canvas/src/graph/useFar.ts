import { useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSelection } from "../app/session";
import { meets } from "./geometry";
import { boxAt, type Plot } from "./plot";
import { stage } from "./stage";
import { useGraph } from "./ui";

/** So many selected nodes are elements from afar; more are only drawn. */
const MOST_ELEMENTS = 60;

/**
 * From afar only what is selected or pointed at is an element, for the pointer and the focus; the rest is a picture.
 * `only` null: everything is.
 */
export function useFarPointer(plot: Plot, afar: boolean, selection: readonly string[]) {
  const [pointed, setPointed] = useState<string | null>(null);
  const latest = useRef(plot);
  latest.current = plot;
  const onPaneMouseMove = useCallback(
    (event: React.MouseEvent) => {
      if (!afar || event.buttons) return;
      const at = stage()?.toCanvas({ x: event.clientX, y: event.clientY });
      const box = at && boxAt(latest.current, at);
      setPointed(box?.id ?? null);
      if (!box) useSelection.getState().point({ hovered: null });
    },
    [afar],
  );
  useEffect(() => setPointed(null), []);
  const only = useMemo(() => {
    if (!afar) return null;
    const shown = selection.length <= MOST_ELEMENTS ? selection : [];
    return new Set(pointed ? [...shown, pointed] : shown);
  }, [afar, selection, pointed]);
  return { only, onPaneMouseMove };
}

/** A box drawn from afar selects what it touches, though those are no elements. */
export function useBoxSelection(plot: Plot, afar: boolean) {
  const flow = useStoreApi();
  const latest = useRef(plot);
  latest.current = plot;
  const rect = useRef<{ x: number; y: number; width: number; height: number } | null>(null);
  useEffect(() => {
    if (!afar) return;
    return flow.subscribe(({ userSelectionRect }) => {
      if (userSelectionRect) rect.current = userSelectionRect;
    });
  }, [flow, afar]);
  const onSelectionEnd = useCallback(() => {
    const drawn = rect.current;
    rect.current = null;
    if (!afar || !drawn) return;
    const [dx, dy, zoom] = flow.getState().transform;
    const box = {
      x: (drawn.x - dx) / zoom,
      y: (drawn.y - dy) / zoom,
      width: drawn.width / zoom,
      height: drawn.height / zoom,
    };
    const inside = latest.current.boxes.filter((one) => meets(one, box)).map((one) => one.id);
    useSelection.getState().select(inside);
    useGraph.setState({ wires: [] });
  }, [flow, afar]);
  return { onSelectionEnd };
}
