import type { Connection, FinalConnectionState, OnConnectStartParams } from "@xyflow/react";
import { useMemo } from "react";
import { useSession } from "../app/session";
import { open } from "../app/slots";
import type { CanvasSession } from "../canvas/store";
import { connect } from "./actions";
import { type Point, pointOf, portNamed, portPlace } from "./geometry";
import { type End, fittingPort, mayConnect, partsOf } from "./ports";
import { stage } from "./stage";
import { useGraph } from "./ui";

/** Lay a wire between two ports; an output of parts asks first which one. */
export function layWire(session: CanvasSession, a: End, b: End, at: Point): void {
  const doc = session.store.getState().seen?.doc;
  if (!doc) return;
  const [out, into] = a.side === "out" ? [a, b] : [b, a];
  const kind = session.kinds[doc.nodes[out.node]?.kind ?? ""];
  const output = portNamed(kind?.outputs ?? [], out.port);
  const verdict = mayConnect(doc, session.kinds, out, into);
  if (output?.parts && !out.port.includes(".")) {
    const parts = partsOf(doc, out.node, out.port);
    if (parts.length !== 1) {
      useGraph.setState({ part: { from: out, to: into, at } });
      return;
    }
    void connect(session, { ...out, port: parts[0] ?? out.port }, into, verdict.replaces);
    return;
  }
  void connect(session, out, into, verdict.replaces);
}

/** Drawing a wire: ports light up, the reason stands below, the empty canvas offers a new node. */
export function useWiring() {
  const session = useSession();
  return useMemo(() => {
    const onConnectStart = (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => {
      if (!nodeId || !handleId) return;
      const side = handleType === "source" ? "out" : "in";
      useGraph.setState({ wiring: { node: nodeId, port: handleId, side }, verdict: "" });
    };
    const isValidConnection = (wire: {
      source: string;
      target: string;
      sourceHandle?: string | null;
      targetHandle?: string | null;
    }) => {
      const doc = session.store.getState().seen?.doc;
      if (!doc || !wire.sourceHandle || !wire.targetHandle) return false;
      const out: End = { node: wire.source, port: wire.sourceHandle, side: "out" };
      const verdict = mayConnect(doc, session.kinds, out, { node: wire.target, port: wire.targetHandle, side: "in" });
      if (useGraph.getState().verdict !== verdict.why) useGraph.setState({ verdict: verdict.why });
      return verdict.ok;
    };
    const onConnect = ({ source, sourceHandle, target, targetHandle }: Connection) => {
      if (!sourceHandle || !targetHandle) return;
      const node = session.store.getState().seen?.doc.nodes[target];
      const index = session.kinds[node?.kind ?? ""]?.inputs.findIndex((port) => port.name === targetHandle) ?? 0;
      const port = portPlace("in", Math.max(0, index));
      const at = (node && stage()?.toScreen({ x: node.x + port.x, y: node.y + port.y })) ?? { x: 0, y: 0 };
      layWire(
        session,
        { node: source, port: sourceHandle, side: "out" },
        { node: target, port: targetHandle, side: "in" },
        at,
      );
    };
    const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const from = useGraph.getState().wiring;
      const at = pointOf(event);
      useGraph.setState({ wiring: null, verdict: "" });
      if (!from || state.isValid || state.toHandle) return;
      const under = document.elementFromPoint(at.x, at.y);
      const node = under?.closest<HTMLElement>(".react-flow__node")?.dataset["id"];
      if (node) dropOnCard(session, from, node, at);
      else if (under?.closest(".react-flow")) open({ kind: "add", at: stage()?.toCanvas(at) ?? at, from });
    };
    return { onConnectStart, isValidConnection, onConnect, onConnectEnd };
  }, [session]);
}

/** A wire dropped on a card, not on a port: the first port that fits takes it. */
function dropOnCard(session: CanvasSession, from: End, node: string, at: Point): void {
  const doc = session.store.getState().seen?.doc;
  const kind = session.kinds[doc?.nodes[node]?.kind ?? ""];
  const source = session.kinds[doc?.nodes[from.node]?.kind ?? ""];
  const port = portNamed((from.side === "out" ? source?.outputs : source?.inputs) ?? [], from.port);
  const found = kind && port && fittingPort(kind, port, from.side);
  if (!doc || !found) return;
  const to: End = { node, port: found.name, side: from.side === "out" ? "in" : "out" };
  if (mayConnect(doc, session.kinds, from, to).ok) layWire(session, from, to, at);
}
