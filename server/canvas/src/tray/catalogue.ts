import { useEffect, useState } from "react";
import { api, got } from "../wire/http";

/** Titles of models by their id. */
export type Titles = Readonly<Record<string, string>>;

let asked: Promise<Titles> | null = null;

async function load(): Promise<Titles> {
  const models = (await got(api.GET("/api/models"))) as readonly { id: string; title: string }[];
  return Object.fromEntries(models.map((model) => [model.id, model.title]));
}

/** The names of models as people know them; empty until they are there. */
export function useTitles(): Titles {
  const [titles, setTitles] = useState<Titles>({});
  useEffect(() => {
    let current = true;
    asked ??= load();
    asked.then(
      (found) => current && setTitles(found),
      () => {
        asked = null; // Their ids serve as well; the next view asks again.
      },
    );
    return () => {
      current = false;
    };
  }, []);
  return titles;
}
