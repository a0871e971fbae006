import { useEffect } from "react";
import { useSession } from "../app/session";
import { showInGraph } from "../app/slots";
import type { CanvasChanged, HeardOp } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";
import { done, toasts } from "../ui/toasts";

/** Clips of one push come one by one: so long after the last they are told of together. */
const PUSH_MS = 30_000;

/** Say that clips came from the editor, and offer to go there: they may be out of sight. */
export function usePushed(): void {
  const session = useSession();
  useEffect(() => {
    let came: { nodes: string[]; at: number; toast: string } = { nodes: [], at: 0, toast: "" };
    return session.on(({ topic, data }) => {
      if (topic !== "canvas.changed" || (data as CanvasChanged).canvas !== session.id) return;
      const fresh = pushedNodes(((data as CanvasChanged).ops ?? []) as readonly HeardOp[]);
      if (fresh.length === 0) return;
      const together = Date.now() - came.at < PUSH_MS;
      if (together) toasts.close(came.toast);
      const nodes = together ? [...came.nodes, ...fresh] : fresh;
      const toast = done(cameWords(nodes.length), { title: "Show", run: () => showInGraph(withNext(session, nodes)) });
      came = { nodes, at: Date.now(), toast };
    });
  }, [session]);
}

/** The nodes that an edit makes for clips of an editor. */
export function pushedNodes(ops: readonly HeardOp[]): string[] {
  const made = new Set(ops.flatMap((op) => (op.op === "add_node" ? [op.id] : [])));
  return ops.flatMap((op) =>
    op.op === "add_take" && op.take.origin === "nle" && made.has(op.take.node_id) ? [op.take.node_id] : [],
  );
}

const cameWords = (count: number) => `${count === 1 ? "A clip" : `${count} clips`} came from the editor.`;

/** With what was wired behind them. */
function withNext(session: CanvasSession, nodes: readonly string[]): string[] {
  const wires = Object.values(session.store.getState().seen?.doc.wires ?? {});
  const next = wires.flatMap((wire) => (wire && nodes.includes(wire.src_node) ? [wire.dst_node] : []));
  return [...new Set([...nodes, ...next])];
}
