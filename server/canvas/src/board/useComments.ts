import { useComments } from "../app/session";
import { countOpen } from "../canvas/comments";

const NONE: Readonly<Record<string, number>> = {};

/** How many open comments each node has. */
export const useCommentCounts = (): Readonly<Record<string, number>> =>
  useComments((comments) => (comments ? countOpen(comments) : NONE));
