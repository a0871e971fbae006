import { describe, expect, it } from "vitest";
import type { Doc, Kinds, Node, NodeKind, StateFacts, Take, Wire } from "../canvas/model";
import { cannotGenerate, changeName, changeWords, countsByState, reason, reordered, spent } from "./reasons";

const port = (name: string, many = false) => ({
  name,
  types: ["image"],
  required: false,
  many,
  parts: false,
  ranged: false,
});
const image: NodeKind = {
  key: "image",
  title: "Image",
  semantic_version: 1,
  category: "generative",
  inputs: [port("references", true), port("start_frame")],
  outputs: [port("image")],
  params: [
    {
      name: "prompt",
      type: "str",
      default: "",
      title: "Prompt",
      minimum: null,
      maximum: null,
      choices: [],
      words: [],
      semantic: true,
      later: false,
    },
  ],
  models: "image",
  default_model: "local/x",
};
const kinds: Kinds = { image };
const node = (id: string, change: Partial<Node> = {}): Node => ({
  id,
  kind: "image",
  title: id,
  x: 0,
  y: 0,
  params: {},
  model: "local/x",
  pin: null,
  locked: false,
  accepted: [],
  policy: "manual",
  group: null,
  ...change,
});
const wire = (id: string, order: number, change: Partial<Wire> = {}): Wire => ({
  id,
  src_node: "a",
  src_port: "image",
  dst_node: "b",
  dst_port: "references",
  order,
  take: null,
  ...change,
});
const doc = (nodes: Node[], wires: Wire[] = []): Doc => ({
  id: "c",
  title: "",
  takes: {},
  traysOf: {},
  nodes: Object.fromEntries(nodes.map((one) => [one.id, one])),
  wires: Object.fromEntries(wires.map((one) => [one.id, one])),
});
const state = (status: string, change: Partial<StateFacts> = {}): StateFacts => ({
  status,
  blocked_by: [],
  drifted: false,
  expected_fp: null,
  problem: "",
  ...change,
});

describe("why a node stands as it does", () => {
  it("names what it waits for", () => {
    const two = doc([node("a"), node("b")], [wire("w", 0)]);
    const b = node("b");
    expect(reason(two, kinds, b, state("blocked", { blocked_by: ["references"] }))).toBe(
      "“a” has no take for its references yet.",
    );
    expect(reason(two, kinds, b, state("blocked", { blocked_by: ["start_frame"] }))).toBe(
      "Nothing is wired to its start frame.",
    );
  });

  it("names what changed", () => {
    const changes = ["params.prompt", "inputs.references[1]", "model"].map((path) => ({
      path,
      before: "x",
      after: "y",
    }));
    expect(changeWords(changes, image)).toBe("Changed since: prompt, references 2 and model.");
    expect(changeName("inputs.start_frame[0]", image)).toBe("start frame");
    expect(changeName("inputs.references[0].best", image)).toBe("frames of references 1");
  });

  it("shows markup in a title as text", () => {
    const hostile = doc([node("a", { title: "<img onerror>" }), node("b")], [wire("w", 0)]);
    expect(reason(hostile, kinds, node("b"), state("upstream"))).toBe("“<img onerror>” above it may change.");
  });
});

describe("what can be done", () => {
  it("says why nothing can be generated", () => {
    expect(cannotGenerate(image, node("b"), state("stale"))).toBe("");
    expect(cannotGenerate(image, node("b", { locked: true }), state("locked"))).toBe("It is locked.");
    expect(cannotGenerate(image, node("b", { model: "" }), state("empty"))).toBe("Choose a model first.");
    expect(cannotGenerate(undefined, node("b"), undefined)).toContain("installed");
  });

  it("moves a wire and says only the orders that change", () => {
    const wires = [wire("w0", 0), wire("w1", 1), wire("w2", 5)];
    expect(reordered(wires, "w2", -1)).toEqual([
      { wire: "w2", order: 1 },
      { wire: "w1", order: 2 },
    ]);
    expect(reordered(wires, "w0", -1)).toEqual([]);
  });

  it("counts states, the pressing ones first", () => {
    const states = { a: state("fresh"), b: state("stale"), c: state("fresh"), d: state("empty") };
    expect(countsByState(states, ["a", "b", "c"])).toEqual([
      ["stale", 1],
      ["fresh", 2],
    ]);
  });
});

it("adds up what was spent, unknown apart and never 0", () => {
  const take = (cost: number | null, estimate: number | null): Take =>
    ({ origin: "generated", currency: "USD", cost_actual_micros: cost, cost_estimated_micros: estimate }) as Take;
  expect(spent([take(3_200_000, 1), take(null, 500_000), take(null, null)])).toEqual([
    { currency: "USD", micros: 3_700_000, estimated: true, unknown: 1, takes: 3 },
  ]);
});
