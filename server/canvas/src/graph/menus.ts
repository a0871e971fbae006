import { useVerbRegistry } from "../app/keys";
import { useSelection } from "../app/session";
import type { CanvasSession } from "../canvas/store";
import type { Item, Items } from "../ui/Menu";
import { commit, reorderOps } from "./actions";
import type { Point } from "./geometry";
import { useGraph } from "./ui";

/** Verbs in the order of the menu; null draws a line. What is not offered now is left out. */
const NODE_MENU = [
  "graph.takes",
  "graph.generate",
  "node.again",
  "node.why",
  "graph.accept",
  "graph.lock",
  "node.models",
  "node.fan",
  "node.comments",
  null,
  "graph.write",
  "graph.connect",
  "graph.wires",
  "graph.group",
  "graph.fitGroup",
  "graph.ungroup",
  null,
  "graph.cut",
  "graph.copy",
  "graph.paste",
  "graph.duplicate",
  "graph.frame",
  null,
  "graph.delete",
];

const PANE_MENU = [
  "graph.add",
  "graph.templates",
  "graph.upload",
  null,
  "graph.paste",
  "graph.all",
  "graph.fit",
  "graph.tidy",
];

export const NEEDS_EDITOR = "Changing the canvas needs the role editor.";

/** Menu items of verbs as they are offered now, with their keys; what one's role may not do with the reason below. */
export function verbItems(ids: readonly (string | null)[]): Items {
  const { verbs } = useVerbRegistry.getState();
  const items: (Item | null)[] = [];
  let barred = "";
  for (const id of ids) {
    const verb = id ? verbs.get(id) : undefined;
    if (id === null && items.at(-1)) items.push(null);
    if (!verb || (verb.enabled === false && !verb.barred)) continue;
    if (verb.barred) barred = verb.barred;
    const danger = id === "graph.delete";
    const disabled = verb.enabled === false;
    items.push({ id: verb.id, title: verb.title, chord: verb.keys?.[0], danger, disabled, run: () => verb.run() });
  }
  if (items.at(-1) === null) items.pop();
  return barred ? [...items, null, { id: "barred", title: barred, disabled: true, run: () => undefined }] : items;
}

/** Open the menu of a node: of the whole selection when it is part of it. */
export function openNodeMenu(session: CanvasSession, node: string, at: Point): void {
  const { nodes, select } = useSelection.getState();
  if (!nodes.includes(node)) select([node]);
  const doc = session.store.getState().seen?.doc;
  const count = nodes.includes(node) ? nodes.length : 1;
  const label = count > 1 ? `${count} nodes` : (doc?.nodes[node]?.title ?? "Node");
  // Verbs are offered anew for the new selection on the next turn.
  setTimeout(() => useGraph.setState({ menu: { ...at, label, items: verbItems(NODE_MENU) } }), 0);
}

export function openPaneMenu(at: Point): void {
  useSelection.getState().select([]);
  setTimeout(() => useGraph.setState({ menu: { ...at, label: "Canvas", items: verbItems(PANE_MENU) } }), 0);
}

export function openWireMenu(session: CanvasSession, id: string, at: Point, mayEdit: boolean): void {
  const items = wireItems(session, id).map((one) => one && { ...one, disabled: one.disabled || !mayEdit });
  useGraph.setState({ wires: [id], menu: { ...at, label: "Wire", items } });
}

/** What can be done with a wire; the bridge refuses what a person may not. */
export function wireItems(session: CanvasSession, id: string): Items {
  const doc = session.store.getState().seen?.doc;
  const wire = doc?.wires[id];
  if (!doc || !wire) return [];
  const pin = doc.nodes[wire.src_node]?.pin ?? null;
  const seq = pin ? doc.takes[pin]?.seq : undefined;
  const carry: Item = wire.take
    ? item("follow", "Follow the pin again", () => commit(session, [{ op: "set_wire_take", wire: id, take: null }]))
    : {
        ...item("carry", seq ? `Always carry take ${seq}` : "Always carry this take", () =>
          commit(session, [{ op: "set_wire_take", wire: id, take: pin }]),
        ),
        disabled: !pin,
      };
  const [earlier, later] = [reorderOps(doc, wire, -1), reorderOps(doc, wire, 1)];
  const order: Item[] = [
    { ...item("earlier", "Earlier in its input", () => commit(session, earlier)), disabled: earlier.length === 0 },
    { ...item("later", "Later in its input", () => commit(session, later)), disabled: later.length === 0 },
  ];
  return [
    carry,
    ...(earlier.length || later.length ? order : []),
    item("list", "All wires of this input’s node", () => useGraph.setState({ wiresOf: wire.dst_node })),
    null,
    {
      ...item("cut", "Disconnect", () => commit(session, [{ op: "disconnect", wire: id }])),
      danger: true,
      chord: "Delete",
    },
  ];
}

const item = (id: string, title: string, run: () => unknown): Item => ({ id, title, run: () => void run() });
