/** Frames of clips in the editor, a few at a time, kept while the reading they belong to is shown. */
import { useEffect, useState } from "react";
import { send } from "../wire/http";
import { asProblem } from "../wire/problem";

const AT_ONCE = 3;
const MOST_KEPT = 400;
/** A clip that is only passed over while scrolling asks for nothing. */
const REST_MS = 150;
export const WIDTH = 160;

export interface FrameAt {
  readonly session: string;
  readonly clip: string;
  readonly record_frame: number;
  /** Names the reading: after another one the clip may show something else at that frame. */
  readonly reading: string;
}

export interface Frame {
  readonly url?: string;
  /** Why there is none. */
  readonly why?: string;
}

interface Waiting {
  readonly key: string;
  readonly path: string;
  readonly heard: Set<(frame: Frame) => void>;
}

const kept = new Map<string, Frame>();
const queue = new Map<string, Waiting>();
let running = 0;

const keyOf = (at: FrameAt, width: number) => `${at.reading} ${at.session} ${at.clip} ${at.record_frame} ${width}`;

function pathOf(at: FrameAt, width: number): string {
  const query = new URLSearchParams({
    session: at.session,
    clip: at.clip,
    record_frame: String(at.record_frame),
    width: String(width),
  });
  return `/api/clips/frame?${query}`;
}

function keep(key: string, frame: Frame): void {
  kept.set(key, frame);
  for (const [old, { url }] of kept) {
    if (kept.size <= MOST_KEPT) break;
    if (url) URL.revokeObjectURL(url);
    kept.delete(old);
  }
}

async function fetchOne(one: Waiting): Promise<Frame> {
  try {
    const answer = await send("GET", one.path);
    return { url: URL.createObjectURL(await answer.blob()) };
  } catch (thrown) {
    return { why: asProblem(thrown).message };
  }
}

function next(): void {
  if (running >= AT_ONCE) return;
  // What was asked for last is in sight now.
  const one = [...queue.values()].at(-1);
  if (!one) return;
  queue.delete(one.key);
  running += 1;
  void fetchOne(one).then((frame) => {
    running -= 1;
    keep(one.key, frame);
    for (const hear of one.heard) hear(frame);
    next();
  });
  next();
}

/** Ask for a frame; returns how to think better of it. What is under way is finished and kept. */
function ask(at: FrameAt, width: number, hear: (frame: Frame) => void): () => void {
  const key = keyOf(at, width);
  const one = queue.get(key) ?? { key, path: pathOf(at, width), heard: new Set() };
  one.heard.add(hear);
  queue.set(key, one);
  next();
  return () => {
    one.heard.delete(hear);
    if (one.heard.size === 0) queue.delete(key);
  };
}

/** The picture of a clip at a record frame as an address of this page; undefined until it is there. */
export function useFrame(at: FrameAt | null, width = WIDTH): Frame | undefined {
  const key = at ? keyOf(at, width) : null;
  const [frame, setFrame] = useState<{ key: string; frame: Frame } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the place.
  useEffect(() => {
    if (!at || !key) return;
    const known = kept.get(key);
    if (known) {
      setFrame({ key, frame: known });
      return;
    }
    let forget = () => {};
    const timer = setTimeout(() => {
      forget = ask(at, width, (found) => setFrame({ key, frame: found }));
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, [key, width]);
  if (!key) return undefined;
  return frame?.key === key ? frame.frame : kept.get(key);
}
