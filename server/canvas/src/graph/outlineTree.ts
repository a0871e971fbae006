import type { Doc, Node } from "../canvas/model";
import { readingOrder } from "./search";

export interface Branch {
  /** A group's node id, or `scene s02`, or `rest`. */
  id: string;
  title: string;
  /** The group's node, when the branch is one. */
  group: string | null;
  nodes: readonly string[];
}

/** The canvas as a list of groups, else scenes of the script, each with its nodes in reading order. */
export function outlineOf(doc: Doc): Branch[] {
  const ordered = readingOrder(Object.values(doc.nodes));
  const scenes = scenesOf(doc);
  const branches = new Map<string, { title: string; group: string | null; nodes: string[] }>();
  for (const group of ordered.filter((node) => node.kind === "group")) {
    branches.set(group.id, { title: group.title, group: group.id, nodes: [] });
  }
  for (const id of [...new Set(scenes.values())].sort()) {
    branches.set(`scene ${id}`, { title: `Scene ${id.slice(1).replace(/^0+(?=.)/, "")}`, group: null, nodes: [] });
  }
  branches.set("rest", { title: branches.size ? "Everything else" : "All nodes", group: null, nodes: [] });
  for (const node of ordered) {
    if (node.kind === "group") continue;
    const scene = scenes.get(node.id);
    const key = node.group && branches.has(node.group) ? node.group : scene ? `scene ${scene}` : "rest";
    branches.get(key)?.nodes.push(node.id);
  }
  return [...branches]
    .map(([id, branch]) => ({ id, ...branch }))
    .filter((branch) => branch.group !== null || branch.nodes.length > 0);
}

const PART = /^(?:scene|shot|line)\.(s\d+)/;

/** The scene a node belongs to: that of the script's part wired to it, else the one scene of all it is fed by. */
export function scenesOf(doc: Doc): Map<string, string> {
  const into = new Map<string, { from: string; part: string | undefined }[]>();
  for (const wire of Object.values(doc.wires)) {
    const list = into.get(wire.dst_node) ?? [];
    list.push({ from: wire.src_node, part: PART.exec(wire.src_port)?.[1] });
    into.set(wire.dst_node, list);
  }
  const known = new Map<string, string | null>();
  const sceneOf = (id: string, above: ReadonlySet<string>): string | null => {
    const done = known.get(id);
    if (done !== undefined) return done;
    if (above.has(id)) return null;
    const wires = into.get(id) ?? [];
    const own = new Set(wires.flatMap((wire) => wire.part ?? []));
    const path = new Set([...above, id]);
    const fed = own.size ? own : new Set(wires.flatMap((wire) => sceneOf(wire.from, path) ?? []));
    const scene = fed.size === 1 ? ([...fed][0] ?? null) : null;
    known.set(id, scene);
    return scene;
  };
  const found = new Map<string, string>();
  for (const node of Object.values(doc.nodes)) {
    const scene = sceneOf(node.id, new Set());
    if (scene) found.set(node.id, scene);
  }
  return found;
}

/** What a node is called where several are listed. */
export const titleOf = (node: Pick<Node, "title" | "kind">): string => node.title || node.kind;
