import type { ModelProfile } from "../../wire/api.gen";
import { shown } from "../fields/specs";

/** Legal lengths in words: `4, 6 or 8 s`, `3 to 15 s`; empty where nothing is said. */
export function lengthsOf(profile: ModelProfile): string {
  const listed = profile.durations_ms.map((ms) => String(ms / 1000));
  if (listed.length === 1) return `${listed[0]} s`;
  if (listed.length > 1) return `${listed.slice(0, -1).join(", ")} or ${listed.at(-1)} s`;
  if (!profile.duration_ms) return "";
  const [low, high] = profile.duration_ms;
  const step =
    profile.duration_step_ms && profile.duration_step_ms !== 1000
      ? ` in steps of ${profile.duration_step_ms / 1000} s`
      : "";
  return low === high ? `${low / 1000} s` : `${low / 1000} to ${high / 1000} s${step}`;
}

/** How long a take takes, in words: `30 s – 2 min`; empty where nobody has measured. */
export function timeOf(low: number | null, high: number | null): string {
  if (low === null && high === null) return "";
  const from = low ?? high ?? 0;
  const to = high ?? low ?? 0;
  return from === to ? clock(to) : `${clock(from)} – ${clock(to)}`;
}

const clock = (seconds: number): string =>
  seconds < 90
    ? `${seconds} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;

const ROLES: Readonly<Record<string, string>> = {
  start_frame: "first frame",
  end_frame: "last frame",
  reference_image: "references",
  source_image: "picture",
  source_video: "clip",
  voice_sample: "voice sample",
  audio: "sound",
  mask: "mask",
};

const SOUND = { none: "none", optional: "if asked for", always: "always" } as const;

export interface Fact {
  name: string;
  words: string;
}

/** What a model takes and makes, as rows to compare. `unknown` is said; what does not concern its kind is left out. */
export function factsOf(profile: ModelProfile): Fact[] {
  const facts: Fact[] = [
    { name: "Lengths", words: lengthsOf(profile) },
    { name: "Takes", words: inputsOf(profile) },
    ...["resolution", "aspect", "rate"].map((name) => ({ name: title(name), words: choicesOf(profile, name) })),
  ];
  if (profile.outputs.includes("video")) facts.push({ name: "Sound", words: SOUND[profile.sound] });
  if (profile.max_prompt !== null) facts.push({ name: "Longest prompt", words: `${profile.max_prompt} characters` });
  facts.push({ name: "Seed", words: profile.seed ? seedWords(profile.seed_effect) : "not taken" });
  if (profile.inputs.some((slot) => slot.role === "source_video")) {
    facts.push({ name: "Length and motion", words: profile.keeps_length ? "kept" : "not promised to be kept" });
  }
  return facts.filter((fact) => fact.words !== "");
}

const title = (name: string): string =>
  ({ resolution: "Resolutions", aspect: "Shapes", rate: "Frame rates" })[name] ?? name;

const seedWords = (effect: ModelProfile["seed_effect"]): string =>
  effect === "strong"
    ? "taken; the same seed makes the same take"
    : effect === "weak"
      ? "taken; results still differ"
      : "taken";

function inputsOf(profile: ModelProfile): string {
  const named = profile.inputs.flatMap((slot) => {
    const role = ROLES[slot.role];
    if (!role) return [];
    const count = slot.maximum > 1 ? `up to ${slot.maximum} ` : "";
    const length = slot.max_ms ? ` of at most ${slot.max_ms / 1000} s` : "";
    return [`${count}${role}${length}${slot.minimum > 0 ? " (needed)" : ""}`];
  });
  return named.join(", ") || "words only";
}

function choicesOf(profile: ModelProfile, name: string): string {
  const found = profile.choices[name]?.filter((one) => one !== "auto" && one !== "");
  return found?.map((one) => shown(name, one)).join(", ") ?? "";
}

const KNOWN: Readonly<Record<string, string>> = {
  yes: "yes",
  no: "no",
  plan: "depends on the plan",
  unknown: "unknown",
  user: "you",
  provider: "the provider",
  opt_out: "unless you opt out",
  none: "none",
  always: "always",
  optional: "optional",
};

/** What may be done with its takes, as rows; the terms decide, these are notes about them. */
export function rightsOf(profile: ModelProfile): Fact[] {
  const { rights } = profile;
  const say = (value: string) => KNOWN[value] ?? value;
  return [
    { name: "Commercial use", words: say(rights.commercial_use) },
    { name: "Owner of the takes", words: say(rights.output_owner) },
    { name: "Trains on what you send", words: say(rights.training) },
    { name: "Visible watermark", words: say(rights.visible_watermark) },
    { name: "Hidden marks", words: `SynthID ${say(rights.synthid)}, C2PA ${say(rights.c2pa)}` },
    ...(rights.voice_consent ? [{ name: "Voices", words: "only with their owner's consent" }] : []),
    ...(rights.people ? [{ name: "People", words: rights.people }] : []),
    ...(profile.licence ? [{ name: "Licence", words: profile.licence }] : []),
    ...(rights.terms ? [{ name: "Terms", words: rights.terms }] : []),
    ...(profile.safety ? [{ name: "Refuses", words: profile.safety }] : []),
  ];
}
