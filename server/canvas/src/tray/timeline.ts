import { useLinked } from "../app/session";
import { inTimeline } from "../canvas/links";

const NONE: ReadonlySet<string> = new Set();

/** Takes that lie in an editor's timeline. */
export const useInTimeline = (): ReadonlySet<string> => useLinked((linked) => (linked ? inTimeline(linked) : NONE));
