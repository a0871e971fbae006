/** Single frames, of clips in the editor and of stored takes, a few at a time. Each is the very frame that was asked for. */
import { useEffect, useState } from "react";
import type { CutItem } from "../wire/api.gen";
import { send } from "../wire/http";
import { asProblem } from "../wire/problem";

const AT_ONCE = 3;
const MOST_KEPT = 400;
/** A clip that is only passed over while scrolling asks for nothing. */
const REST_MS = 150;
export const WIDTH = 160;

/** A frame of a stored take (`content`), or of a clip of the editor at a record frame. */
export type FrameAt = NonNullable<CutItem["picture"]>;

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

/** After another reading a clip may show something else at a frame; a stored take never does. */
const keyOf = (at: FrameAt, reading: string, width: number) =>
  at.content ? `${at.content} ${at.frame} ${width}` : `${reading} ${at.session} ${at.clip} ${at.record_frame} ${width}`;

function pathOf({ content, frame, session, clip, record_frame }: FrameAt, width: number): string {
  if (content) return `/api/media/${content}/frames/${frame}?width=${width}`;
  const query = new URLSearchParams({ session, clip, record_frame: String(record_frame), width: String(width) });
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
function ask(key: string, path: string, hear: (frame: Frame) => void): () => void {
  const one = queue.get(key) ?? { key, path, heard: new Set() };
  one.heard.add(hear);
  queue.set(key, one);
  next();
  return () => {
    one.heard.delete(hear);
    if (one.heard.size === 0) queue.delete(key);
  };
}

/** A frame as an address of this page; undefined until it is there. `reading` names the reading a clip is of. */
export function useFrame(at: FrameAt | null, reading: string, width = WIDTH): Frame | undefined {
  const key = at ? keyOf(at, reading, width) : null;
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
      forget = ask(key, pathOf(at, width), (found) => setFrame({ key, frame: found }));
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, [key]);
  if (!key) return undefined;
  return frame?.key === key ? frame.frame : kept.get(key);
}
