import { layered } from "./layered";
import type { Doc, HeardOp, Kinds, Node, Take, Wire } from "./model";

/**
 * Ops as the bridge ordered and checked them, applied to this page's copy. Nothing is checked again and no state is
 * worked out: verdicts come from the bridge. Held to takebridge.canvas.ops by tests/contract/test_web_reducer.py.
 */
export function applied(doc: Doc, ops: readonly HeardOp[], kinds: Kinds): Doc {
  const draft = new Draft(doc);
  for (const op of ops) apply(draft, op, kinds);
  return draft.done();
}

/** A canvas as a snapshot has it. */
export type Whole = Omit<Doc, "takes" | "traysOf"> & { readonly takes: Readonly<Record<string, Take>> };

/** A new canvas value of a snapshot. */
export function docOf(canvas: Whole): Doc {
  const trays: Record<string, Take[]> = {};
  for (const take of Object.values(canvas.takes)) {
    const list = trays[take.node_id];
    if (list) list.push(take);
    else trays[take.node_id] = [take];
  }
  for (const list of Object.values(trays)) list.sort(bySeq);
  const { id, title, nodes, wires, takes } = canvas;
  return { id, title, nodes, wires, takes, traysOf: trays };
}

const bySeq = (a: Take, b: Take) => a.seq - b.seq;

/** Copies a table the first time it is written to: a batch of 500 ops copies it once. */
class Draft {
  private copied = new Set<string>();
  private ownTakes: Record<string, Take> = {};
  private ownTrays: Record<string, Take[]> = {};
  nodes: Record<string, Node>;
  wires: Record<string, Wire>;
  title: string;

  constructor(private readonly from: Doc) {
    this.nodes = from.nodes;
    this.wires = from.wires;
    this.title = from.title;
  }

  ownNodes(): Record<string, Node> {
    if (this.first("nodes")) this.nodes = { ...this.nodes };
    return this.nodes;
  }

  ownWires(): Record<string, Wire> {
    if (this.first("wires")) this.wires = { ...this.wires };
    return this.wires;
  }

  /** A node's tray, copied once: rating a thousand takes of it does not sort it a thousand times. */
  private ownTray(node: string): Take[] {
    this.ownTrays[node] ??= [...(this.from.traysOf[node] ?? [])];
    return this.ownTrays[node];
  }

  private first(table: string): boolean {
    const first = !this.copied.has(table);
    this.copied.add(table);
    return first;
  }

  node(id: string, change: Partial<Node>): void {
    const before = this.nodes[id];
    if (before) this.ownNodes()[id] = { ...before, ...change };
  }

  wire(id: string, change: Partial<Wire>): void {
    const before = this.wires[id];
    if (before) this.ownWires()[id] = { ...before, ...change };
  }

  take(take: Take): void {
    this.ownTakes[take.id] = take;
    const tray = this.ownTray(take.node_id);
    const known = tray.findIndex((one) => one.id === take.id);
    if (known >= 0) tray.splice(known, 1);
    let place = tray.length;
    while (place > 0 && (tray[place - 1]?.seq ?? 0) > take.seq) place -= 1;
    tray.splice(place, 0, take);
  }

  changeTake(id: string, change: Partial<Take>): void {
    const before = this.ownTakes[id] ?? this.from.takes[id];
    if (before) this.take({ ...before, ...change });
  }

  remove(gone: ReadonlySet<string>): void {
    const nodes = this.ownNodes();
    for (const id of gone) delete nodes[id];
    for (const node of Object.values(nodes)) {
      if (node.group && gone.has(node.group)) nodes[node.id] = { ...node, group: null };
    }
    for (const wire of Object.values(this.wires)) {
      if (gone.has(wire.src_node) || gone.has(wire.dst_node)) delete this.ownWires()[wire.id];
    }
  }

