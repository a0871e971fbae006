/** The bridge's time: budgets of a day, "3 min ago" and the life of signed addresses go by it, not by this machine's. */

/** A clock that is off by less than this is left alone: answers take their time, and dates are whole seconds. */
const TOLERATED_MS = 30_000;

let ahead = 0;

/** Learn from an answer how far this machine's clock is off. */
export function learnTime(response: Response, now = Date.now()): void {
  const said = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(said)) return;
  ahead = Math.abs(said - now) > TOLERATED_MS ? said - now : 0;
}

/** Milliseconds since 1970, as the bridge counts them. */
export const bridgeNow = (): number => Date.now() + ahead;
