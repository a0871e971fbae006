import { useMemo } from "react";
import { useVerbs, type Verb } from "../app/keys";
import { useMay, useSelection, useSession, useView } from "../app/session";
import { open, showTakes } from "../app/slots";
import { done } from "../ui/toasts";
import { acceptOps, commit, lockOps, move, remove } from "./actions";
import { align, distribute, type Edge, type Moves } from "./arrange";
import { around } from "./geometry";
import { fitGroup, group, ungroup } from "./grouping";
import { NEEDS_EDITOR, openNodeMenu, openPaneMenu } from "./menus";
import { boxesOf, framed, tidied } from "./selected";
import { stage } from "./stage";
import { showOutline, useGraph } from "./ui";
import type { useClipboard } from "./useClipboard";
import { useKeyboardMoves } from "./useKeyboardMoves";
import { neighbour } from "./walk";

const EDGES: readonly [Edge, string][] = [
  ["left", "Align left edges"],
  ["centre", "Align centres"],
  ["right", "Align right edges"],
  ["top", "Align top edges"],
  ["middle", "Align middles"],
  ["bottom", "Align bottom edges"],
];

/** After a deletion one goes on with the node to the right, or else to the left, below, above. */
const WAYS_ON = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"] as const;

/** Every verb of the drawing: keys, palette and menus all come from here. `mine`: the drawing has the focus. */
export function useGraphVerbs(mine: boolean, clipboard: ReturnType<typeof useClipboard>): void {
  const session = useSession();
  const mayEdit = useMay("editor");
  const nodes = useSelection((selection) => selection.nodes);
  const wires = useGraph((ui) => ui.wires);
  const outline = useGraph((ui) => ui.outline);
  const searching = useGraph((ui) => ui.search !== null);
  const one = nodes.length === 1 ? nodes[0] : undefined;
  const any = nodes.length > 0;
  const kind = useView((view) => (one ? (view.seen?.doc.nodes[one]?.kind ?? "") : ""));
  const stale = useView((view) => nodes.some((id) => view.seen?.states[id]?.status === "stale"));
  const grouped = useView((view) => nodes.some((id) => view.seen?.doc.nodes[id]?.group));
  const makes = one !== undefined && kind !== "note" && kind !== "group";
  const keyboard = useKeyboardMoves();
  const verbs = useMemo((): Verb[] => {
    const edit = (verb: Verb): Verb =>
      mayEdit || verb.enabled === false ? verb : { ...verb, enabled: false, barred: NEEDS_EDITOR };
    const arrange = (moves: Moves) => void move(session, moves);
    const first = () => useSelection.getState().nodes[0] ?? "";
    return [
      edit({
        id: "graph.add",
        title: "Add a node",
        keys: ["Shift+N"],
        group: "Canvas",
        run: () => open({ kind: "add", at: stage()?.middle() }),
      }),
      edit({ id: "graph.templates", title: "Add a template", group: "Canvas", run: () => open({ kind: "templates" }) }),
      edit({ id: "graph.upload", title: "Bring in references", group: "Canvas", run: () => open({ kind: "upload" }) }),
      {
        id: "graph.search",
        title: searching ? "Find on the canvas: next" : "Find on the canvas",
        keys: ["Mod+F"],
        group: "Canvas",
        run: () => useGraph.setState((ui) => ({ search: ui.search ?? { query: "", ids: [], at: 0 } })),
      },
      {
        id: "graph.outline",
        title: outline ? "Hide the outline" : "Show the outline",
        keys: ["Shift+O"],
        group: "Canvas",
        run: () => showOutline(!outline),
      },
      {
        id: "graph.fit",
        title: "Show everything",
        keys: ["Shift+1", "!", "Shift+Z"],
        group: "Canvas",
        run: () => framed(session, null),
      },
      {
        id: "graph.frame",
        title: "Frame the selection",
        keys: ["F"],
        group: "Canvas",
        enabled: any,
        run: () => framed(session, nodes),
      },
      {
        id: "graph.actual",
        title: "Zoom to actual size",
        keys: ["Z"],
        group: "Canvas",
        // What is selected stays in sight.
        run: () => stage()?.zoom(1, around(boxesOf(session, nodes))),
      },
      { id: "graph.in", title: "Zoom in", keys: ["+", "="], group: "Canvas", run: () => stage()?.zoom("in") },
      { id: "graph.out", title: "Zoom out", keys: ["-"], group: "Canvas", run: () => stage()?.zoom("out") },
      {
        id: "graph.takes",
        title: "Open the takes",
        keys: ["Enter"],
        group: "Selection",
        enabled: makes && mine,
        run: () => showTakes(first()),
      },
      edit({
        id: "graph.generate",
        title: "Generate: open the plan",
        keys: ["G"],
        group: "Selection",
        enabled: any,
        run: () => open({ kind: "plan", scope: { kind: "node", nodes } }),
      }),
      edit({
        id: "graph.accept",
        title: "Keep as is",
        keys: ["Shift+A"],
        group: "Selection",
        enabled: stale,
        run: () => void commit(session, acceptOps(session, nodes)),
      }),
      edit({
        id: "graph.lock",
        title: "Lock or unlock",
        keys: ["Shift+L"],
        group: "Selection",
        enabled: any,
        run: () => void commit(session, lockOps(session, nodes)),
      }),
      edit({
        id: "graph.write",
        title: "Write the note",
        group: "Selection",
        enabled: kind === "note",
        run: () => writeNote(first()),
      }),
      {
        id: "graph.wires",
        title: "Wires and ports",
        keys: ["Shift+W"],
        group: "Selection",
        enabled: makes,
        run: () => useGraph.setState({ wiresOf: first() }),
      },
      edit({
        id: "graph.group",
        title: "Group the selection",
        keys: ["Mod+G"],
        group: "Selection",
        enabled: any,
        run: () => void group(session, nodes),
      }),
      edit({
        id: "graph.fitGroup",
        title: "Fit the group to its nodes",
        group: "Selection",
        enabled: kind === "group",
        run: () => void fitGroup(session, first()),
      }),
      edit({
        id: "graph.ungroup",
        title: "Take out of the group",
        keys: ["Mod+Shift+G"],
        group: "Selection",
        enabled: grouped || kind === "group",
        run: () => void ungroup(session, nodes),
      }),
      { id: "graph.all", title: "Select everything", keys: ["Mod+A"], group: "Selection", run: () => selectAll() },
      {
        id: "graph.none",
        title: "Clear the selection",
        keys: ["Escape"],
        group: "Selection",
        enabled: mine && (any || wires.length > 0 || searching),
        run: () => leave(),
      },
      {
        id: "graph.copy",
        title: "Copy",
        keys: ["Mod+C"],
        group: "Selection",
        enabled: any,
        run: () => void clipboard.copy(),
      },
      edit({
        id: "graph.cut",
        title: "Cut",
        keys: ["Mod+X"],
        group: "Selection",
        enabled: any,
        run: () => void clipboard.cut(),
      }),
      edit({
        id: "graph.paste",
        title: "Paste",
        keys: ["Mod+V"],
        group: "Selection",
        run: () => void clipboard.paste(),
      }),
      edit({
        id: "graph.duplicate",
        title: "Duplicate",
        keys: ["Mod+D"],
        group: "Selection",
        enabled: any,
        run: () => clipboard.duplicate(),
      }),
      edit({
        id: "graph.delete",
        title: "Delete",
        keys: ["Delete", "Backspace"],
        group: "Selection",
        enabled: mine && (any || wires.length > 0),
        run: () => deleteChosen(),
      }),
      {
        id: "graph.menu",
        title: "Menu of the selection",
        keys: ["ContextMenu", "Shift+F10"],
        group: "Selection",
        enabled: mine,
        run: () => menuHere(),
      },
      ...EDGES.map(([edge, title]) =>
        edit({
          id: `graph.align.${edge}`,
          title,
          group: "Arrange",
          enabled: nodes.length > 1,
          run: () => arrange(align(boxesOf(session, nodes), edge)),
        }),
      ),
      edit({
        id: "graph.distribute.x",
        title: "Distribute across",
        group: "Arrange",
        enabled: nodes.length > 2,
        run: () => arrange(distribute(boxesOf(session, nodes), "x")),
      }),
      edit({
        id: "graph.distribute.y",
        title: "Distribute down",
        group: "Arrange",
        enabled: nodes.length > 2,
        run: () => arrange(distribute(boxesOf(session, nodes), "y")),
      }),
      edit({
        id: "graph.tidy",
        title: nodes.length > 1 ? "Tidy the selection" : "Tidy the canvas",
        group: "Arrange",
        run: () => void tidied(session, nodes),
      }),
      ...keyboard(mine, mayEdit),
    ];

    function beside(id: string): string | undefined {
      const doc = session.store.getState().seen?.doc;
      const stays = Object.keys(doc?.nodes ?? {}).filter((one) => one === id || !nodes.includes(one));
      const boxes = boxesOf(session, stays);
      const ways = WAYS_ON.map((way) => neighbour(boxes, id, way));
      return ways.find((one) => one !== null) ?? undefined;
    }
    function selectAll() {
      useSelection.getState().select(Object.keys(session.store.getState().seen?.doc.nodes ?? {}));
    }
    function leave() {
      useSelection.getState().select([]);
      useGraph.setState({ wires: [], search: null });
    }
    function deleteChosen() {
      const next = mine && nodes[0] ? beside(nodes[0]) : undefined;
      void remove(session, nodes, wires).then((gone) => {
        if (!gone) return;
        useSelection.getState().select([]);
        useGraph.setState({ wires: [] });
        // Who walks by keys goes on from the node beside it.
        if (next) stage()?.focus(next);
        if (nodes.length)
          done(`Deleted ${nodes.length === 1 ? "1 node" : `${nodes.length} nodes`}. Takes are kept.`, {
            title: "Undo",
            run: () => void session.undo(),
          });
      });
    }
    function menuHere() {
      const id = first();
      const box = around(boxesOf(session, id ? [id] : []));
      const at = box && stage()?.toScreen({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      if (id && at) openNodeMenu(session, id, at);
      else openPaneMenu({ x: innerWidth / 3, y: innerHeight / 3 });
    }
  }, [session, mayEdit, nodes, wires, outline, searching, any, makes, stale, grouped, kind, mine, clipboard, keyboard]);
  useVerbs(verbs);
}

function writeNote(id: string): void {
  const card = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"] > div`);
  card?.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
}
