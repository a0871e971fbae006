/** Deciding a round trip: what is chosen, what is still open, what is sent, what stays when the plan changes. Pure. */
import type { Decision, RoundTrip } from "../wire/api.gen";
import { count } from "./words";

export type Way = Decision["choices"][number]["id"];
/** `later` is not sent: a round trip cannot leave a part open. */
export type Pick = Way | "later";
export type Picks = Readonly<Record<string, Pick>>;

export interface Option {
  readonly id: Pick;
  readonly title: string;
  readonly words: string;
  /** Why it is not offered; "" when it is. */
  readonly whyNot: string;
}

export const TITLES: Readonly<Record<Pick, string>> = {
  editor: "Keep timeline",
  canvas: "Use canvas",
  both: "Keep both",
  later: "Decide later",
};

/** The ways to decide a conflict, “Decide later” last. */
export function options(decision: Decision): readonly Option[] {
  const ways = decision.choices.map((one) => ({
    id: one.id,
    title: TITLES[one.id],
    words: one.words,
    whyNot: one.possible ? "" : one.why_not || "It is not possible here.",
  }));
  return [
    ...ways,
    {
      id: "later",
      title: TITLES.later,
      words:
        "The clip stays as it is, marked “Both changed” for everybody, until somebody decides. The round trip waits.",
      whyNot: "",
    },
  ];
}

/** What stands chosen at first: only what leaves no choice. Where both sides changed the same thing, a person says. */
export function preselected(decision: Decision): Pick | undefined {
  const possible = decision.choices.filter((one) => one.possible);
  return possible.length === 1 ? possible[0]?.id : undefined;
}

/** The choices that still fit a plan, and the harmless ones it brings with it. */
export function kept(picks: Picks, plan: RoundTrip): Picks {
  const found: Record<string, Pick> = {};
  for (const decision of plan.decisions) {
    const before = picks[decision.id];
    const fits = before !== undefined && options(decision).some((one) => one.id === before && !one.whyNot);
    const now = fits ? before : preselected(decision);
    if (now) found[decision.id] = now;
  }
  return found;
}

/** How many of the choices made before do not fit any more. */
export const lost = (picks: Picks, after: Picks): number =>
  Object.keys(picks).filter((id) => after[id] !== picks[id]).length;

export const undecided = (plan: RoundTrip, picks: Picks): readonly Decision[] =>
  plan.decisions.filter((one) => picks[one.id] === undefined);

export const later = (picks: Picks): readonly string[] => Object.keys(picks).filter((id) => picks[id] === "later");

/** What is sent: what is decided later is left out. */
export function sent(picks: Picks): Record<string, Way> {
  const found: Record<string, Way> = {};
  for (const [id, pick] of Object.entries(picks)) if (pick !== "later") found[id] = pick;
  return found;
}

/** The other conflicts of the same kind that could be decided the same way and are not yet. */
export function alike(plan: RoundTrip, picks: Picks, decision: Decision, pick: Pick): readonly string[] {
  const kinds = new Map(plan.conflicts.map((one) => [one.id, one.what]));
  return plan.decisions
    .filter((one) => one.id !== decision.id && kinds.get(one.id) === kinds.get(decision.id) && picks[one.id] !== pick)
    .filter((one) => options(one).some((option) => option.id === pick && !option.whyNot))
    .map((one) => one.id);
}

/** How many changes applying makes: those of the plan, and each decision beyond what the plan was made with. */
export function changes(plan: RoundTrip, seenWith: Picks, picks: Picks): number {
  const more = plan.decisions.filter((one) => {
    const pick = picks[one.id];
    return (pick === "canvas" || pick === "both") && seenWith[one.id] !== pick;
  });
  return plan.clips.length + more.length;
}

export interface Apart {
  readonly links: readonly string[];
  readonly takes: Readonly<Record<string, string>>;
}

/**
 * Takes that can go in while a conflict is left for later: on clips that are there, that no conflict and no other
 * change is about. When a trip ends the whole merged cut is the new base, so a conflict left open would be lost in it;
 * these are put on the timeline one by one instead, and the base is told of each.
 */
export function apart(plan: RoundTrip): Apart {
  const disputed = new Set(plan.decisions.map((one) => one.link_id));
  const named = new Map<string, number>();
  for (const clip of plan.clips) if (clip.link_id) named.set(clip.link_id, (named.get(clip.link_id) ?? 0) + 1);
  const takes: Record<string, string> = {};
  for (const clip of plan.clips) {
    const { link_id: link, take } = clip;
    if (!link || !take || !clip.clip || clip.conflict || disputed.has(link) || named.get(link) !== 1) continue;
    if (clip.record_start !== null && clip.does.length === 1 && /^Shows /.test(clip.does[0] ?? "")) takes[link] = take;
  }
  return { links: Object.keys(takes), takes };
}

/** Why nothing can be applied yet; "" when it can. */
export function whyNotApply(plan: RoundTrip, picks: Picks, asked: { mayEdit: boolean; folder: boolean }): string {
  if (!asked.mayEdit) return "Applying needs the role editor.";
  const open = undecided(plan, picks).length;
  if (open) return `${count(open, "conflict")} still to decide.`;
  if (later(picks).length) {
    if (asked.folder || apart(plan).links.length === 0) return "What is left waits for the conflict you decide later.";
  }
  return "";
}

/** What stands on the button. */
export function applyWords(plan: RoundTrip, seenWith: Picks, picks: Picks, folder: boolean): string {
  const total = changes(plan, seenWith, picks);
  if (later(picks).length) {
    const takes = apart(plan).links.length;
    return takes ? `Put ${count(takes, "take")} in now` : "Apply once it is decided";
  }
  if (folder) return `Write the merged cut · ${count(total, "change")}`;
  return total ? `Apply ${count(total, "change")}` : "Agree: nothing to change";
}

/** Whether two dry runs with the same choices would do the same. */
export const samePlan = (one: RoundTrip, other: RoundTrip): boolean => essence(one) === essence(other);

const essence = (plan: RoundTrip): string =>
  JSON.stringify([
    plan.outcome,
    plan.project,
    plan.timeline,
    plan.edits,
    plan.conflicts,
    plan.removed,
    plan.requests,
    plan.price,
  ]);
