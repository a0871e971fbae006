import { useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import { useSession } from "../app/session";
import { type Box, MAX_ZOOM, MIN_ZOOM, viewOn } from "./geometry";
import { keepView, provideStage } from "./stage";

/** Text of constant size on the screen is as much larger on the canvas; in steps, so that it seldom changes. */
const step = (zoom: number) => 1.12 ** Math.round(Math.log(1 / zoom) / Math.log(1.12));

/** Offer the drawing to what stands beside it, and keep sizes that do not zoom in step with the zoom. */
export function useProvideStage(): void {
  const flow = useStoreApi();
  const { id } = useSession();
  useEffect(() => {
    const root = () => flow.getState().domNode;
    const toCanvas = ({ x, y }: { x: number; y: number }) => {
      const box = root()?.getBoundingClientRect();
      const [dx, dy, zoom] = flow.getState().transform;
      return { x: (x - (box?.left ?? 0) - dx) / zoom, y: (y - (box?.top ?? 0) - dy) / zoom };
    };
    const put = (view: { x: number; y: number; zoom: number }) => {
      void flow.getState().panZoom?.setViewport(view);
      keepView(id, view);
    };
    const zoomAt = (zoom: number) => {
      const { transform, width, height } = flow.getState();
      const next = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
      const [x, y, now] = transform;
      const scale = next / now;
      put({ x: width / 2 - (width / 2 - x) * scale, y: height / 2 - (height / 2 - y) * scale, zoom: next });
    };
    return provideStage({
      middle: () => {
        const { transform, width, height } = flow.getState();
        const [x, y, zoom] = transform;
        return { x: (width / 2 - x) / zoom, y: (height / 2 - y) / zoom };
      },
      show: (box: Box, close = false) => {
        const { transform, width, height } = flow.getState();
        const [x, y, zoom] = transform;
        const [left, top] = [box.x * zoom + x, box.y * zoom + y];
        const [right, bottom] = [left + box.width * zoom, top + box.height * zoom];
        const inside = left >= 8 && top >= 8 && right <= width - 8 && bottom <= height - 8;
        if (close) put(viewOn(box, { width, height }));
        else if (!inside) put(middled(box, zoom, { width, height }));
      },
      zoom: (to, on) => {
        const { transform, width, height } = flow.getState();
        const next = to === "in" ? transform[2] * 1.25 : to === "out" ? transform[2] / 1.25 : to;
        if (on) put(middled(on, next, { width, height }));
        else zoomAt(next);
      },
      focus: (node) => focusCard(root(), node, 10),
      toScreen: ({ x, y }) => {
        const box = root()?.getBoundingClientRect();
        const [dx, dy, zoom] = flow.getState().transform;
        return { x: x * zoom + dx + (box?.left ?? 0), y: y * zoom + dy + (box?.top ?? 0) };
      },
      toCanvas,
    });
  }, [flow, id]);

  useEffect(() => {
    let last = 0;
    const size = () => {
      const { transform, domNode } = flow.getState();
      const next = step(transform[2]);
      if (next === last || !domNode) return;
      last = next;
      domNode.style.setProperty("--unzoom", next.toFixed(2));
    };
    size();
    return flow.subscribe(size);
  }, [flow]);
}

function middled(box: Box, zoom: number, size: { width: number; height: number }) {
  const x = size.width / 2 - (box.x + box.width / 2) * zoom;
  const y = size.height / 2 - (box.y + box.height / 2) * zoom;
  return { x, y, zoom };
}

/** The card may come into sight only with the next frames. */
function focusCard(root: HTMLElement | null, node: string, tries: number): void {
  const card = root?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`);
  if (card) card.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusCard(root, node, tries - 1));
}
