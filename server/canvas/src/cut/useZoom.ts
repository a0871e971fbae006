import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { clamp, fitted, LEAST, MOST, zoomed } from "./scale";

/** What is in sight is told in steps of so many pixels: scrolling renders again only now and then. */
const QUANTUM = 240;
/** Drawn beyond both edges. */
const BEYOND = 2 * QUANTUM;
export const HEAD = 96;

export interface Zoom {
  /** Pixels a frame. */
  readonly px: number;
  /** The scale at which the whole cut is in sight. */
  readonly least: number;
  readonly from: number;
  readonly to: number;
  set(px: number): void;
  by(factor: number, x?: number): void;
  fit(): void;
  /** Bring a range of record frames into sight. */
  reveal(from: number, to: number): void;
}

/** How far one is zoomed into a drawing that begins at record frame `start` and has so many frames. */
export function useZoom(box: RefObject<HTMLDivElement | null>, start: number, frames: number): Zoom {
  const [width, setWidth] = useState(1000);
  const [chosen, setChosen] = useState<number | null>(null);
  const [left, setLeft] = useState(0);
  const pending = useRef<number | null>(null);
  const least = Math.min(fitted(frames, width), MOST);
  const px = chosen === null ? least : clamp(chosen, Math.min(least, LEAST * 100), MOST);
  const latest = useRef({ px, width });
  latest.current = { px, width };

  // The drawing comes and goes, with the table for one: what is listened to is the one that is there now.
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  useLayoutEffect(() => setElement(box.current));

  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, element.clientWidth - HEAD)));
    observer.observe(element);
    const scrolled = () => setLeft(Math.floor(element.scrollLeft / QUANTUM) * QUANTUM);
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", scrolled);
    };
  }, [element]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after the drawing has its new width, scroll to the place meant.
  useLayoutEffect(() => {
    if (pending.current === null || !box.current) return;
    box.current.scrollLeft = pending.current;
    pending.current = null;
  }, [px, box]);

  const by = useCallback(
    (factor: number, x?: number) => {
      const now = latest.current;
      const next = zoomed(now.px, factor, box.current?.scrollLeft ?? 0, x ?? now.width / 2);
      pending.current = next.scroll;
      setChosen(next.px);
    },
    [box],
  );
  const set = useCallback((next: number) => by(next / latest.current.px), [by]);
  const fit = useCallback(() => {
    pending.current = 0;
    setChosen(null);
  }, []);
  const reveal = useCallback(
    (from: number, to: number) => {
      const element = box.current;
      if (!element) return;
      const now = latest.current;
      const [a, b] = [(from - start) * now.px, (to - start) * now.px];
      if (a < element.scrollLeft) element.scrollLeft = Math.max(0, a - 40);
      else if (b > element.scrollLeft + now.width) element.scrollLeft = Math.min(a - 40, b - now.width + 40);
    },
    [box, start],
  );

  useEffect(() => {
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left - HEAD;
      by(Math.exp(-event.deltaY / 300), Math.max(0, x));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [element, by]);

  return {
    px,
    least,
    from: start + (left - BEYOND) / px,
    to: start + (left + width + QUANTUM + BEYOND) / px,
    set,
    by,
    fit,
    reveal,
  };
}
