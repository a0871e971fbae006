import { useEffect } from "react";
import { create } from "zustand";
import { api, got } from "../wire/http";

const useTitles = create<{ titles: Readonly<Record<string, string>> }>(() => ({ titles: {} }));
const asking: { answer: Promise<void> | null } = { answer: null };

async function ask(): Promise<void> {
  const models = (await got(api.GET("/api/models"))) as readonly { id: string; title: string }[];
  useTitles.setState({ titles: Object.fromEntries(models.map((model) => [model.id, model.title])) });
}

async function askOnce(): Promise<void> {
  asking.answer ??= ask();
  try {
    await asking.answer;
  } catch {
    asking.answer = null; // the id stands there until it can be asked again
  }
}

/** What people call a model; until that is known its id, or other words. Asked for once for the whole page. */
export function useModelTitle(model: string, otherwise = model): string {
  const title = useTitles((known) => known.titles[model]);
  useEffect(() => void askOnce(), []);
  return title ?? otherwise;
}

/** What is known now of what people call a model: nothing is asked. */
export const knownTitle = (model: string): string => useTitles.getState().titles[model] ?? "";
