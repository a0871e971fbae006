import { describe, expect, it, vi } from "vitest";
import { MOST_OPS } from "../canvas/edits";
import type { Job } from "../canvas/jobs";
import type { Doc, Kinds, Node, StateFacts, Take, Wire } from "../canvas/model";
import { docOf } from "../canvas/reduce";
import { acceptOps, moveOps, reorderOps } from "./actions";
import { Cards } from "./flow";
import { freePlace } from "./geometry";
import { worthShowing } from "./jobs";
import { outlineOf } from "./outlineTree";
import { columns } from "./peaks";
import { fittingPort, mayConnect } from "./ports";
import { found } from "./search";
import { draggedWith, placesAfter } from "./useDragging";
import { pushedNodes } from "./usePushed";
import { costOf, countGlyphs, spoken } from "./words";

// What is tested are plain functions; some of their modules look at the page when they are loaded.
vi.hoisted(() => {
  const page = { localStorage: { getItem: () => null }, navigator: { platform: "" }, location: { origin: "" } };
  for (const [name, value] of Object.entries(page)) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
});

const port = (name: string, types: string[], more = {}) => ({
  name,
  types,
  many: false,
  parts: false,
  ranged: false,
  required: false,
  ...more,
});
const kinds = {
  image: {
    key: "image",
    title: "Image",
    inputs: [port("direction", ["text"], { many: true }), port("references", ["image"], { many: true })],
    outputs: [port("image", ["image"])],
  },
  video: {
    key: "video",
    title: "Video",
    inputs: [port("start_frame", ["image"]), port("source", ["video"], { required: true })],
    outputs: [port("video", ["video"])],
  },
  script: { key: "script", title: "Script", inputs: [], outputs: [port("shot", ["text"], { parts: true })] },
  group: { key: "group", title: "Group", inputs: [], outputs: [] },
} as unknown as Kinds;

