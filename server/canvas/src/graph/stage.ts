import type { Box, Point, Viewport } from "./geometry";

/** What the drawing offers to dialogs and lists beside it, while it is there. */
export interface Stage {
  /** The middle of what is in sight, in canvas units. */
  middle(): Point;
  /** Bring a box into sight; `close` also when it is there already, as large as it fits. */
  show(box: Box, close?: boolean): void;
  /** Zoom about the middle of what is in sight, or with the middle of a box there. */
  zoom(to: number | "in" | "out", on?: Box | null): void;
  /** Put the focus on a node's card. */
  focus(node: string): void;
  toScreen(point: Point): Point;
  toCanvas(point: Point): Point;
}

let current: Stage | null = null;

export function provideStage(stage: Stage): () => void {
  current = stage;
  return () => {
    if (current === stage) current = null;
  };
}

export const stage = (): Stage | null => current;

const views = new Map<string, Viewport>();

/** Where one was on a canvas, so that coming back from another view changes nothing. */
export const viewOf = (canvas: string): Viewport | undefined => views.get(canvas);
export const keepView = (canvas: string, view: Viewport): void => void views.set(canvas, view);
