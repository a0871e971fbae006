import type { Listed } from "./book";
import type { Entry } from "./entries";
import { FACETS, type Facet, type Filters } from "./filter";
import { asksForHidden, counted, judgeOf } from "./judging";
import { Order } from "./sorting";

export type Counts = Readonly<Record<Facet, ReadonlyMap<string, number>>>;

export interface Found {
  readonly shown: readonly Entry[];
  /** How many takes each value would give, the other filters as they are. */
  readonly counts: Counts;
  /** Takes that pass everything but the rating, and how many of them have been judged. */
  readonly judged: { readonly done: number; readonly all: number };
  /** Where a take is shown, -1 when it is not. */
  at(entry: Entry | undefined): number;
}

const ids = new WeakMap<readonly Entry[], readonly string[]>();

/** The takes of a list by their ids, worked out for whoever asks first. */
export function idsOf(shown: readonly Entry[]): readonly string[] {
  const known = ids.get(shown) ?? shown.map((entry) => entry.id);
  ids.set(shown, known);
  return known;
}

type PromptOf = (entry: Entry) => string;

interface Known {
  readonly pages: Listed["pages"];
  readonly filters: Filters;
  readonly promptOf: PromptOf;
  readonly order: Order;
  readonly found: Found;
}

/** With more changes than that, a look at everything is quicker. */
const MOST_CHANGES = 200;
const NO_COUNTS = Object.fromEntries(FACETS.map((facet) => [facet, new Map<string, number>()])) as unknown as Counts;
const NONE = { shown: [], counts: NO_COUNTS, judged: { done: 0, all: 0 } };

/** What passes the filters, kept from one list of takes to the next: a change is looked at alone. */
export class Finder {
  private known: Known | null = null;

  find(listed: Listed, filters: Filters, promptOf: PromptOf): Found {
    const known = this.known;
    const asked = known?.filters === filters && known.promptOf === promptOf;
    if (known && asked && known.pages === listed.pages) return known.found;
    const few = listed.gone.length + listed.come.length <= MOST_CHANGES;
    const goesOn = known && asked && few && known.pages === listed.since && known.order.holds(listed.come);
    const order = goesOn ? known.order : this.orderOf(listed, filters);
    const found = goesOn
      ? changed(known.found, listed.gone, listed.come, filters, promptOf, order)
      : changed(NONE, [], listed.pages.flat(), filters, promptOf, order);
    this.known = { pages: listed.pages, filters, promptOf, order, found };
    return found;
  }

  /** The order before while the takes are the same: filters change far more often than shots. */
  private orderOf({ pages }: Listed, { sort }: Filters): Order {
    const { known } = this;
    return known?.pages === pages && known.order.sort === sort ? known.order : new Order(pages.flat(), sort);
  }
}

/** What was found, with these takes gone and these come. */
function changed(
  before: Pick<Found, "shown" | "counts" | "judged">,
  gone: readonly Entry[],
  come: readonly Entry[],
  filters: Filters,
  promptOf: PromptOf,
  order: Order,
): Found {
  const judge = judgeOf(filters, promptOf);
  const hiddenToo = asksForHidden(filters);
  const tally = new Tally();
  const judged = { ...before.judged };
  const passing = (entries: readonly Entry[], by: 1 | -1): Entry[] => {
    const count = (facet: Facet, value: string) => tally.add(facet, value, by);
    return entries.filter((entry) => {
      const failed = judge(entry);
      counted(entry, failed, hiddenToo, count);
      const { hidden, rating } = entry.take;
      if (failed === "" || failed === "rating") {
        judged.all += by;
        if (rating !== null || hidden) judged.done += by;
      }
      return failed === "" && (hiddenToo || !hidden);
    });
  };
  const [out, into] = [passing(gone, -1), passing(come, 1)];
  const same = out.length === 0 && into.length === 0;
  const anew = before.shown.length === 0 && out.length === 0;
  const shown = same ? before.shown : anew ? order.sorted(into) : order.changed(before.shown, out, into);
  const at = (entry: Entry | undefined) => (entry ? order.place(entry, shown) : -1);
  return { shown, counts: tally.over(before.counts), judged, at };
}

/** Changes of counts, put over the counts before: what did not change stays the same value. */
class Tally {
  private readonly by = new Map<Facet, Map<string, number>>();

  add(facet: Facet, value: string, by: number): void {
    const own = this.by.get(facet) ?? new Map<string, number>();
    if (own.size === 0) this.by.set(facet, own);
    own.set(value, (own.get(value) ?? 0) + by);
  }

  over(before: Counts): Counts {
    const next: Record<Facet, ReadonlyMap<string, number>> = { ...before };
    for (const [facet, changes] of this.by) {
      if ([...changes.values()].every((by) => by === 0)) continue;
      const counts = new Map(before[facet]);
      for (const [value, by] of changes) {
        const count = (counts.get(value) ?? 0) + by;
        if (count > 0) counts.set(value, count);
        else counts.delete(value);
      }
      next[facet] = counts;
    }
    return next;
  }
}
