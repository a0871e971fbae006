import { useEffect } from "react";
import { create } from "zustand";
import { api, got } from "../wire/http";

/** What people call models, by their ids. */
export type Titles = Readonly<Record<string, string>>;

const useKnown = create<{ titles: Titles }>(() => ({ titles: {} }));
const asking: { answer: Promise<void> | null } = { answer: null };

async function ask(): Promise<void> {
  const models = (await got(api.GET("/api/models"))) as readonly { id: string; title: string }[];
  useKnown.setState({ titles: Object.fromEntries(models.map((model) => [model.id, model.title])) });
}

async function askOnce(): Promise<void> {
  asking.answer ??= ask();
  try {
    await asking.answer;
  } catch {
    asking.answer = null; // the id stands there until it can be asked again
  }
}

/** What people call the models; empty until that is known, for their ids serve as well. Asked for once for the page. */
export function useTitles(): Titles {
  useEffect(() => void askOnce(), []);
  return useKnown((known) => known.titles);
}

/** What people call a model; until that is known its id, or other words. */
export function useModelTitle(model: string, otherwise = model): string {
  useEffect(() => void askOnce(), []);
  return useKnown((known) => known.titles[model]) ?? otherwise;
}

/** What is known now of what people call a model: nothing is asked. */
export const knownTitle = (model: string): string => useKnown.getState().titles[model] ?? "";
