import type { Kinds } from "../canvas/model";
import { money, RATINGS } from "../canvas/words";
import type { ShotFacts } from "../wire/api.gen";

/** What the shown take cost: `$3.20`, `~$3.20` where it is an estimate, `free`, "" without a take. */
export function costWords(shot: ShotFacts): string {
  if (!shot.take) return "";
  const { cost_actual_micros: actual, cost_estimated_micros: estimated, currency } = shot;
  if (actual !== null) return actual === 0 ? "free" : money(actual, currency);
  if (estimated !== null) return estimated === 0 ? "free" : `~${money(estimated, currency)}`;
  return "unknown price";
}

/** `take 2 of 5`, `5 takes, none chosen`, "" before the first. */
export function takeWords(shot: ShotFacts): string {
  if (shot.take_number !== null) return `take ${shot.take_number} of ${Math.max(shot.takes, 1)}`;
  return shot.takes ? `${shot.takes} ${shot.takes === 1 ? "take" : "takes"}, none chosen` : "";
}

export const ratingOf = (shot: ShotFacts) => RATINGS.find((one) => one.value === shot.rating);

/** Whether a shot's model can be chosen. */
export const bindsModel = (kinds: Kinds, kind: string): boolean => Boolean(kinds[kind]?.models);

/** `Length 3 s 08 f, from the take`, for tooltips. */
export const SOURCES: Readonly<Record<string, string>> = {
  take: "the take's own frames",
  asked: "as the shot asks for; no take yet",
  edits: "as the export lays it out",
  panel: "as the storyboard holds its panels",
  unknown: "not known yet",
};
