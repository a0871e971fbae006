/** Which takes lie on the stage. Pure: takes are ids, `order` is the list as it is shown. */
export interface Panes {
  /** A first; one to four. */
  readonly panes: readonly string[];
  /** Frozen as A while the last pane goes through the others. */
  readonly held: string | null;
}

export const MOST_PANES = 4;

/** A held take is A; once it is not, nothing is held. */
const kept = (panes: readonly string[], held: string | null): Panes => ({
  panes,
  held: panes[0] === held ? held : null,
});

/** What to compare a take with: what is chosen, else the one in the timeline, else the pinned one, else a neighbour. */
export function against(
  ring: string,
  picked: readonly string[],
  order: readonly string[],
  known: { held: string | null; inTimeline: string | undefined; pinned: string | undefined },
): readonly string[] {
  if (picked.length >= 2) return picked.slice(0, MOST_PANES);
  const [one] = picked;
  const at = order.indexOf(ring);
  const other = [known.held, one, known.inTimeline, known.pinned, order[at + 1], order[at - 1]].find(
    (take) => take !== undefined && take !== null && take !== ring,
  );
  return other ? [other, ring] : [ring];
}

/** The last pane shows the next or previous take of the list; those on other panes are passed over. */
export function flipped({ panes, held }: Panes, by: 1 | -1, order: readonly string[]): Panes {
  const shown = panes.at(-1);
  if (shown === undefined) return { panes, held };
  const others = new Set(panes.slice(0, -1));
  let at = order.indexOf(shown);
  if (at < 0) at = by > 0 ? -1 : order.length;
  for (let next = at + by; next >= 0 && next < order.length; next += by) {
    const take = order[next];
    if (take !== undefined && !others.has(take)) return kept([...panes.slice(0, -1), take], held);
  }
  return { panes, held };
}

/** Hold the ringed take as A and go on with the next one as B; holding the held one lets it go. */
export function holding({ panes, held }: Panes, ring: string, order: readonly string[]): Panes {
  if (held !== null && panes[0] === held) return { panes: panes.length > 1 ? panes.slice(1) : panes, held: null };
  const at = order.indexOf(ring);
  const next = order[at + 1] ?? order[at - 1];
  return next === undefined ? { panes: [ring], held: ring } : { panes: [ring, next], held: ring };
}

/** The last pane shows this take; a take that has a pane already changes places with it. */
export function showing({ panes, held }: Panes, take: string): Panes {
  if (panes.length === 0) return { panes: [take], held: null };
  const last = panes.at(-1);
  if (take === last) return { panes, held };
  const swapped = panes.map((one) => (one === take ? (last ?? one) : one)).toSpliced(-1, 1, take);
  return kept(swapped, held);
}

/** A take comes onto the stage or leaves it; never less than one, never more than four. */
export function withPane({ panes, held }: Panes, take: string): Panes {
  if (panes.includes(take)) {
    if (panes.length < 2) return { panes, held };
    return kept(
      panes.filter((one) => one !== take),
      held,
    );
  }
  // A full stage changes its last pane: A stays, held or not.
  return kept([...panes.slice(0, MOST_PANES - 1), take], held);
}
