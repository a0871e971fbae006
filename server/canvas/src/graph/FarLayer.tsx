import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useSelection } from "../app/session";
import css from "./Graph.module.css";
import { type Ink, inkOf, type Plot, paint } from "./plot";
import { useGraph } from "./ui";

/**
 * A large canvas from afar: one picture instead of thousands of elements (canvas.md §5: zooming out is what kills).
 * The outline beside it says the same to screen readers.
 */
export function FarLayer({ plot, themed }: { plot: Plot; themed: string }) {
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(plot);
  const redraw = useRef(() => {});
  latest.current = plot;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `themed` stands for the page's colours.
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    let ink: Ink | null = null;
    let asked = 0;
    const draw = () => {
      asked = 0;
      const { transform, width, height } = flow.getState();
      const ratio = window.devicePixelRatio || 1;
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      ink ??= inkOf(element);
      const { nodes, hovered } = useSelection.getState();
      const { search } = useGraph.getState();
      const found = search?.ids.length ? new Set(search.ids) : null;
      paint(context, latest.current, transform, { width, height }, ink, { selected: new Set(nodes), hovered, found });
    };
    const ask = () => {
      if (!asked) asked = requestAnimationFrame(draw);
    };
    redraw.current = ask;
    draw();
    const stops = [
      flow.subscribe((now, before) => {
        if (now.transform !== before.transform) draw();
        else if (now.width !== before.width || now.height !== before.height) ask();
      }),
      useSelection.subscribe(ask),
      useGraph.subscribe((now, before) => now.search !== before.search && ask()),
    ];
    return () => {
      cancelAnimationFrame(asked);
      for (const stop of stops) stop();
    };
  }, [flow, themed]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: draws again when the canvas has changed.
  useEffect(() => redraw.current(), [plot]);

  return <canvas ref={canvas} className={css.farLayer} data-far="" aria-hidden />;
}
