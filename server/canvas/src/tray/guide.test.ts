import { describe, expect, it } from "vitest";
import type { Doc, Kinds, Take } from "../canvas/model";
import { above, guides } from "./guide";

const kinds = {
  image: {
    inputs: [{ name: "references", types: ["image"], many: true }],
    outputs: [{ name: "image", types: ["image"] }],
  },
  video: {
    inputs: [
      { name: "start_frame", types: ["image"], many: false },
      { name: "direction", types: ["text"], many: true },
    ],
    outputs: [{ name: "video", types: ["video"] }],
  },
} as unknown as Kinds;

const node = (id: string, kind: string) => ({ id, kind, title: id });
const wire = (id: string, src_node: string, dst_node: string, dst_port: string, take: string | null = null) => ({
  id,
  src_node,
  src_port: "image",
  dst_node,
  dst_port,
  order: 0,
  take,
});
const doc = {
  nodes: { a: node("a", "image"), b: node("b", "image"), v: node("v", "video"), w: node("w", "video") },
  wires: {
    w1: wire("w1", "a", "b", "references"),
    w2: wire("w2", "b", "v", "start_frame"),
    w3: wire("w3", "a", "w", "start_frame"),
  },
  takes: {},
  traysOf: {},
} as unknown as Doc;
const take = { id: "t", node_id: "b", outputs: { image: { content: "b3:0", facts: {} } } } as unknown as Take;

describe("a take as a guide", () => {
  it("never closes a circle", () => {
    expect([...above(doc, "b")].sort()).toEqual(["a", "b"]);
    expect(guides(doc, kinds, take).map((one) => `${one.node}.${one.port}`)).toEqual([
      "v.start_frame",
      "w.start_frame",
    ]);
  });

  it("keeps the wire that is there, and replaces what lies in a single input", () => {
    const [near, far] = guides(doc, kinds, take);
    expect(near?.near).toBe(true);
    expect(near?.ops("x")).toEqual([{ op: "set_wire_take", wire: "w2", take: "t" }]);
    expect(far?.how).toBe("Replaces the wire from “a”");
    expect(far?.ops("x")).toEqual([
      { op: "disconnect", wire: "w3" },
      { op: "connect", id: "x", src_node: "b", src_port: "image", dst_node: "w", dst_port: "start_frame", take: "t" },
    ]);
  });
});
