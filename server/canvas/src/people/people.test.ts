import { describe, expect, it, vi } from "vitest";
import type { CanvasSummary } from "../wire/api.gen";
import { givable, mayDecide } from "./roles";
import { secretOf } from "./session";
import { called, newestFirst } from "./useHome";

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

describe("canvases", () => {
  const of = (title: string, changed_at: string) => ({ title, changed_at }) as CanvasSummary;
  const all = [of("Tea", "2026-11-20T10:00:00Z"), of("Ferry, night", "2026-11-22T10:00:00Z"), of("", "2026-11-21")];

  it("come by their newest edit", () => {
    expect(newestFirst(all).map((one) => one.title)).toEqual(["Ferry, night", "", "Tea"]);
  });
  it("are found by every word of their title", () => {
    expect(called(all, " NIGHT ferry ").map((one) => one.title)).toEqual(["Ferry, night"]);
    expect(called(all, "ferry day")).toEqual([]);
    expect(called(all, "  ")).toHaveLength(3);
  });
});