  insert(
    nodes: readonly Node[],
    wires: readonly Wire[],
    takes: readonly Take[],
    members: Record<string, string>,
  ): void {
    for (const node of nodes) this.ownNodes()[node.id] = node;
    for (const [member, group] of Object.entries(members)) this.node(member, { group });
    for (const wire of wires) this.ownWires()[wire.id] = wire;
    for (const take of takes) this.take(take);
  }

  done(): Doc {
    const { nodes, wires, title } = this;
    const { id, takes, traysOf } = this.from;
    if (Object.keys(this.ownTakes).length === 0) return { id, title, nodes, wires, takes, traysOf };
    return {
      ...{ id, title, nodes, wires },
      takes: layered(takes, this.ownTakes),
      traysOf: layered<readonly Take[]>(traysOf, this.ownTrays),
    };
  }
}

function nextOrder(draft: Draft, node: string, port: string): number {
  const there = Object.values(draft.wires).filter((wire) => wire.dst_node === node && wire.dst_port === port);
  return there.length ? 1 + Math.max(...there.map((wire) => wire.order)) : 0;
}

function apply(draft: Draft, op: HeardOp, kinds: Kinds): void {
  switch (op.op) {
    case "add_node": {
      const kind = kinds[op.kind];
      const defaults = Object.fromEntries((kind?.params ?? []).map((spec) => [spec.name, spec.default]));
      draft.ownNodes()[op.id] = {
        id: op.id,
        kind: op.kind,
        title: op.title || kind?.title || op.kind,
        x: op.x,
        y: op.y,
        params: { ...defaults, ...op.params },
        model: op.model || kind?.default_model || "",
        pin: null,
        locked: false,
        accepted: [],
        policy: "manual",
        group: null,
      };
      return;
    }
    case "remove_node":
      return draft.remove(new Set([op.node]));
    case "remove_nodes":
      return draft.remove(new Set(op.nodes));
    case "insert_graph":
      return draft.insert(op.nodes, op.wires, op.takes, op.members);
    case "restore_node":
      return draft.insert([op.node], op.wires, [], {});
    case "set_param": {
      const { [op.name]: _, ...rest } = draft.nodes[op.node]?.params ?? {};
      return draft.node(op.node, { params: op.value === null ? rest : { ...rest, [op.name]: op.value } });
    }
    case "set_title":
      return draft.node(op.node, { title: op.title });
    case "move_node":
      return draft.node(op.node, { x: op.x, y: op.y });
    case "set_model":
      return draft.node(op.node, { model: op.model });
    case "set_policy":
      return draft.node(op.node, { policy: op.policy });
    case "set_group":
      return draft.node(op.node, { group: op.group });
    case "set_locked":
      return draft.node(op.node, { locked: op.locked });
    case "set_canvas_title":
      draft.title = op.title;
      return;
    case "connect": {
      const order = op.order ?? nextOrder(draft, op.dst_node, op.dst_port);
      const { id, src_node, src_port, dst_node, dst_port, take } = op;
      draft.ownWires()[id] = { id, src_node, src_port, dst_node, dst_port, order, take };
      return;
    }
    case "disconnect":
      delete draft.ownWires()[op.wire];
      return;
    case "reorder":
      return draft.wire(op.wire, { order: op.order });
    case "set_wire_take":
      return draft.wire(op.wire, { take: op.take });
    case "pin":
      return draft.node(op.node, { pin: op.take });
    case "accept":
    case "unaccept": {
      const others = (draft.nodes[op.node]?.accepted ?? []).filter(([take, fp]) => take !== op.take || fp !== op.fp);
      return draft.node(op.node, { accepted: op.op === "accept" ? [...others, [op.take, op.fp]] : others });
    }
    case "add_take":
      return draft.take(op.take);
    case "set_take_hidden":
      return draft.changeTake(op.take, { hidden: op.hidden });
    case "rate_take":
      return draft.changeTake(op.take, { rating: op.rating });
    case "set_best_range":
      return draft.changeTake(op.take, { best: op.best });
  }
}
