import type { Doc, Kinds, Op, Port, Take } from "../canvas/model";

/** An input that could take this take, and the ops that wire it there. */
export interface Guide {
  /** Unique: node and port, or the wire. */
  id: string;
  node: string;
  title: string;
  port: string;
  /** `In place of take 3`, `Add`, `Replaces the wire from “Sky”`. */
  how: string;
  /** Already wired from this take's node. */
  near: boolean;
  ops(newWire: string): readonly Op[];
}

/** The types an output port carries; a part of a script (`shot.s03`) has its port's. */
function typesOf(doc: Doc, kinds: Kinds, take: Take, port: string): readonly string[] {
  const kind = kinds[doc.nodes[take.node_id]?.kind ?? ""];
  return kind?.outputs.find((one) => one.name === (port.split(".")[0] ?? port))?.types ?? [];
}

/** Everything above a node, itself included: none of it can be guided by it. */
export function above(doc: Doc, node: string): ReadonlySet<string> {
  const sources = new Map<string, string[]>();
  for (const wire of Object.values(doc.wires)) {
    const list = sources.get(wire.dst_node);
    if (list) list.push(wire.src_node);
    else sources.set(wire.dst_node, [wire.src_node]);
  }
  const seen = new Set([node]);
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const source of sources.get(next) ?? []) {
      if (!seen.has(source)) {
        seen.add(source);
        open.push(source);
      }
    }
  }
  return seen;
}

/** Where a take can be used as a guide, nearest first. */
export function guides(doc: Doc, kinds: Kinds, take: Take): readonly Guide[] {
  const never = above(doc, take.node_id);
  const ports = Object.keys(take.outputs);
  const found: Guide[] = [];
  for (const node of Object.values(doc.nodes)) {
    if (never.has(node.id)) continue;
    for (const input of kinds[node.kind]?.inputs ?? []) {
      const port = ports.find((one) => typesOf(doc, kinds, take, one).some((type) => input.types.includes(type)));
      if (port) found.push(...intoInput(doc, take, port, node.id, node.title, input));
    }
  }
  const title = (one: Guide) => `${one.title} ${one.port}`;
  return found.sort(
    (a, b) => Number(b.near) - Number(a.near) || title(a).localeCompare(title(b), undefined, { numeric: true }),
  );
}

function intoInput(doc: Doc, take: Take, port: string, node: string, title: string, input: Port): readonly Guide[] {
  const wires = Object.values(doc.wires).filter((wire) => wire.dst_node === node && wire.dst_port === input.name);
  const own = wires.filter((wire) => wire.src_node === take.node_id);
  const common = { node, title, port: input.name };
  if (own.length > 0) {
    return own.map((wire) => ({
      ...common,
      id: wire.id,
      how: wire.take === take.id ? "Carries this take already" : "This wire carries it instead of the pinned take",
      near: true,
      ops: () => [{ op: "set_wire_take", wire: wire.id, take: take.id }],
    }));
  }
  const [taken] = input.many ? [] : wires;
  const source = taken && doc.nodes[taken.src_node]?.title;
  const connect = (id: string): Op => ({
    op: "connect",
    id,
    src_node: take.node_id,
    src_port: port,
    dst_node: node,
    dst_port: input.name,
    take: take.id,
  });
  return [
    {
      ...common,
      id: `${node} ${input.name}`,
      how: taken ? `Replaces the wire from “${source ?? "another node"}”` : "A new wire",
      near: false,
      ops: (id) => (taken ? [{ op: "disconnect", wire: taken.id }, connect(id)] : [connect(id)]),
    },
  ];
}
