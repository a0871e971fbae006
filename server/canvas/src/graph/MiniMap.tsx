import { useStoreApi } from "@xyflow/react";
import { type PointerEvent, useEffect, useRef } from "react";
import { useSelection } from "../app/session";
import css from "./Graph.module.css";
import { around, type Box } from "./geometry";
import { inkOf, type Plot } from "./plot";
import { stage } from "./stage";

const WIDTH = 196;
const HEIGHT = 132;

/** The whole canvas in the corner. Boxes are drawn once a change; only the frame of what is in sight moves. */
export function MiniMap({ plot, themed }: { plot: Plot; themed: string }) {
  const flow = useStoreApi();
  const map = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const world = useRef<Box & { scale: number }>({ x: 0, y: 0, width: 1, height: 1, scale: 1 });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `themed` stands for the page's colours.
  useEffect(() => {
    const context = map.current?.getContext("2d");
    if (!context || !map.current) return;
    const whole = around([...plot.boxes, ...plot.groups]) ?? { x: 0, y: 0, width: 1, height: 1 };
    const scale = Math.min((WIDTH - 12) / whole.width, (HEIGHT - 12) / whole.height, 0.1);
    world.current = { ...whole, scale };
    const ink = inkOf(map.current);
    const left = (WIDTH - whole.width * scale) / 2;
    const top = (HEIGHT - whole.height * scale) / 2;
    const draw = () => {
      const selected = new Set(useSelection.getState().nodes);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      for (const box of plot.boxes) {
        context.fillStyle = selected.has(box.id) ? ink.accent : box.mark ? (ink.marks[box.mark] ?? ink.line) : ink.line;
        const [x, y] = [left + (box.x - whole.x) * scale, top + (box.y - whole.y) * scale];
        context.fillRect(x, y, Math.max(1.5, box.width * scale), Math.max(1.5, box.height * scale));
      }
    };
    const place = () => {
      const { transform, width, height } = flow.getState();
      const [x, y, zoom] = transform;
      const style = frame.current?.style;
      if (!style) return;
      style.transform = `translate(${left + (-x / zoom - whole.x) * scale}px, ${top + (-y / zoom - whole.y) * scale}px)`;
      style.width = `${(width / zoom) * scale}px`;
      style.height = `${(height / zoom) * scale}px`;
    };
    let asked = 0;
    draw();
    place();
    const stops = [
      flow.subscribe((now, before) => {
        if (now.transform !== before.transform || now.width !== before.width) place();
      }),
      useSelection.subscribe((now, before) => {
        if (now.nodes === before.nodes) return;
        cancelAnimationFrame(asked);
        asked = requestAnimationFrame(draw);
      }),
    ];
    return () => {
      cancelAnimationFrame(asked);
      for (const stop of stops) stop();
    };
  }, [plot, flow, themed]);

  const go = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 1 || !map.current) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = map.current.getBoundingClientRect();
    const { x, y, width, height, scale } = world.current;
    const at = {
      x: x + (event.clientX - box.left - (WIDTH - width * scale) / 2) / scale,
      y: y + (event.clientY - box.top - (HEIGHT - height * scale) / 2) / scale,
    };
    stage()?.show({ ...at, width: 0, height: 0 });
  };
  return (
    <div className={css.miniMap} data-minimap="" onPointerDown={go} onPointerMove={go} aria-hidden>
      <canvas ref={map} width={WIDTH} height={HEIGHT} />
      <div ref={frame} className={css.miniFrame} />
    </div>
  );
}
