import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { useSelection, useView } from "../app/session";
import { EntryBook } from "./book";
import { useTitles } from "./catalogue";
import type { Entry } from "./entries";
import { type Filters, filtersOf, find, queryOf } from "./filter";
import { keepRing } from "./ring";
import { usePrompts } from "./texts";
import { useInTimeline } from "./timeline";

export type Scope = "all" | "selected";

const NOTHING: readonly Entry[] = [];

/** The takes in sight: filtered as the address says, with the ring kept among them. */
export function useTakes() {
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
  const [book] = useState(() => new EntryBook());
  const all = useMemo(
    () => (seen ? book.of(seen.doc, seen.states, inTimeline, only) : NOTHING),
    [book, seen, inTimeline, only],
  );
  // Chips and fields follow at once, the list a moment later: ten thousand tiles never hold up a key.
  const late = useDeferredValue(filters);
  const promptOf = usePrompts(seen?.doc, late.text !== "");
  const found = useMemo(() => find(all, late, (entry) => promptOf(entry.take)), [all, late, promptOf]);
  const order = useMemo(() => found.shown.map((one) => one.id), [found]);
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    const kept = keepRing(before.current, ring, order);
    before.current = order;
    if (kept !== ring && order.length > 0) setRing(kept);
  }, [order, ring, setRing]);

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
  const byId = useMemo(() => new Map(all.map((one): [string, Entry] => [one.id, one])), [all]);
  return {
    seen,
    titles,
    all,
    found,
    /** The list still shows the filters before. */
    busy: late !== filters,
    order,
    byId,
    ring,
    setRing,
    filters,
    setFilters,
    nodeTitle,
    scope,
    setScope,
    selected,
  };
}
