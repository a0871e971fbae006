import { useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSelection } from "../app/session";
import { type Box, centre, meets } from "./geometry";
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

/** So many cards become elements in one frame when one comes near: more would be a frame that hangs. */
const A_FRAME = 10;

/**
 * Coming near from afar: what is in sight becomes elements, a few a frame from the middle outwards, while the picture
 * stays below. Null once all may be.
 */
export function useArriving(plot: Plot, afar: boolean): ReadonlySet<string> | null {
  const flow = useStoreApi();
  const [was, setWas] = useState(afar);
  const [coming, setComing] = useState<{ ids: readonly string[]; count: number } | null>(null);
  if (was !== afar) {
    setWas(afar);
    setComing(afar ? null : { ids: inSight(plot, flow.getState()), count: A_FRAME });
  }
  useEffect(() => {
    if (!coming) return;
    const more = { ...coming, count: coming.count + A_FRAME };
    const next = requestAnimationFrame(() => setComing(coming.count < coming.ids.length ? more : null));
    return () => cancelAnimationFrame(next);
  }, [coming]);
  return useMemo(() => coming && new Set(coming.ids.slice(0, coming.count)), [coming]);
}

/** What a view shows, from its middle outwards. */
function inSight(plot: Plot, view: { transform: [number, number, number]; width: number; height: number }): string[] {
  const [dx, dy, zoom] = view.transform;
  const window = { x: -dx / zoom, y: -dy / zoom, width: view.width / zoom, height: view.height / zoom };
  const middle = centre(window);
  const away = (box: Box) => Math.hypot(centre(box).x - middle.x, centre(box).y - middle.y);
  return [...plot.groups, ...plot.boxes]
    .filter((box) => meets(box, window))
    .sort((a, b) => away(a) - away(b))
    .map((box) => box.id);
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