const node = (id: string, kind = "image", change: Partial<Node> = {}): Node => ({
  id,
  kind,
  title: id.toUpperCase(),
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
const wire = (id: string, from: string, to: string, order = 0): Wire => {
  const [src_node = "", src_port = ""] = from.split(" ");
  const [dst_node = "", dst_port = ""] = to.split(" ");
  return { id, src_node, src_port, dst_node, dst_port, order, take: null };
};
const canvas = (nodes: Node[], wires: Wire[] = [], takes: Take[] = []): Doc => {
  const by = <T extends { id: string }>(list: T[]) => Object.fromEntries(list.map((one) => [one.id, one]));
  return docOf({ id: "c", title: "", nodes: by(nodes), wires: by(wires), takes: by(takes) });
};
const take = (node_id: string, seq: number, change: Partial<Take> = {}) =>
  ({
    id: `${node_id}${seq}`,
    node_id,
    seq,
    origin: "generated",
    outputs: {},
    hidden: false,
    currency: "USD",
    ...change,
  }) as Take;

describe("wires", () => {
  const doc = canvas(
    [node("a"), node("b"), node("v", "video"), node("s", "script")],
    [wire("1", "a image", "b references"), wire("2", "b image", "v start_frame")],
  );
  const out = (id: string, name: string) => ({ node: id, port: name, side: "out" as const });
  const into = (id: string, name: string) => ({ node: id, port: name, side: "in" as const });

  it("fit where every type is taken, and say why not", () => {
    expect(mayConnect(doc, kinds, out("s", "shot.s01a"), into("a", "direction")).ok).toBe(true);
    const refused = mayConnect(doc, kinds, out("v", "video"), into("a", "references"));
    expect(refused).toEqual({ ok: false, why: "“V” gives video; “references” takes image." });
    expect(mayConnect(doc, kinds, into("a", "references"), into("b", "references")).ok).toBe(false);
    expect(mayConnect(doc, kinds, out("a", "image"), into("a", "references")).why).toMatch(/itself/);
  });

  it("close no circle", () => {
    expect(mayConnect(doc, kinds, into("a", "references"), out("b", "image")).why).toMatch(/circle.*“A”.*“B”/);
  });

  it("take the place of the one wire a single input has", () => {
    const verdict = mayConnect(doc, kinds, out("a", "image"), into("v", "start_frame"));
    expect([verdict.ok, verdict.replaces?.id]).toEqual([true, "2"]);
  });

  it("offer a new node's needed port first", () => {
    const video = kinds["video"];
    expect(video && fittingPort(video, port("x", ["video"]) as never, "out")?.name).toBe("source");
  });

  it("change places within their input", () => {
    const many = canvas(
      [node("a"), node("b"), node("c")],
      [
        wire("1", "a image", "c references", 0),
        wire("2", "b image", "c references", 0),
        wire("3", "b image", "c references", 7),
      ],
    );
    const third = many.wires["3"];
    expect(third && reorderOps(many, third, 1)).toEqual([]);
    expect(third && reorderOps(many, third, -1)).toEqual([
      { op: "reorder", wire: "3", order: 1 },
      { op: "reorder", wire: "2", order: 2 },
    ]);
  });
});

describe("moving", () => {
  it("takes along what lies in a group", () => {
    const doc = canvas([node("g", "group"), node("a", "image", { group: "g", x: 10, y: 20 }), node("b")]);
    const ids = draggedWith(doc, "g", ["b"]);
    expect(ids.sort()).toEqual(["a", "g"]);
    expect(placesAfter(doc, ["a"], { x: 5.4, y: -3.5 })).toEqual({ a: { x: 15, y: 17 } });
  });

  it("is one edit of two ops when there are more nodes than an edit has room for", () => {
    const nodes = Array.from({ length: MOST_OPS + 1 }, (_, index) => node(`n${index}`));
    const doc = canvas([...nodes, node("out")], [wire("w", "n0 image", "out references")]);
    const moves = Object.fromEntries(nodes.map((one) => [one.id, { x: 7, y: 9 }]));
    const ops = moveOps(doc, moves);
    expect(ops.map((op) => op.op)).toEqual(["remove_nodes", "insert_graph"]);
    const put = ops[1]?.op === "insert_graph" ? ops[1] : undefined;
    expect(put?.nodes).toHaveLength(MOST_OPS + 1);
    expect(put?.nodes[0]).toEqual({ ...nodes[0], x: 7, y: 9 });
    expect(put?.wires?.map((one) => one.id)).toEqual(["w"]);
    const framed = canvas(nodes.map((one) => ({ ...one, group: "scene" })));
    const out = moveOps(framed, {}, Object.fromEntries(nodes.map((one) => [one.id, null])))[1];
    expect(out?.op === "insert_graph" && out.nodes.every((one) => one.group === null)).toBe(true);
    expect(moveOps(doc, { n0: { x: 1, y: 1 } })).toEqual([{ op: "move_node", node: "n0", x: 1, y: 1 }]);
  });

  it("keeps new cards off the others, whatever box is given for their size", () => {
    const size = { x: 999, y: 999, width: 100, height: 100 };
    expect(freePlace({ x: 0, y: 0 }, size, [{ x: 0, y: 0, width: 10, height: 10 }])).toEqual({ x: 0, y: 50 });
  });
});

describe("cards", () => {
  it("are the same objects while nothing of them changed", () => {
    const doc = canvas([node("a"), node("b")]);
    const cards = new Cards();
    const first = cards.of(doc, {}, kinds, {}, new Set(), null);
    const moved = cards.of(doc, {}, kinds, { b: { x: 5, y: 5 } }, new Set(["b"]), null);
    expect(moved[0]).toBe(first[0]);
    expect(moved[1]?.position).toEqual({ x: 5, y: 5 });
    expect(cards.of(doc, {}, kinds, {}, new Set(), new Set(["b"])).map((card) => card.id)).toEqual(["b"]);
  });

  it("are said as a person would", () => {
    const takes = [take("v", 1), take("v", 2)];
    const video = node("v", "video", { title: "SH010", pin: "v2" });
    expect(spoken(video, kinds["video"], { status: "stale" } as StateFacts, takes)).toBe(
      "Video, SH010, Out of date, take 2 of 2",
    );
    expect(countGlyphs(video, takes)).toBe("◆2/2");
    expect(spoken(node("x", "hologram"), undefined, undefined, [])).toMatch(/hologram, not installed/);
  });

  it("add up what takes cost and never call unknown nothing", () => {
    const paid = [take("a", 1, { cost_actual_micros: 1_500_000 }), take("a", 2, { cost_actual_micros: 500_000 })];
    expect(costOf(paid)).toEqual({ sum: "$2.00", last: "$0.50" });
    expect(costOf([take("a", 1, { cost_actual_micros: null, cost_estimated_micros: null })])?.sum).toMatch(/1 unknown/);
    expect(costOf([take("a", 1, { origin: "imported" })])).toBe(null);
  });
});

describe("clips from the editor", () => {
  it("are the nodes an edit makes together with an editor's take; other nodes and other takes are not", () => {
    const add = (id: string) => ({ op: "add_node", id, kind: "source_clip" });
    const give = (id: string, origin: Take["origin"]) => ({ op: "add_take", take: take(id, 1, { origin }) });
    const ops = [
      add("new"),
      give("new", "nle"),
      add("empty"),
      give("old", "nle"),
      add("brought"),
      give("brought", "imported"),
    ];
    expect(pushedNodes(ops as never)).toEqual(["new"]);
  });
});

describe("finding and listing", () => {
  const doc = canvas(
    [
      node("s", "script"),
      node("a", "image", { params: { prompt: "A red boat" } }),
      node("v", "video"),
      node("g", "group"),
      node("in", "image", { group: "g" }),
    ],
    [wire("1", "s shot.s02a", "a direction"), wire("2", "a image", "v start_frame")],
  );
  it("finds by title, kind, prompt and state in words", () => {
    const states = { v: { status: "stale" } as StateFacts };
    expect(found(doc, states, kinds, "BOAT red")).toEqual(["a"]);
    expect(found(doc, states, kinds, "out of date")).toEqual(["v"]);
    expect(found(doc, states, kinds, "  ")).toEqual([]);
  });

  it("lists by group, then scene, and what follows a shot is in its scene", () => {
    expect(outlineOf(doc).map((one) => [one.title, one.nodes])).toEqual([
      ["G", ["in"]],
      ["Scene 2", ["a", "v"]],
      ["Everything else", ["s"]],
    ]);
  });
});

describe("what comes live", () => {
  const job = (id: string, status: string, created_at: string) => ({ job: id, node: "a", status, created_at }) as Job;
  it("forgets a failure once something was made", () => {
    const failed = job("1", "Failed", "2026-01-02T00:00:00Z");
    expect(worthShowing(failed, [])).toBe(true);
    expect(worthShowing(failed, [take("a", 1, { created_at: "2026-01-03T00:00:00Z" })])).toBe(false);
    expect(worthShowing(job("2", "Complete", ""), [])).toBe(false);
  });
  it("draws a sound with its loudest at full height", () => {
    expect(
      columns(
        [
          [-0.1, 0.2],
          [-0.5, 0.1],
          [0, 0],
          [0, 0.25],
        ],
        2,
      ),
    ).toEqual([
      [-1, 0.4],
      [0, 0.5],
    ]);
  });
  it("accepts what is out of date, for exactly what it expects", () => {
    const doc = canvas([node("a", "image", { pin: "a1" }), node("b", "image", { pin: "b1" })]);
    const states = { a: { status: "stale", expected_fp: "fp/1:x" }, b: { status: "fresh", expected_fp: "fp/1:y" } };
    const session = { store: { getState: () => ({ seen: { doc, states } }) } } as unknown as Parameters<
      typeof acceptOps
    >[0];
    expect(acceptOps(session, ["a", "b"])).toEqual([{ op: "accept", node: "a", take: "a1", fp: "fp/1:x" }]);
  });
});
