import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { useSelection, useSession, useView } from "../app/session";
import { useTitles } from "../canvas/modelTitles";
import { EntryBook, NOTHING } from "./book";
import type { Entry } from "./entries";
import { type Filters, filtersOf, queryOf } from "./filter";
import { Finder, idsOf } from "./find";
import { keepRing } from "./ring";
import { usePrompts } from "./texts";
import { useInTimeline } from "./timeline";

export type Scope = "all" | "selected";

const NO_ENTRIES: readonly Entry[] = [];

/** The takes in sight: filtered as the address says, with the ring kept among them. */
export function useTakes() {
  const session = useSession();
  const seen = useView((view) => view.seen);
  const inTimeline = useInTimeline();
  const titles = useTitles();
  const selected = useSelection((state) => state.nodes);
  const ring = useSelection((state) => state.take);
  const setRing = useSelection((state) => state.ring);
  const [query, setQuery] = useSearchParams();
  const filters = useMemo(() => filtersOf(query), [query]);
  const asked = query.get("scope");
  const scope: Scope = selected.length > 0 && asked !== "all" ? "selected" : "all";
  const only = scope === "selected" ? selected : null;
  const [{ book, finder }] = useState(() => ({ book: new EntryBook(), finder: new Finder() }));
  const listed = useMemo(
    () => (seen ? book.of(seen.doc, seen.states, inTimeline, only) : NOTHING),
    [book, seen, inTimeline, only],
  );
  // Chips and fields follow at once, the list a moment later: ten thousand tiles never hold up a key.
  const late = useDeferredValue(filters);
  const promptOf = usePrompts(seen?.doc, late.text !== "");
  const found = useMemo(() => finder.find(listed, late, promptOf), [finder, listed, late, promptOf]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list may have another entry of the same take.
  const entryOf = useCallback(
    (take: string | null | undefined): Entry | undefined => {
      const doc = session.store.getState().seen?.doc;
      return doc && take ? book.get(doc, take) : undefined;
    },
    [session, book, listed],
  );
  const ringed = entryOf(ring);
  const before = useRef(NO_ENTRIES);
  useEffect(() => {
    const { shown } = found;
    const stays = found.at(ringed) >= 0;
    const kept = stays ? ring : keepRing(idsOf(before.current), ring, idsOf(shown));
    before.current = shown;
    if (kept !== ring && shown.length > 0) setRing(kept);
  }, [found, ring, ringed, setRing]);

  const put = useRef(setQuery);
  put.current = setQuery;
  const setFilters = useCallback((next: Filters) => put.current((now) => queryOf(next, now), { replace: true }), []);
  const nodes = seen?.doc.nodes;
  const nodeTitle = useCallback((id: string) => nodes?.[id]?.title ?? "A removed node", [nodes]);
  const setScope = useCallback((next: Scope) => {
    const changed = (now: URLSearchParams) => {
      const query = new URLSearchParams(now);
      if (next === "all") query.set("scope", "all");
      else query.delete("scope");
      return query;
    };
    put.current(changed, { replace: true });
  }, []);
  return {
    seen,
    titles,
    any: listed.pages.length > 0,
    found,
    /** The list still shows the filters before. */
    busy: late !== filters,
    entryOf,
    ring,
    ringed,
    setRing,
    filters,
    setFilters,
    nodeTitle,
    scope,
    setScope,
    selected,
  };
}
