import type { EdgeChange, NodeChange, OnNodeDrag } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { useSelection, useSession } from "../app/session";
import type { Doc } from "../canvas/model";
import { move } from "./actions";
import { withMembers } from "./clipboard";
import type { CardNode, WireEdge } from "./flow";
import { boxOf, centre, groupAt, type Point, pointOf } from "./geometry";
import { stage } from "./stage";
import { draft, useGraph } from "./ui";

/** What a drag of one node moves: the whole selection it is part of, and what lies in groups among that. */
export function draggedWith(doc: Doc, node: string, selection: readonly string[]): string[] {
  return withMembers(doc, selection.includes(node) ? selection : [node]);
}

/** Where nodes stand when the one dragged has come from its place by `by`. */
export function placesAfter(doc: Doc, ids: readonly string[], by: Point): Record<string, Point> {
  const places: Record<string, Point> = {};
  for (const id of ids) {
    const node = doc.nodes[id];
    if (node) places[id] = { x: Math.round(node.x + by.x), y: Math.round(node.y + by.y) };
  }
  return places;
}

/** Selecting and dragging: shown at once, committed as one edit when let go. */
export function useDragging() {
  const session = useSession();
  const moved = useRef<Record<string, Point> | null>(null);
  // The drawing counts from where it took a movement for a drag; the hand began where it pressed.
  const pressed = useRef<Point | null>(null);
  const lost = useRef<Point>({ x: 0, y: 0 });
  return useMemo(() => {
    const docNow = () => session.store.getState().seen?.doc;
    const onPointerDownCapture = (event: React.PointerEvent) => {
      pressed.current = stage()?.toCanvas({ x: event.clientX, y: event.clientY }) ?? null;
    };
    const onNodeDragStart: OnNodeDrag<CardNode> = (event, node) => {
      const from = pressed.current;
      const at = from && stage()?.toCanvas(pointOf(event as MouseEvent | TouchEvent));
      lost.current = at ? { x: at.x - from.x, y: at.y - from.y } : { x: 0, y: 0 };
      onNodeDrag(event, node, []);
    };
    const onNodeDrag: OnNodeDrag<CardNode> = (_, node) => {
      const doc = docNow();
      const before = doc?.nodes[node.id];
      if (!doc || !before) return;
      const [dx, dy] = [node.position.x - before.x, node.position.y - before.y];
      const by = { x: dx + lost.current.x, y: dy + lost.current.y };
      moved.current = placesAfter(doc, draggedWith(doc, node.id, useSelection.getState().nodes), by);
      draft(moved.current);
    };
    const onNodeDragStop: OnNodeDrag<CardNode> = () => {
      const doc = docNow();
      const places = moved.current;
      moved.current = null;
      if (doc && places) void move(session, places, groupsAfter(doc, places));
    };
    const groupsAfter = (doc: Doc, places: Readonly<Record<string, Point>>) => {
      const groups = Object.values(doc.nodes)
        .filter((node) => node.kind === "group")
        .map((node) => ({ id: node.id, ...boxOf(node, session.kinds), ...places[node.id] }));
      const into: Record<string, string | null> = {};
      for (const [id, place] of Object.entries(places)) {
        const node = doc.nodes[id];
        // What moves with its group stays in it.
        if (!node || node.kind === "group" || (node.group && places[node.group])) continue;
        const group = groupAt(centre({ ...boxOf(node, session.kinds), ...place }), groups);
        if (group !== node.group) into[id] = group;
      }
      return into;
    };
    const onNodesChange = (changes: NodeChange<CardNode>[]) => {
      const chosen = new Set(useSelection.getState().nodes);
      let changed = false;
      for (const change of changes) {
        if (change.type !== "select" || chosen.has(change.id) === change.selected) continue;
        if (change.selected) chosen.add(change.id);
        else chosen.delete(change.id);
        changed = true;
      }
      if (changed) useSelection.getState().select([...chosen]);
    };
    const onEdgesChange = (changes: EdgeChange<WireEdge>[]) => {
      const chosen = new Set(useGraph.getState().wires);
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) chosen.add(change.id);
        else chosen.delete(change.id);
      }
      if (changes.some((change) => change.type === "select")) useGraph.setState({ wires: [...chosen] });
    };
    return { onPointerDownCapture, onNodeDragStart, onNodeDrag, onNodeDragStop, onNodesChange, onEdgesChange };
  }, [session]);
}
