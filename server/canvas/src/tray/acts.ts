import { useMemo } from "react";
import { useMay, useSession } from "../app/session";
import { open } from "../app/slots";
import { type Doc, face, fact, type Op, type Rating, type Take } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";
import { attempt, done, failed } from "../ui/toasts";
import { Problem } from "../wire/problem";
import { ask } from "./asked";
import { lastPinner } from "./pinners";

/** What can be done to a take. Each answers whether it was done; what is refused is said in the bridge's words. */
export interface Acts {
  rate(take: string, rating: Rating | null): Promise<boolean>;
  hide(take: string, hidden: boolean): Promise<boolean>;
  /** No rating, and shown again. */
  clear(take: string): Promise<boolean>;
  pin(take: string): Promise<boolean>;
  lock(node: string): Promise<boolean>;
  best(take: string, best: { start: number; end: number } | null): Promise<boolean>;
  wire(ops: readonly Op[]): Promise<boolean>;
}

export function useActs(): Acts {
  const session = useSession();
  return useMemo(() => actsOn(session), [session]);
}

/** Who may what here: a reviewer judges, an editor decides, a producer spends. */
export function useMays() {
  const judge = useMay("reviewer");
  const decide = useMay("editor");
  const spend = useMay("producer");
  return useMemo(() => ({ judge, decide, spend }), [judge, decide, spend]);
}

function actsOn(session: CanvasSession): Acts {
  const doc = (): Doc | undefined => session.store.getState().seen?.doc;
  const commit = async (...ops: readonly Op[]) => (await attempt(() => session.commit(ops))) !== undefined;
  const find = (take: string): Take | undefined => doc()?.takes[take];
  return {
    rate: (take, rating) => commit({ op: "rate_take", take, rating }),
    hide: (take, hidden) => commit({ op: "set_take_hidden", take, hidden }),
    clear(take) {
      const ops: Op[] = [{ op: "rate_take", take, rating: null }];
      if (find(take)?.hidden) ops.unshift({ op: "set_take_hidden", take, hidden: false });
      return commit(...ops);
    },
    async pin(id) {
      const take = find(id);
      const node = take && doc()?.nodes[take.node_id];
      if (!take || !node) return false;
      if (node.pin === id) return true;
      try {
        await session.commit([{ op: "pin", node: node.id, take: id, expected: node.pin }]);
        done(`Take ${take.seq} of “${node.title}” is pinned.`);
        return true;
      } catch (thrown) {
        // Somebody else was quicker: nothing happened here, and the choice is made again with both in sight.
        if (thrown instanceof Problem && thrown.code === "precondition") {
          await session.reload();
          ask({ kind: "pin", node: node.id, take: id, who: lastPinner(session, node.id) });
        } else failed(thrown);
        return false;
      }
    },
    async lock(id) {
      const node = doc()?.nodes[id];
      if (!node) return false;
      const did = await commit({ op: "set_locked", node: id, locked: !node.locked });
      if (did) done(node.locked ? `“${node.title}” is unlocked.` : `“${node.title}” is locked: nothing runs here.`);
      return did;
    },
    best: (take, best) => commit({ op: "set_best_range", take, best }),
    wire: (ops) => commit(...ops),
  };
}

/** The best range after in (`start`) or out (`end`, exclusive) was set at a frame; the other end stays where it can. */
export function rangeWith(take: Take, end: "in" | "out", frame: number): { start: number; end: number } | null {
  const shown = face(take);
  const count = shown ? fact(shown.output.facts, "frame_count") : 0;
  if (count < 1) return null;
  const at = Math.min(count - 1, Math.max(0, frame));
  const before = take.best ?? { start: 0, end: count };
  if (end === "in") return { start: at, end: before.end > at ? before.end : count };
  return { start: before.start <= at ? before.start : 0, end: at + 1 };
}

/** The take that was made for exactly what its node wants now, when another one is pinned: it is had for nothing. */
export function revertible(doc: Doc, node: string, expected: string | null | undefined): Take | undefined {
  const pin = doc.nodes[node]?.pin;
  if (!expected || (pin && doc.takes[pin]?.recipe_fp === expected)) return undefined;
  return (doc.traysOf[node] ?? []).filter((take) => take.recipe_fp === expected && !take.hidden).at(-1);
}

/** A note at a frame of a take. */
export const noteAt = (take: Take, frame: number | null): void =>
  open({ kind: "comments", node: take.node_id, take: take.id, ...(frame === null ? {} : { frame }) });
