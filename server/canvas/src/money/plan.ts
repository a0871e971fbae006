/** What is worked out from a plan for the dialog: what changed, what stops it, what leaves this machine. */
import type { Doc, Kinds } from "../canvas/model";
import { money, moneyRange } from "../canvas/words";
import type { Binding, Cap, Plan, Skipped, Step } from "../wire/api.gen";
import { count, SCOPE_BUDGET } from "./words";

export const stepsOf = (plan: Plan): readonly Step[] => plan.groups.flat();

/** Whether every step is certainly free. */
export const isFree = (plan: Plan): boolean => stepsOf(plan).every((step) => step.free);

/** Whether every step is free and runs on this computer. */
export const isLocal = (plan: Plan): boolean => stepsOf(plan).every((step) => step.free && step.local);

/** The most it may cost in its one currency, without what nobody knows; null when it is paid in two. */
export function ceiling(plan: Plan): { micros: number; currency: string } | null {
  const paid = [...new Set(stepsOf(plan).flatMap((step) => (step.free ? [] : [step.currency])))];
  if (paid.length > 1) return null;
  const currency = paid[0] ?? "USD";
  const sum = plan.whole.find((one) => one.currency === currency);
  return { micros: sum?.high_micros ?? 0, currency };
}

/** `$0.10 – $0.20`, `free`, `price unknown` of one step. */
export function priceOf(step: Step): string {
  if (step.free) return "free";
  if (step.low_micros === null && step.high_micros === null) return "price unknown";
  return moneyRange(step.low_micros, step.high_micros, step.currency);
}

/** What is another than before, in words; empty when nothing that was agreed to is. */
export function changes(before: Plan, after: Plan): readonly string[] {
  if (before.digest === after.digest) return [];
  const old = new Map(stepsOf(before).map((step) => [step.node, step]));
  const now = new Map(stepsOf(after).map((step) => [step.node, step]));
  const said: string[] = [];
  for (const step of now.values()) {
    const was = old.get(step.node);
    if (!was) said.push(`“${step.title}” runs as well now, ${priceOf(step)}`);
    else if (was.model !== step.model) said.push(`“${step.title}” is made by ${step.model} instead of ${was.model}`);
    else if (priceOf(was) !== priceOf(step))
      said.push(`“${step.title}” costs ${priceOf(step)} instead of ${priceOf(was)}`);
    else if (was.expected_fp !== step.expected_fp) said.push(`“${step.title}” asks for something else now`);
    else if (was.group !== step.group) said.push(`“${step.title}” has another place in the order`);
  }
  for (const step of old.values()) if (!now.has(step.node)) said.push(`“${step.title}” does not run any more`);
  return said.length ? said : ["Something it depends on was edited"];
}

export interface Group {
  readonly reason: Skipped["reason"];
  readonly title: string;
  readonly items: readonly Skipped[];
}

const REASONS: readonly [Skipped["reason"], string][] = [
  ["blocked", "waiting for input"],
  ["no_provider", "without a model that can make it"],
  ["locked", "locked"],
  ["accepted", "kept as is"],
  ["fresh", "up to date"],
  ["manual", "made by hand"],
  ["constant", "brought in, nothing to make"],
];

/** What is left out, by reason, what a person can do something about first. */
export function skippedGroups(skipped: readonly Skipped[]): readonly Group[] {
  return REASONS.flatMap(([reason, title]) => {
    const items = skipped.filter((one) => one.reason === reason);
    return items.length ? [{ reason, title: `${items.length} ${title}`, items }] : [];
  });
}

export interface Stop {
  /** On the button, instead of "Generate". */
  readonly title: string;
  /** The bridge's own words. */
  readonly words: string;
}

/** The caps that would refuse a part of it. One that only asks for a maximum for unknown prices stops nothing. */
export function stops(plan: Plan, caps: readonly Cap[]): readonly Stop[] {
  return plan.bindings.flatMap((binding) => {
    const stop = stopOf(plan, binding, caps);
    return stop ? [stop] : [];
  });
}

function stopOf(plan: Plan, binding: Binding, caps: readonly Cap[]): Stop | null {
  const { scope, currency, left_micros: left, words } = binding;
  const budget = SCOPE_BUDGET[scope] ?? "a budget";
  const sum = plan.whole.find((one) => one.currency === currency);
  if (left === null) {
    const own = caps.some((cap) => cap.scope === scope && cap.currency === currency);
    const other = caps.some((cap) => cap.scope === scope);
    return !own && other ? { title: `No ${currency} in ${budget}`, words } : null;
  }
  if (scope === "job") {
    const dear = stepsOf(plan).find((step) => step.currency === currency && (step.high_micros ?? 0) > left);
    return dear ? { title: `“${dear.title}” is over ${budget}`, words } : null;
  }
  const over = (sum?.high_micros ?? 0) - left;
  return over > 0 ? { title: `Over ${budget} by ${money(over, currency)}`, words } : null;
}

export interface Upload {
  readonly provider: string;
  readonly model: string;
  /** `2 clips, 3 stills`, or `words only`. */
  readonly what: string;
}

const MEDIA: readonly [string, string][] = [
  ["video", "clip"],
  ["image", "still"],
  ["audio", "sound"],
];

/** What leaves this computer, by provider: what is wired to the steps that run elsewhere. */
export function uploads(plan: Plan, doc: Doc, kinds: Kinds): readonly Upload[] {
  const away = new Map<string, { model: string; sources: Map<string, string> }>();
  for (const step of stepsOf(plan)) {
    if (step.local) continue;
    const provider = step.model.split("/")[0] ?? step.model;
    const found = away.get(provider) ?? { model: step.model, sources: new Map() };
    for (const wire of Object.values(doc.wires)) {
      if (wire.dst_node !== step.node) continue;
      const source = doc.nodes[wire.src_node];
      const port = source && kinds[source.kind]?.outputs.find((one) => one.name === wire.src_port);
      found.sources.set(`${wire.src_node} ${wire.src_port}`, port?.types[0] ?? "");
    }
    away.set(provider, found);
  }
  return [...away].map(([provider, { model, sources }]) => ({
    provider,
    model,
    what: whatGoes([...sources.values()]),
  }));
}

function whatGoes(types: readonly string[]): string {
  const said = MEDIA.flatMap(([type, word]) => {
    const number = types.filter((one) => one === type).length;
    return number ? [count(number, word)] : [];
  });
  return said.join(", ") || "words only";
}
