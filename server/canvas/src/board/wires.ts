import type { Doc, Kinds, Op, Port, Wire } from "../canvas/model";
import { freshId } from "./shotOps";

/** An input a reference may go into. */
export interface Room {
  node: string;
  title: string;
  port: string;
  /** The wire an input for one has already: it would make room. */
  replaces: Wire | undefined;
  /** This reference is wired to it already. */
  there: boolean;
}

const fits = (types: Port["types"], input: Port) => types.every((type) => input.types.includes(type));

function below(doc: Doc, start: string): Set<string> {
  const next = new Map<string, string[]>();
  for (const wire of Object.values(doc.wires))
    next.set(wire.dst_node, [...(next.get(wire.dst_node) ?? []), wire.src_node]);
  const seen = new Set([start]);
  const queue = [start];
  for (const id of queue) {
    for (const other of next.get(id) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      queue.push(other);
    }
  }
  return seen;
}

/** The output of a reference that has something: its picture, else its sound or words. */
export function outputOf(doc: Doc, kinds: Kinds, node: string): Port | undefined {
  const found = doc.nodes[node];
  const take = found?.pin ? doc.takes[found.pin] : undefined;
  const outputs = found ? (kinds[found.kind]?.outputs ?? []) : [];
  return outputs.find((port) => take && port.name in take.outputs) ?? outputs[0];
}

/** Every input a node's output fits and that closes no circle; titles in order, `references` first within a node. */
export function roomsFor(doc: Doc, kinds: Kinds, source: string): Room[] {
  const output = outputOf(doc, kinds, source);
  if (!output) return [];
  const above = below(doc, source);
  const into = new Map<string, Wire[]>();
  for (const wire of Object.values(doc.wires)) {
    const place = `${wire.dst_node} ${wire.dst_port}`;
    into.set(place, [...(into.get(place) ?? []), wire]);
  }
  const rooms = Object.values(doc.nodes).flatMap((node): Room[] =>
    above.has(node.id)
      ? []
      : (kinds[node.kind]?.inputs ?? []).flatMap((input): Room[] => {
          if (!fits(output.types, input)) return [];
          const wires = into.get(`${node.id} ${input.name}`) ?? [];
          const there = wires.some((wire) => wire.src_node === source && wire.src_port === output.name);
          return [
            { node: node.id, title: node.title, port: input.name, replaces: input.many ? undefined : wires[0], there },
          ];
        }),
  );
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const first = (room: Room) => (room.port === "references" ? 0 : 1);
  return rooms.sort(
    (a, b) => collator.compare(a.title, b.title) || (a.node < b.node ? -1 : a.node > b.node ? 1 : first(a) - first(b)),
  );
}

/** The input a reference that is dropped on a node goes into: the first that has room and is not wired to it already. */
export function roomOn(rooms: readonly Room[], node: string): Room | undefined {
  const own = rooms.filter((room) => room.node === node && !room.there);
  return own.find((room) => !room.replaces) ?? own[0];
}

/** The ops of one edit that wire a reference into an input; the wire of a single input makes room. */
export function wiringOps(output: string, source: string, room: Room): Op[] {
  const wire: Op = {
    op: "connect",
    id: freshId("wire"),
    src_node: source,
    src_port: output,
    dst_node: room.node,
    dst_port: room.port,
    order: null,
    take: null,
  };
  return room.replaces ? [{ op: "disconnect", wire: room.replaces.id }, wire] : [wire];
}

export const portWords = (name: string): string => name.replaceAll("_", " ");
