import { describe, expect, it } from "vitest";
import type { Doc, Kinds, Node, Take } from "../canvas/model";
import { docOf } from "../canvas/reduce";
import { clipOf, NotPasted, pasting, readClip, withMembers } from "./clipboard";

const node = (id: string, change: Partial<Node> = {}): Node => ({
  id,
  kind: "image",
  title: id,
  x: 0,
  y: 0,
  params: {},
  model: "",
  pin: null,
  locked: false,
  accepted: [],
  policy: "manual",
  group: null,
  ...change,
});

const take = (id: string, node_id: string, made_from: string[] = []) =>
  ({
    id,
    node_id,
    seq: 1,
    origin: "generated",
    outputs: { image: { content: `b3:${id}`, facts: {} } },
    recipe: { kind: "image", semantic_version: 1, params: {}, inputs: made_from.map((take) => ({ take })), route: "" },
    hidden: false,
    job_id: "job_1",
  }) as unknown as Take;

const kinds = { image: { key: "image" }, group: { key: "group" } } as unknown as Kinds;
const wire = {
  id: "w1",
  src_node: "a",
  src_port: "image",
  dst_node: "b",
  dst_port: "references",
  order: 3,
  take: null,
};

const doc: Doc = docOf({
  id: "canvas",
  title: "",
  nodes: {
    a: node("a", { pin: "ta", x: 100, y: 50, policy: "budget", group: "g" }),
    b: node("b", { pin: "tb", x: 500, y: 80, accepted: [["tb", "fp/1:x"]] }),
    c: node("c"),
    g: node("g", { kind: "group" }),
  },
  wires: { w1: wire, w2: { ...wire, id: "w2", src_node: "c", dst_node: "b" } },
  takes: { ta: take("ta", "a"), tb: take("tb", "b", ["ta"]), old: take("old", "a") },
});

const counted = () => {
  let count = 0;
  return (what: string) => `${what}_${++count}`;
};

describe("copying", () => {
  it("takes the wires among the nodes and the takes they use, nothing else", () => {
    const clip = clipOf(doc, ["a", "b"], "bridge");
    expect(clip.nodes.map((one) => one.id)).toEqual(["a", "b"]);
    expect(clip.wires.map((one) => one.id)).toEqual(["w1"]);
    expect(clip.takes.map((one) => one.id).sort()).toEqual(["ta", "tb"]);
  });

  it("takes a group's members along", () => {
    expect(withMembers(doc, ["g"]).sort()).toEqual(["a", "g"]);
  });
});

describe("pasting", () => {
  const clip = readClip(JSON.stringify(clipOf(doc, ["a", "b"], "here")));

  it("gives everything new ids and lets nothing start by itself", () => {
    const { op, ids } = pasting(clip, kinds, "here", { x: 0, y: 0 }, counted());
    expect(ids).toEqual(["node_1", "node_2"]);
    expect(op?.nodes.map((one) => [one.id, one.x, one.y, one.pin, one.policy, one.accepted, one.group])).toEqual([
      ["node_1", 0, 0, "take_3", "manual", [], null],
      ["node_2", 400, 30, "take_4", "manual", [], null],
    ]);
    expect(op?.wires).toEqual([{ ...wire, id: "wire_5", src_node: "node_1", dst_node: "node_2" }]);
    expect(op?.takes?.map((one) => [one.id, one.node_id, one.job_id])).toEqual([
      ["take_3", "node_1", null],
      ["take_4", "node_2", null],
    ]);
    expect(op?.takes?.[1]?.recipe?.inputs?.[0]?.take).toBe("take_3");
  });

  it("leaves takes behind on a bridge that has not their media", () => {
    const { op, without } = pasting(clip, kinds, "there", { x: 0, y: 0 }, counted());
    expect(without).toBe(true);
    expect(op?.takes).toEqual([]);
    expect(op?.nodes.map((one) => one.pin)).toEqual([null, null]);
  });

  it("names kinds that are not installed and pastes the others", () => {
    const mixed = { ...clip, nodes: [...clip.nodes, node("d", { kind: "hologram" })] };
    const { op, missing } = pasting(mixed, kinds, "here", { x: 0, y: 0 }, counted());
    expect(missing).toEqual(["hologram"]);
    expect(op?.nodes).toHaveLength(2);
    expect(
      pasting({ ...clip, nodes: [node("d", { kind: "hologram" })] }, kinds, "", { x: 0, y: 0 }, counted()).op,
    ).toBe(null);
  });
});

describe("what is refused", () => {
  const good = clipOf(doc, ["a"], "here");
  it.each([
    ["plain words", "hello", /no nodes in the clipboard/],
    ["a number", "12", /no nodes in the clipboard/],
    ["other JSON", '{"nodes": []}', /no nodes in the clipboard/],
    ["a graph file", '{"format": "takebridge.graph", "version": 1}', /graph file/],
    ["a newer version", JSON.stringify({ ...good, version: 2 }), /newer version/],
    ["an older version", JSON.stringify({ ...good, version: 0 }), /another version/],
    ["no list", JSON.stringify({ ...good, nodes: "x" }), /damaged/],
    ["no place", JSON.stringify({ ...good, nodes: [{ ...good.nodes[0], x: 0.5 }] }), /damaged/],
    [
      "a script for a title",
      JSON.stringify({ ...good, nodes: [{ ...good.nodes[0], title: { toString: 1 } }] }),
      /damaged/,
    ],
    ["no recipe", JSON.stringify({ ...good, takes: [{ ...good.takes[0], recipe: "x" }] }), /damaged/],
    ["nothing", JSON.stringify({ ...good, nodes: [] }), /No nodes were copied/],
  ])("%s", (_, text, words) => {
    expect(() => readClip(text)).toThrow(NotPasted);
    expect(() => readClip(text)).toThrow(words);
  });
});
