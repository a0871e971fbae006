import type { LoadoutFacts, ModelOffer, ModelProfile, SwapFacts } from "../../wire/api.gen";
import type { Price } from "../money";

/** One model in the picker: what the catalogue says, and as soon as it was asked, what it means for this very node. */
export interface Row {
  offer: ModelOffer;
  profile: ModelProfile | undefined;
  swap: SwapFacts | undefined;
}

export type Sort = "fit" | "price" | "time" | "name";

export interface Filter {
  text: string;
  provider: string;
  /** At most this much a take, in millionths; null is any price. */
  most: number | null;
  loadout: string;
  can: boolean;
  ready: boolean;
  sort: Sort;
}

export const NO_FILTER: Filter = {
  text: "",
  provider: "",
  most: null,
  loadout: "",
  can: false,
  ready: false,
  sort: "fit",
};

/** What a take of this node costs with the model; the example's price until the node's own is known. */
export const priceOf = (row: Row): Price => row.swap ?? row.offer;

/** Why the model cannot make this shot; empty when it can. */
export const whyNot = (row: Row): string =>
  row.offer.lifecycle === "retired"
    ? row.offer.lifecycle_words
    : row.swap
      ? row.swap.refusal
      : row.offer.fits === false
        ? row.offer.why_not
        : "";

/** Rows that pass, in order. Free and local ones are first by nature: the bridge ranks what fits by its price. */
export function shownRows(rows: readonly Row[], filter: Filter, loadouts: readonly LoadoutFacts[]): Row[] {
  const loadout = loadouts.find((one) => one.shot === filter.loadout);
  const wanted = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter((row) => {
    const { offer, profile } = row;
    const named = [offer.title, offer.id, offer.provider, ...(profile?.aliases ?? [])].join(" ").toLowerCase();
    return (
      wanted.every((word) => named.includes(word)) &&
      (!filter.provider || offer.provider === filter.provider) &&
      (filter.most === null || within(priceOf(row), filter.most)) &&
      (!loadout || loadout.choices.some((one) => one.model === offer.id)) &&
      (!filter.can || whyNot(row) === "") &&
      (!filter.ready || (offer.key && offer.lifecycle !== "retired"))
    );
  });
  const order = ORDERS[filter.sort];
  return order ? kept.sort(order) : loadout ? kept.sort(byPlace(loadout)) : kept;
}

/** An unknown price is not within any budget. */
const within = (price: Price, most: number): boolean => price.high_micros !== null && price.high_micros <= most;

const last = Number.MAX_SAFE_INTEGER;
const byName = (a: Row, b: Row): number =>
  a.offer.title.localeCompare(b.offer.title) || (a.offer.id < b.offer.id ? -1 : 1);
const cannot = (row: Row): number => (whyNot(row) ? 1 : 0);

const ORDERS: Readonly<Record<Sort, ((a: Row, b: Row) => number) | undefined>> = {
  fit: undefined,
  price: (a, b) =>
    cannot(a) - cannot(b) ||
    (priceOf(a).high_micros ?? last) - (priceOf(b).high_micros ?? last) ||
    (priceOf(a).low_micros ?? last) - (priceOf(b).low_micros ?? last) ||
    byName(a, b),
  time: (a, b) =>
    cannot(a) - cannot(b) || (a.offer.seconds_high ?? last) - (b.offer.seconds_high ?? last) || byName(a, b),
  name: byName,
};

function byPlace(loadout: LoadoutFacts): (a: Row, b: Row) => number {
  const place = new Map(loadout.choices.map((one, index) => [one.model, index]));
  return (a, b) => (place.get(a.offer.id) ?? last) - (place.get(b.offer.id) ?? last);
}
