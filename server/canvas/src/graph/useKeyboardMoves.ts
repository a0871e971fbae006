import { useCallback, useRef } from "react";
import type { Verb } from "../app/keys";
import { useSelection, useSession } from "../app/session";
import { move } from "./actions";
import type { Point } from "./geometry";
import { readingOrder } from "./search";
import { boxesOf } from "./selected";
import { stage } from "./stage";
import { draft, useGraph } from "./ui";
import { draggedWith, placesAfter } from "./useDragging";
import { neighbour, type Way } from "./walk";

const STEP = 10;
const LEAP = 100;
/** So long after the last key a moved selection is committed, as one edit. */
const REST_MS = 500;

const WAYS: readonly [Way, string, number, number][] = [
  ["ArrowLeft", "left", -1, 0],
  ["ArrowRight", "right", 1, 0],
  ["ArrowUp", "up", 0, -1],
  ["ArrowDown", "down", 0, 1],
];

interface Pending {
  /** Where the nodes stood when the first key was pressed: the bridge may not have said the last move yet. */
  from: Readonly<Record<string, Point>>;
  by: Point;
  timer: ReturnType<typeof setTimeout>;
}

const moved = ({ from, by }: Pick<Pending, "from" | "by">): Record<string, Point> =>
  Object.fromEntries(Object.entries(from).map(([id, at]) => [id, { x: at.x + by.x, y: at.y + by.y }]));

/** Arrows move what is selected; with Alt, or with nothing selected, they walk from node to node. */
export function useKeyboardMoves(): (mine: boolean, mayEdit: boolean) => Verb[] {
  const session = useSession();
  const pending = useRef<Pending>(undefined);
  return useCallback(
    (mine, mayEdit) => {
      const doc = () => session.store.getState().seen?.doc;
      const settle = () => {
        const last = pending.current;
        pending.current = undefined;
        if (last) void move(session, moved(last));
      };
      const push = (x: number, y: number) => {
        const now = doc();
        const chosen = useSelection.getState().nodes;
        const first = chosen[0];
        if (!now || !first) return walk(x < 0 ? "ArrowLeft" : x > 0 ? "ArrowRight" : y < 0 ? "ArrowUp" : "ArrowDown");
        const ids = draggedWith(now, first, chosen);
        if (pending.current && Object.keys(pending.current.from).join() !== ids.join()) settle();
        const before = pending.current;
        clearTimeout(before?.timer);
        const drafts = useGraph.getState().drafts;
        const from = before?.from ?? { ...placesAfter(now, ids, { x: 0, y: 0 }), ...pick(drafts, ids) };
        const by = { x: (before?.by.x ?? 0) + x, y: (before?.by.y ?? 0) + y };
        pending.current = { from, by, timer: setTimeout(settle, REST_MS) };
        draft(moved(pending.current));
      };
      const walk = (way: Way) => {
        const now = doc();
        const ids = Object.keys(now?.nodes ?? {}).filter((id) => now?.nodes[id]?.kind !== "group");
        const from = useSelection.getState().nodes[0];
        const next = from
          ? neighbour(boxesOf(session, ids), from, way)
          : readingOrder(Object.values(now?.nodes ?? {}))[0]?.id;
        if (next) goTo(next, boxesOf(session, [next])[0]);
      };
      const onlyWalk = (way: Way, x: number, y: number) => (mayEdit ? push(x, y) : walk(way));
      return WAYS.flatMap(([way, word, x, y]): Verb[] => [
        {
          id: `graph.move.${word}`,
          title: `Move ${word}`,
          keys: [way],
          group: "Keyboard on the canvas",
          enabled: mine,
          run: () => onlyWalk(way, x * STEP, y * STEP),
        },
        {
          id: `graph.leap.${word}`,
          title: `Move far ${word}`,
          keys: [`Shift+${way}`],
          group: "Keyboard on the canvas",
          enabled: mine && mayEdit,
          run: () => push(x * LEAP, y * LEAP),
        },
        {
          id: `graph.walk.${word}`,
          title: `Go to the node ${{ left: "at the left", right: "at the right", up: "above", down: "below" }[word]}`,
          keys: [`Alt+${way}`],
          group: "Keyboard on the canvas",
          enabled: mine,
          run: () => walk(way),
        },
      ]);
    },
    [session],
  );
}

function pick(drafts: Readonly<Record<string, Point>>, ids: readonly string[]): Record<string, Point> {
  return Object.fromEntries(ids.flatMap((id) => (drafts[id] ? [[id, drafts[id]]] : [])));
}

/** Select a node, bring it into sight and put the focus on it. */
export function goTo(id: string, box: { x: number; y: number; width: number; height: number } | undefined): void {
  useSelection.getState().select([id]);
  if (box) stage()?.show(box);
  requestAnimationFrame(() => stage()?.focus(id));
}
