import type { Doc, Kinds, NodeKind, Port, Wire } from "../canvas/model";
import { pinned } from "../canvas/model";
import { portNamed } from "./geometry";

export interface End {
  node: string;
  /** A port's name, `image`, or a part of one, `shot.s03`. */
  port: string;
  side: "in" | "out";
}

/** Whether everything an output may give is taken by an input; the bridge's rule (canvas/wiring.py). */
export const fits = (output: Port, input: Port): boolean => output.types.every((type) => input.types.includes(type));

export const typeWords = (port: Port): string => port.types.join(" or ").replaceAll("_", " ");
export const portWords = (name: string): string => name.replaceAll("_", " ");

export interface Verdict {
  ok: boolean;
  /** Why not, or what else would happen: a sentence. */
  why: string;
}

const YES: Verdict = { ok: true, why: "" };
const no = (why: string): Verdict => ({ ok: false, why });

/**
 * What a page can say while a wire is drawn, so that ports light up; the bridge checks again. `replaces` is the wire
 * a single input has already: it would make room.
 */
export function mayConnect(doc: Doc, kinds: Kinds, a: End, b: End): Verdict & { replaces?: Wire } {
  if (a.side === b.side) return no(a.side === "in" ? "Two inputs: a wire starts at an output." : "Two outputs.");
  const [out, into] = a.side === "out" ? [a, b] : [b, a];
  if (out.node === into.node) return no("A node cannot feed itself.");
  const [source, target] = [doc.nodes[out.node], doc.nodes[into.node]];
  const output = source && portNamed(kinds[source.kind]?.outputs ?? [], out.port);
  const input = target && portNamed(kinds[target.kind]?.inputs ?? [], into.port);
  if (!source || !target || !output || !input) return no("This port is not there any more.");
  if (!fits(output, input)) {
    return no(`“${source.title}” gives ${typeWords(output)}; “${portWords(input.name)}” takes ${typeWords(input)}.`);
  }
  if (reaches(doc, into.node, out.node)) {
    return no(`This would close a circle: “${target.title}” already feeds “${source.title}”.`);
  }
  const there = input.many ? undefined : wireInto(doc, into.node, into.port);
  if (!there) return YES;
  const before = doc.nodes[there.src_node]?.title ?? "another node";
  return { ok: true, why: `Takes the place of “${before}”: this input has room for one.`, replaces: there };
}

function wireInto(doc: Doc, node: string, port: string): Wire | undefined {
  return Object.values(doc.wires).find((wire) => wire.dst_node === node && wire.dst_port === port);
}

const leads = new WeakMap<Doc["wires"], Map<string, string[]>>();

/** Where wires lead, kept for as long as the wires are these. */
function leadsTo(wires: Doc["wires"]): Map<string, string[]> {
  const known = leads.get(wires);
  if (known) return known;
  const found = new Map<string, string[]>();
  for (const wire of Object.values(wires)) {
    const list = found.get(wire.src_node);
    if (list) list.push(wire.dst_node);
    else found.set(wire.src_node, [wire.dst_node]);
  }
  leads.set(wires, found);
  return found;
}

/** Whether wires lead from one node to another. */
export function reaches(doc: Doc, from: string, to: string): boolean {
  const next = leadsTo(doc.wires);
  const seen = new Set([from]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) return true;
    for (const other of next.get(node) ?? []) {
      if (!seen.has(other)) {
        seen.add(other);
        queue.push(other);
      }
    }
  }
  return false;
}

/** The parts an output has now, by its pinned take: `shot.s01a`, `shot.s01b`. */
export function partsOf(doc: Doc, node: string, port: string): readonly string[] {
  const found = doc.nodes[node];
  const take = found && pinned(doc, found);
  return take ? Object.keys(take.outputs).filter((name) => name.startsWith(`${port}.`)) : [];
}

/** The port of a kind that a new node would be wired by, if any: the required one first. */
export function fittingPort(kind: NodeKind, open: Port, side: "in" | "out"): Port | undefined {
  if (side === "out") {
    const takers = kind.inputs.filter((input) => fits(open, input));
    return takers.find((input) => input.required) ?? takers[0];
  }
  return kind.outputs.find((output) => fits(output, open));
}

/** What a kind is for, by what it makes. */
export function familyOf(kind: NodeKind): string {
  const type = kind.outputs[0]?.types[0];
  if (!type) return "Notes and groups";
  if (kind.category === "constant" && type !== "text") return "Footage and references";
  return FAMILIES[type] ?? "More";
}

const FAMILIES: Readonly<Record<string, string>> = {
  text: "Words",
  script: "Words",
  style: "Words",
  image: "Pictures",
  video: "Video",
  audio: "Sound",
  captions: "Delivery",
  timeline: "Delivery",
  model_3d: "Space",
  world: "Space",
};

export const FAMILY_ORDER = [
  "Words",
  "Footage and references",
  "Pictures",
  "Video",
  "Sound",
  "Space",
  "Delivery",
  "More",
  "Notes and groups",
];
