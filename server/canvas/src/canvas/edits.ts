import type { Op } from "./model";
import type { CanvasSession } from "./store";

/** The bridge takes this many ops in one edit. */
export const MOST_OPS = 500;

/** Commit ops that need not stand together: more than one edit has room for are several, taken back one by one. */
export async function commitAll(session: CanvasSession, ops: readonly Op[], most = MOST_OPS) {
  let done = await session.commit(ops.slice(0, most));
  for (let at = most; at < ops.length; at += most) done = await session.commit(ops.slice(at, at + most));
  return done;
}
