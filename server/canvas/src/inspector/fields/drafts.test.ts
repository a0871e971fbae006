import { describe, expect, it } from "vitest";

const store = new Map<string, string>();
Object.assign(globalThis, {
  sessionStorage: {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  },
});
const { setDraft, standing, typed, useDrafts } = await import("./drafts");

describe("a draft", () => {
  it("begins with the first other character and ends when the words are the saved ones again", () => {
    const draft = typed(undefined, "rain", "");
    expect(draft).toEqual({ text: "rain", base: "" });
    expect(typed(draft, "", "")).toBeUndefined();
  });

  it("keeps what somebody else saved meanwhile apart", () => {
    const draft = typed(undefined, "rain at night", "rain");
    expect(standing(draft, "rain")).toEqual({ text: "rain at night", dirty: true, theirs: null });
    expect(standing(draft, "snow")).toEqual({ text: "rain at night", dirty: true, theirs: "snow" });
    expect(standing(typed(draft, "rain at noon", "snow"), "snow").theirs).toBe("snow");
  });

  it("is over when it says what is saved", () => {
    expect(standing({ text: "snow", base: "rain" }, "snow")).toEqual({ text: "snow", dirty: false, theirs: null });
  });

  it("outlives its field and is taken away by name", () => {
    setDraft("n1/prompt", { text: "a", base: "" });
    setDraft("n1/avoid", { text: "b", base: "" });
    setDraft("n1/prompt", undefined);
    expect(useDrafts.getState().drafts).toEqual({ "n1/avoid": { text: "b", base: "" } });
    expect(JSON.parse(store.get("takebridge.drafts") ?? "")).toEqual({ "n1/avoid": { text: "b", base: "" } });
  });
});
