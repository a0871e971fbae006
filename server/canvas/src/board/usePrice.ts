import { useEffect, useState } from "react";
import { moneyRange } from "../canvas/words";
import type { SwapFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem } from "../wire/problem";

interface Asked {
  canvas: string;
  node: string;
  model: string;
  /** What the node is asked now: another recipe has another price. */
  fp: string;
}

const known = new Map<string, Promise<string>>();
const MOST = 5000;

/** What the next take of a node costs with the model it has, in words; asked once for each recipe. */
export function usePrice(asked: Asked | null): string {
  const key = asked ? `${asked.canvas} ${asked.node} ${asked.model} ${asked.fp}` : "";
  const [words, setWords] = useState({ key: "", said: "" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the question.
  useEffect(() => {
    if (!asked) return;
    let current = true;
    const answer = known.get(key) ?? priceOf(asked);
    if (known.size > MOST) known.clear();
    known.set(key, answer);
    void answer.then((said) => current && setWords({ key, said }));
    return () => {
      current = false;
    };
  }, [key]);
  return words.key === key ? words.said : "";
}

async function priceOf({ canvas, node, model }: Asked): Promise<string> {
  const path = { canvas_id: canvas, node_id: node };
  try {
    const params = { path, query: { model } };
    const facts = (await got(api.GET("/api/canvases/{canvas_id}/nodes/{node_id}/swap", { params }))) as SwapFacts;
    return moneyRange(facts.low_micros, facts.high_micros, facts.currency);
  } catch (thrown) {
    return asProblem(thrown).code === "unreachable" ? "" : "not offered";
  }
}
