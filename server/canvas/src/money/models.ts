/** What models and their providers are called, and where what they are given goes. Asked for once each. */
import { useEffect, useState } from "react";
import { api, got } from "../wire/http";

export interface ModelWords {
  readonly title: string;
  readonly provider: string;
  /** Where uploads go, as the catalogue says it; "" when it does not. */
  readonly uploadsGo: string;
}

const asked = new Map<string, Promise<ModelWords>>();

async function ask(model: string): Promise<ModelWords> {
  const found = await got(api.GET("/api/models/named", { params: { query: { name: model } } }));
  const card = found.cards.find((one) => one.profile["id"] === model) ?? found.cards[0];
  const title = card?.profile["title"];
  return {
    title: typeof title === "string" && title ? title : model,
    provider: card?.provider.title ?? model.split("/")[0] ?? "",
    uploadsGo: card?.provider.uploads_go ?? "",
  };
}

/** Words of models by id; those that are not there yet are missing. */
export function useModelWords(models: readonly string[]): ReadonlyMap<string, ModelWords> {
  const [words, setWords] = useState<ReadonlyMap<string, ModelWords>>(new Map());
  const ids = [...new Set(models)].sort().join("\n");
  useEffect(() => {
    let current = true;
    for (const model of ids.split("\n")) {
      if (!model) continue;
      const answer = asked.get(model) ?? ask(model);
      asked.set(model, answer);
      answer.then(
        (found) => current && setWords((before) => new Map(before).set(model, found)),
        () => asked.delete(model),
      );
    }
    return () => {
      current = false;
    };
  }, [ids]);
  return words;
}
