import { useComments } from "../app/session";
import type { Comments } from "../canvas/comments";

type Notes = ReadonlyMap<string, readonly number[]>;

const NONE: Notes = new Map();
const kept = new WeakMap<Comments, Notes>();

/** Frames of takes that somebody wrote a note at, by take. */
export const useNotes = (): Notes => useComments((comments) => (comments ? notesOf(comments) : NONE));

function notesOf(comments: Comments): Notes {
  const known = kept.get(comments);
  if (known) return known;
  const found = new Map<string, number[]>();
  for (const { take, frame } of comments) {
    if (take === null || frame === null) continue;
    const frames = found.get(take) ?? [];
    if (!frames.includes(frame)) frames.push(frame);
    found.set(take, frames);
  }
  for (const frames of found.values()) frames.sort((a, b) => a - b);
  kept.set(comments, found);
  return found;
}
