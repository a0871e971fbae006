import { beforeEach, expect, test, vi } from "vitest";
import type { LiveEvent } from "../wire/live";
import { type Keeping, keptBy } from "./kept";
import type { CanvasSession } from "./store";

/** As much of a session as keeping needs. */
function sessionOf() {
  let heard = (_: LiveEvent) => {};
  let follow = (_now: { link: string }, _before: { link: string }) => {};
  const session = {
    id: "c",
    on: (listener: typeof heard) => {
      heard = listener;
      return () => {};
    },
    store: {
      subscribe: (listener: typeof follow) => {
        follow = listener;
      },
    },
  } as unknown as CanvasSession;
  return {
    session,
    tell: (topic: string, data: unknown = null) => heard({ seq: 1, topic, data }),
    link: (now: string, before: string) => follow({ link: now }, { link: before }),
  };
}

type Words = readonly string[];
let answers: ((words: Words | Error) => void)[] = [];
const keeping: Keeping<Words> = {
  load: () =>
    new Promise((resolve, reject) => {
      answers.push((words) => (words instanceof Error ? reject(words) : resolve(words)));
    }),
  hear: (words, { topic, data }) =>
    topic === "anew"
      ? "anew"
      : topic === "word" && !words.includes(data as string)
        ? [...words, data as string]
        : words,
};
const answer = async (words: Words | Error) => {
  answers.shift()?.(words);
  await vi.advanceTimersByTimeAsync(0);
};

beforeEach(() => {
  answers = [];
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test("it is loaded once for everybody who asks, and what comes is put to it", async () => {
  const { session, tell } = sessionOf();
  const wordsOf = keptBy(keeping);
  const kept = wordsOf(session);
  expect(wordsOf(session)).toBe(kept);
  expect(kept.store.getState()).toEqual({ data: null, problem: null });
  expect(answers).toHaveLength(1);
  await answer(["a"]);
  tell("word", "b");
  expect(kept.store.getState().data).toEqual(["a", "b"]);
  const before = kept.store.getState();
  tell("other");
  expect(kept.store.getState()).toBe(before);
});

test("what came while it was loaded is not lost, whether the answer has it or not", async () => {
  const { session, tell } = sessionOf();
  const kept = keptBy(keeping)(session);
  tell("word", "late");
  tell("word", "known");
  await answer(["known"]);
  expect(kept.store.getState().data).toEqual(["known", "late"]);
});

test("after a drop it is loaded anew; what stayed the same stays the same value", async () => {
  const { session, link } = sessionOf();
  const kept = keptBy(keeping)(session);
  await answer(["a"]);
  const { data } = kept.store.getState();
  link("away", "connected");
  expect(answers).toHaveLength(0);
  link("connected", "away");
  await answer(["a"]);
  expect(kept.store.getState().data).toBe(data);
  link("connected", "away");
  await answer(["a", "missed"]);
  expect(kept.store.getState().data).toEqual(["a", "missed"]);
});

test("a burst of changes is asked for once", async () => {
  const { session, tell } = sessionOf();
  keptBy(keeping)(session);
  await answer(["a"]);
  for (let turn = 0; turn < 5; turn++) {
    tell("anew");
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(answers).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(answers).toHaveLength(1);
});

test("what cannot be loaded is said; what was there stays, and the next answer clears it", async () => {
  const { session } = sessionOf();
  const kept = keptBy(keeping)(session);
  await answer(["a"]);
  const again = kept.load();
  await answer(new Error("no"));
  await again;
  expect(kept.store.getState().data).toEqual(["a"]);
  expect(kept.store.getState().problem).not.toBeNull();
  void kept.load();
  await answer(["a", "b"]);
  expect(kept.store.getState()).toEqual({ data: ["a", "b"], problem: null });
});
