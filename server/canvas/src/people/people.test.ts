import { describe, expect, it, vi } from "vitest";
import type { Doc } from "../canvas/model";
import { givable, mayDecide } from "./roles";
import { secretOf } from "./session";
import { glanceOf } from "./useHome";

/** What the modules read of the page when they are loaded. */
vi.hoisted(() => vi.stubGlobal("location", { origin: "http://127.0.0.1" }));

describe("roles", () => {
  it("gives what is not above one’s own, and never an owner", () => {
    expect(givable("owner")).toEqual(["viewer", "reviewer", "editor", "producer"]);
    expect(givable("producer")).toEqual(["viewer", "reviewer", "editor", "producer"]);
    expect(givable("reviewer")).toEqual(["viewer", "reviewer"]);
  });

  it("decides about who is below", () => {
    expect(mayDecide("owner", "producer")).toBe(true);
    expect(mayDecide("producer", "editor")).toBe(true);
    expect(mayDecide("producer", "producer")).toBe(false);
    expect(mayDecide("owner", "owner")).toBe(false);
    expect(mayDecide("editor", "viewer")).toBe(false);
  });
});

describe("links", () => {
  const secret = "ZuaRyMDOTGfmsp-ld1lNRIck4Be22d7DfU4qbHy7HwM";
  it("finds the secret in whatever was pasted", () => {
    expect(secretOf(` bridge/join#invite=${secret}\n`)).toEqual({ kind: "invite", secret });
    expect(secretOf(`#key=${secret}`)).toEqual({ kind: "key", secret });
    expect(secretOf(secret)).toEqual({ kind: "key", secret });
  });
  it("takes nothing else for one", () => {
    for (const other of ["", "hello", "bridge/c/1", "#key=", `#key=${secret} and more`])
      expect(secretOf(other)).toBeNull();
  });
});

describe("canvas cards", () => {
  it("shows a film before a picture, and counts", () => {
    const take = (id: string, node: string, facts: Record<string, number>) => ({
      ...{ id, node_id: node, seq: 1, outputs: { out: { content: id, facts } } },
    });
    const still = take("still", "a", { width: 640 });
    const film = take("film", "b", { width: 640, frame_count: 24 });
    const doc = {
      ...{ nodes: { a: { id: "a", pin: "still" }, b: { id: "b", pin: "film" }, c: { id: "c", pin: null } } },
      takes: { still, film },
    } as unknown as Doc;
    expect(glanceOf(doc)).toEqual({ nodes: 3, takes: 2, take: film });
    expect(glanceOf({ nodes: {}, takes: {} } as unknown as Doc)).toEqual({ nodes: 0, takes: 0, take: undefined });
  });
});
