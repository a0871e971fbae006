import { type Edge, type Node as FlowNode, type NodeHandle, Position } from "@xyflow/react";
import type { Doc, Kinds, Node, NodeKind, StateFacts, Take, Wire } from "../canvas/model";
import { portNamed, portPlace, sizeOf } from "./geometry";
import type { Draft } from "./ui";
import { spoken } from "./words";

export type CardNode = FlowNode<Record<string, never>, "card" | "note" | "group">;
export type WireEdge = Edge<Record<string, never>, "wire">;

const DATA = {};
const NO_TAKES: readonly Take[] = [];
const DOT = 10;

interface Kept {
  of: readonly unknown[];
  card: CardNode;
}

/** Cards for the drawing. One whose node, state, takes and place are the same is the very same object again. */
export class Cards {
  private kept = new Map<string, Kept>();
  private ports = new Map<string, NodeHandle[]>();

  of(
    doc: Doc,
    states: Readonly<Record<string, StateFacts>>,
    kinds: Kinds,
    drafts: Readonly<Record<string, Draft>>,
    selected: ReadonlySet<string>,
    only: ReadonlySet<string> | null,
  ): CardNode[] {
    const cards: CardNode[] = [];
    const kept = new Map<string, Kept>();
    for (const node of Object.values(doc.nodes)) {
      if (only && !only.has(node.id)) continue;
      const takes = doc.traysOf[node.id] ?? NO_TAKES;
      const of = [node, states[node.id], takes, drafts[node.id], selected.has(node.id)];
      const before = this.kept.get(node.id);
      const same = before?.of.every((one, index) => one === of[index]) ? before : undefined;
      const card = same?.card ?? this.card(doc, node, kinds, states[node.id], takes, drafts[node.id], selected);
      kept.set(node.id, same ?? { of, card });
      cards.push(card);
    }
    this.kept = kept;
    return cards;
  }

  private card(
    doc: Doc,
    node: Node,
    kinds: Kinds,
    state: StateFacts | undefined,
    takes: readonly Take[],
    place: Draft | undefined,
    selected: ReadonlySet<string>,
  ): CardNode {
    const kind = kinds[node.kind];
    const size = { ...sizeOf(node, kind), ...(place?.width && place.height ? sized(place) : {}) };
    const group = node.kind === "group";
    const is = selected.has(node.id);
    return {
      id: node.id,
      type: group ? "group" : node.kind === "note" ? "note" : "card",
      position: { x: place?.x ?? node.x, y: place?.y ?? node.y },
      ...size,
      measured: size,
      handles: kind ? this.handlesOf(kind) : handlesOf(missingKind(doc.wires, node)),
      data: DATA as Record<string, never>,
      selected: is,
      zIndex: group ? -1 : is ? 2 : 1,
      ...(group ? { dragHandle: ".grip", style: { pointerEvents: "none" } } : {}),
      ariaRole: "group",
      ariaLabel: spoken(node, kind, state, takes),
      domAttributes: { tabIndex: -1, "aria-current": is ? "true" : undefined },
    };
  }

  private handlesOf(kind: NodeKind): NodeHandle[] {
    const known = this.ports.get(kind.key);
    if (known) return known;
    const handles = handlesOf(kind);
    this.ports.set(kind.key, handles);
    return handles;
  }
}

const sized = ({ width = 0, height = 0 }: Draft) => ({ width, height });

const handlesOf = (kind: NodeKind): NodeHandle[] => [
  ...kind.inputs.map((port, index) => handle("in", port.name, index)),
  ...kind.outputs.map((port, index) => handle("out", port.name, index)),
];

function handle(side: "in" | "out", id: string, index: number): NodeHandle {
  const { x, y } = portPlace(side, index);
  return {
    id,
    type: side === "in" ? "target" : "source",
    position: side === "in" ? Position.Left : Position.Right,
    x: x - DOT / 2,
    y: y - DOT / 2,
    width: DOT,
    height: DOT,
  };
}

/** A stand-in for a kind that is not installed: the ports that wires name. */
export function missingKind(wires: Doc["wires"], node: Pick<Node, "id" | "kind">): NodeKind {
  const all = Object.values(wires);
  const inputs = new Set(all.filter((wire) => wire.dst_node === node.id).map((wire) => wire.dst_port));
  const outputs = new Set(all.filter((wire) => wire.src_node === node.id).map((wire) => wire.src_port));
  const port = (name: string) => ({ name, types: [], many: true, parts: false, ranged: false, required: false });
  return {
    key: node.kind,
    title: node.kind,
    category: "constant",
    models: null,
    default_model: "",
    semantic_version: 1,
    params: [],
    inputs: [...inputs].map(port),
    outputs: [...outputs].map(port),
  };
}

/** Wires for the drawing, the same objects for the same wires. */
export class Wires {
  private kept = new Map<string, { wire: Wire; selected: boolean; edge: WireEdge }>();

  of(doc: Doc, kinds: Kinds, selected: ReadonlySet<string>, only: ReadonlySet<string> | null): WireEdge[] {
    const edges: WireEdge[] = [];
    const kept: typeof this.kept = new Map();
    for (const wire of Object.values(doc.wires)) {
      if (only && !(only.has(wire.src_node) && only.has(wire.dst_node))) continue;
      const before = this.kept.get(wire.id);
      const is = selected.has(wire.id);
      const edge = before?.wire === wire && before.selected === is ? before.edge : edgeOf(doc, kinds, wire, is);
      kept.set(wire.id, { wire, selected: is, edge });
      edges.push(edge);
    }
    this.kept = kept;
    return edges;
  }
}

function edgeOf(doc: Doc, kinds: Kinds, wire: Wire, selected: boolean): WireEdge {
  const [source, target] = [doc.nodes[wire.src_node], doc.nodes[wire.dst_node]];
  const output = source && portNamed(kinds[source.kind]?.outputs ?? [], wire.src_port);
  return {
    id: wire.id,
    type: "wire",
    source: wire.src_node,
    target: wire.dst_node,
    sourceHandle: output?.name ?? wire.src_port,
    targetHandle: wire.dst_port,
    data: DATA as Record<string, never>,
    selected,
    zIndex: 0,
    interactionWidth: 20,
    ariaLabel: `Wire from ${source?.title}, ${wire.src_port}, to ${target?.title}, ${wire.dst_port}`,
  };
}

/** The type a wire carries: colours it. */
export function wireType(doc: Doc, kinds: Kinds, wire: Wire): string {
  const kind = kinds[doc.nodes[wire.src_node]?.kind ?? ""];
  return portNamed(kind?.outputs ?? [], wire.src_port)?.types[0] ?? "other";
}
