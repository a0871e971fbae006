/** What the cut view says, in an editor's words. Pure. */
import type { CutItem, CutTrack, CutView, HostFacts, RoundTrip, TripFacts } from "../wire/api.gen";

/** What is the matter with a clip, the gravest first. */
export type Matter =
  | "conflict"
  | "problem"
  | "new"
  | "stale"
  | "changed"
  | "waiting"
  | "gap"
  | "unlinked"
  | "step"
  | "none";

export const MATTERS: Readonly<Record<Matter, { glyph: string; word: string; tint: string }>> = {
  conflict: { glyph: "⚑", word: "Both changed", tint: "var(--conflict)" },
  problem: { glyph: "✕", word: "Problem", tint: "var(--failed)" },
  new: { glyph: "⇄", word: "New take ready", tint: "var(--accent)" },
  stale: { glyph: "⚠", word: "Out of date", tint: "var(--stale)" },
  changed: { glyph: "✎", word: "Changed in the editor", tint: "var(--upstream)" },
  waiting: { glyph: "◌", word: "Gap, a shot waits for it", tint: "var(--pending)" },
  gap: { glyph: "▯", word: "Gap", tint: "var(--text3)" },
  unlinked: { glyph: "–", word: "Not linked", tint: "var(--text3)" },
  step: { glyph: "✓", word: "In step", tint: "var(--fresh)" },
  none: { glyph: "", word: "", tint: "var(--text3)" },
};

/** Matters from the gravest to the least: a run of narrow clips shows the gravest of its own. */
const GRAVITY = Object.keys(MATTERS) as Matter[];

export const gravest = (matters: readonly Matter[]): Matter =>
  GRAVITY.find((matter) => matters.includes(matter)) ?? "none";

/**
 * What is the matter with an item. `status` is its node's state on the canvas, `disputed` whether a decision waits about
 * it: a trim and a new take go together, only what excludes each other is a conflict. Sound without a link is nothing to speak of: pushes are about pictures.
 */
export function matterOf(item: CutItem, kind: CutTrack["kind"], status: string | undefined, disputed: boolean): Matter {
  if (item.kind === "transition") return "none";
  if (disputed) return "conflict";
  if (item.kind === "gap" || item.state === "gap") return item.link ? "waiting" : "gap";
  if (item.link && item.problem) return "problem";
  if (item.state === "new take") return "new";
  if (item.link && status === "stale") return "stale";
  if (item.state === "changed") return "changed";
  if (item.state === "unlinked") return kind === "video" ? "unlinked" : "none";
  return item.state === "in step" ? "step" : "none";
}

const KINDS: Readonly<Partial<Record<CutItem["kind"], string>>> = {
  still: "Still",
  title: "Title",
  generator: "Generator",
  nested: "Nest",
  multicam: "Multicam",
  adjustment: "Adjustment",
  caption: "Caption",
  missing: "No media",
};

/** What a clip is that is no plain film at its own speed: `Still`, `Nest of 3`, `50 %`, `Reversed`; "" else. */
export function kindWords(item: Pick<CutItem, "kind" | "speed" | "inside">): string {
  const kind = KINDS[item.kind] ?? "";
  const inside = item.kind === "nested" && item.inside ? ` of ${item.inside}` : "";
  return [kind + inside, item.kind === "clip" || item.kind === "nested" ? speedWords(item.speed) : ""]
    .filter(Boolean)
    .join(", ");
}

/** A speed as the bridge writes it: `1/2` is 50 %, `0` a freeze; "" at its own. */
export function speedWords(speed: string): string {
  if (speed === "1") return "";
  if (speed === "") return "Speed changes";
  const [over = 1, under = 1] = speed.split("/").map(Number);
  const percent = Math.round(Math.abs(over / under) * 1000) / 10;
  if (percent === 0) return "Freeze frame";
  return [over < 0 ? "Reversed" : "", percent === 100 ? "" : `${percent} %`].filter(Boolean).join(" ");
}

/** `V1`, `A2`, `S1`: how editors call tracks. */
export const trackName = (track: Pick<CutTrack, "kind" | "index">): string =>
  `${{ video: "V", audio: "A" }[track.kind as string] ?? "S"}${track.index}`;

/** Video tracks from the top down, then sound from the first on: as an editor stacks them. */
export function stacked(tracks: readonly CutTrack[]): readonly CutTrack[] {
  const order = (kind: string) => ({ video: 0, subtitle: -1, audio: 1 })[kind] ?? 2;
  return [...tracks].sort(
    (a, b) => order(a.kind) - order(b.kind) || (a.kind === "audio" ? a.index - b.index : b.index - a.index),
  );
}

