import { useMemo, useState } from "react";
import { useSession, useView } from "../app/session";
import { type Film, filmsOf, firstFilm, rememberedFilm, rememberFilm } from "./films";

/** Which film is shown: the one chosen last on this canvas, else the first; null where nothing orders shots yet. */
export function useFilm(): { films: readonly Film[]; film: Film | null; choose(id: string): void } {
  const session = useSession();
  const nodes = useView((view) => view.seen?.doc.nodes);
  const wires = useView((view) => view.seen?.doc.wires);
  const [chosen, setChosen] = useState(() => rememberedFilm(session.id));
  // biome-ignore lint/correctness/useExhaustiveDependencies: films depend on nodes and wires only, not on takes.
  const { films, first } = useMemo(() => {
    const doc = session.store.getState().seen?.doc;
    return doc ? { films: filmsOf(doc), first: firstFilm(doc) } : { films: [], first: null };
  }, [session, nodes, wires]);
  const film = films.find((one) => one.id === chosen) ?? films.find((one) => one.id === first) ?? null;
  const choose = (id: string) => {
    rememberFilm(session.id, id);
    setChosen(id);
  };
  return { films, film, choose };
}
