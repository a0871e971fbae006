import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "../wire/problem";

export interface Asked<T> {
  data: T | undefined;
  problem: Problem | undefined;
  again(): void;
}

interface Answer<T> {
  key: string;
  data?: T;
  problem?: Problem;
}

/**
 * Ask the bridge whenever `key` changes; nothing while it is null. Answers that come after the next question are
 * dropped. With `patience` it waits that many milliseconds first, so that a burst of edits asks once.
 */
export function useAsked<T>(key: string | null, ask: () => Promise<T>, patience = 0): Asked<T> {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const [times, setTimes] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `times` asks the same again.
  useEffect(() => {
    if (key === null) return;
    let current = true;
    const timer = setTimeout(() => {
      latest.current().then(
        (data) => current && setAnswer({ key, data }),
        (thrown) => current && setAnswer({ key, problem: asProblem(thrown) }),
      );
    }, patience);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, times, patience]);
  const mine = answer && answer.key === key ? answer : null;
  return { data: mine?.data, problem: mine?.problem, again: useCallback(() => setTimes((before) => before + 1), []) };
}