export const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;

/** `10:42` on this computer, with the day where it is another one; "" for what is no time. */
export function clock(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** `DaVinci Resolve Studio` is what people call Resolve. */
export const short = (product: string): string =>
  product.replace(/^(DaVinci|Adobe) /, "").replace(/ (Studio|Pro)$/, "") || "Resolve";

/** `Yours in Resolve, read 10:42 · canvas “Reel 2” · both agreed 10:02`. */
export function sides(view: CutView, title: string, now = new Date()): string {
  const agreed = view.base.exists ? `both agreed ${clock(view.base.at, now)}` : "no base yet";
  return `Yours in ${short(view.product)}, read ${clock(view.read_at, now)} · canvas “${title}” · ${agreed}`;
}

/** `3 changes · 1 conflict`, or what the timeline itself tells before anybody compared. */
export function tally(view: CutView, plan: RoundTrip | null): string {
  if (plan) {
    const parts = [
      plan.clips.length ? count(plan.clips.length, "change") : "",
      plan.decisions.length ? count(plan.decisions.length, "conflict") : "",
      plan.requests.length ? `${count(plan.requests.length, "request")} for takes` : "",
    ].filter(Boolean);
    return parts.join(" · ") || "Nothing to change";
  }
  const counts = view.counts;
  const parts = [
    view.conflicts.length ? `${count(view.conflicts.length, "conflict")} to decide` : "",
    counts["new take"] ? count(counts["new take"], "new take") : "",
    counts["changed"] ? `${counts["changed"]} changed` : "",
    counts["missing"] ? `${counts["missing"]} missing` : "",
  ].filter(Boolean);
  return parts.join(" · ") || (view.base.exists ? "Both sides agree" : "Nothing to compare with yet");
}

/** A sentence of the bridge with the editor as “you”, who is the one reading it. */
export function toYou(text: string): string {
  const said = text
    .replace(/\b[Tt]he editor's cut has\b/g, "your timeline has")
    .replace(/\b[Tt]he editor's cut does\b/g, "yours does")
    .replace(/\b[Tt]he editor's cut\b/g, "your timeline")
    .replace(/\b[Tt]he editor's\b/g, "your")
    .replace(/\b[Tt]he editor shows\b/g, "you show")
    .replace(/\b[Tt]he editor has\b/g, "you have")
    .replace(/\b[Tt]he editor (made|deleted|added|replaced)\b/g, "you $1");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Hints name commands of the command line; here a button does it. */
export const ownHint = (hint: string): string =>
  toYou(
    hint
      .replace(/'?takebridge roundtrip --resume'?/g, "“Finish or undo”")
      .replace(/'?takebridge roundtrip --new-base'?/g, "“Make this cut the base”")
      .replace(/'?takebridge roundtrip --dry-run'?/g, "“Compare”"),
  );

export const NO_HOST = "Resolve isn't connected. In Resolve choose Workspace > Scripts > TakeBridge.";

/** What an editor's state means, in words. */
export function hostWords(host: HostFacts): string {
  const name = short(host.product);
  if (host.host !== "folder" && host.state === "busy") {
    return `${name} is busy (a dialog is open or it is rendering). Waiting; nothing is lost.`;
  }
  if (host.state === "silent") {
    return `${name} doesn't answer. Nothing is lost; it goes on as soon as it does. If it was closed, open it again.`;
  }
  return host.timeline ? `Connected, timeline “${host.timeline}”.` : host.words;
}

/** What became of a round trip of before, or of one that was stopped. */
export function tripWords(facts: TripFacts): string {
  const states: Readonly<Record<TripFacts["state"], string>> = {
    applying: "Not finished",
    undoing: "Being undone",
    done: "Done",
    rolled_back: "Undone: the timeline is as it was",
    left: "Left for you to look at",
  };
  const copy = facts.copy_name ? ` The safety copy “${facts.copy_name}” is there.` : "";
  const why = facts.reason && facts.state !== "done" ? ` ${facts.reason}` : "";
  return `${states[facts.state]}.${why}${copy}`;
}

/** `12 frames later`; nothing for 0. */
export function signedFrames(frames: number, later = "later", earlier = "earlier"): string {
  return frames === 0 ? "" : `${count(Math.abs(frames), "frame")} ${frames > 0 ? later : earlier}`;
}

/** How far a trip is. Never more than there is. */
export function progressWords(done: number, total: number, state: string): string {
  if (state === "undoing") return "Putting the timeline back as it was…";
  if (total === 0) return "Making the files and reading the timeline…";
  return done < total ? `Step ${done + 1} of ${total}` : "Reading the timeline back…";
}
