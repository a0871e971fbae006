/** Where the money stands: what counts against which cap. Nothing here decides; the bridge holds the caps. */
import type { Cap, Headroom, SpendLine } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { dayAfter, utcDay } from "./words";

export interface Standing {
  /** The UTC date it is about. */
  readonly day: string;
  readonly canvas: string;
  readonly author: string;
  readonly caps: readonly Cap[];
  /** One line a currency each: of today, of this canvas over all time, of this person over all time. */
  readonly today: readonly SpendLine[];
  readonly onCanvas: readonly SpendLine[];
  readonly mine: readonly SpendLine[];
  readonly room: Readonly<Record<string, Headroom>>;
}

/** Load it. Throws the bridge's Problem. */
export async function loadStanding(canvas: string, author: string): Promise<Standing> {
  const day = utcDay();
  const spend = (query: {
    by: ("day" | "canvas_id" | "author")[];
    since?: string;
    until?: string;
    canvas_id?: string;
  }) => got(api.GET("/api/ledger/spend", { params: { query } }));
  const [caps, today, onCanvas, people, room] = await Promise.all([
    got(api.GET("/api/ledger/caps")),
    spend({ by: ["day"], since: day, until: dayAfter(day) }),
    spend({ by: ["canvas_id"], canvas_id: canvas }),
    spend({ by: ["author"] }),
    got(api.GET("/api/ledger/remaining", { params: { query: { canvas_id: canvas, author } } })),
  ]);
  return { day, canvas, author, caps, today, onCanvas, mine: people.filter((one) => one.author === author), room };
}

/** What a line counts against a cap: costs and what is held. Jobs nobody knows the price of count nothing. */
export const committed = (line: SpendLine | undefined): number =>
  line ? (line.high_micros ?? line.settled_micros + line.reserved_micros) : 0;

export interface Budget {
  readonly cap: Cap;
  readonly committed: number;
  readonly left: number;
  /** Jobs at an unknown price: they count nothing and may cost something. */
  readonly uncounted: number;
}

const lineOf = (lines: readonly SpendLine[], currency: string) => lines.find((one) => one.currency === currency);

/** The cap of a scope that holds for `key`: one of its own, else that of each. */
export function capFor(caps: readonly Cap[], scope: Cap["scope"], key: string, currency: string): Cap | undefined {
  const here = caps.filter((cap) => cap.scope === scope && cap.currency === currency);
  return here.find((cap) => cap.key === key && key !== "") ?? here.find((cap) => cap.key === "");
}

/** The caps that hold here and now with what counts against them, the tightest first; those of single jobs not. */
export function budgets(standing: Standing): readonly Budget[] {
  const places = [
    ["day", standing.day, standing.today],
    ["canvas", standing.canvas, standing.onCanvas],
    ["user", standing.author, standing.mine],
  ] as const;
  const currencies = [...new Set(standing.caps.map((cap) => cap.currency))];
  const found = places.flatMap(([scope, key, lines]) =>
    currencies.flatMap((currency) => {
      const cap = capFor(standing.caps, scope, key, currency);
      const line = lineOf(lines, currency);
      const spent = committed(line);
      const uncounted = line?.high_micros === null ? line.unknown_jobs : 0;
      return cap ? [{ cap, committed: spent, left: cap.limit_micros - spent, uncounted }] : [];
    }),
  );
  return found.sort((one, other) => one.left - other.left);
}

/** The budget the top bar shows: today's, else the tightest. */
export function shownBudget(standing: Standing): Budget | undefined {
  const all = budgets(standing);
  return all.find((one) => one.cap.scope === "day") ?? all[0];
}

/** How near a cap is: `over` when nothing is left, `near` when less than a tenth is. */
export function nearness(budget: Budget): "fine" | "near" | "over" {
  if (budget.left <= 0) return "over";
  return budget.left * 10 < budget.cap.limit_micros ? "near" : "fine";
}
