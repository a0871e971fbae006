/**
 * Every key of the page in one registry: it feeds the listener, tooltips, the sheet of keys (?) and the palette (Ctrl+K).
 * A letter alone never edits the cut and never spends money. Letters can be switched off (WCAG 2.1.4).
 */
import { useEffect, useRef, useState } from "react";
import { create } from "zustand";
import { chordFor, isTyping, labelOf } from "./chords";

export interface Verb {
  /** Unique: `graph.duplicate`. */
  id: string;
  /** What people read: `Duplicate the selection`. */
  title: string;
  /** `Mod+D`, `Shift+A`, `Delete`; Mod is Ctrl, on a Mac Command. The first is shown. */
  keys?: readonly string[];
  /** A heading in the sheet of keys. */
  group: string;
  run(event?: KeyboardEvent): void;
  /** Left out of palette and keys while false. */
  enabled?: boolean;
  /** Why this person’s role may not do it, where that is all that keeps it; menus show it. */
  barred?: string;
  /** When its component came; kept when it is offered anew. */
  since?: number;
}

let components = 0;

interface Registry {
  verbs: ReadonlyMap<string, Verb>;
  letters: boolean;
}

export const useVerbRegistry = create<Registry>(() => ({
  verbs: new Map(),
  letters: localStorage.getItem("takebridge.letters") !== "off",
}));

export function setLetters(letters: boolean): void {
  localStorage.setItem("takebridge.letters", letters ? "on" : "off");
  useVerbRegistry.setState({ letters });
}

/** Offer verbs while the component is mounted. A verb of a later component with the same key wins. */
export function useVerbs(verbs: readonly Verb[]): void {
  const latest = useRef(verbs);
  latest.current = verbs;
  const [since] = useState(() => ++components);
  const shape = verbs
    .map((verb) => `${verb.id} ${verb.keys?.join()} ${verb.enabled !== false} ${verb.title}`)
    .join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the list; `run` is read when it is called.
  useEffect(() => {
    const offered = latest.current.map((verb) => ({
      ...verb,
      since,
      run: (event?: KeyboardEvent) => latest.current.find((one) => one.id === verb.id)?.run(event),
    }));
    const put = new Map(useVerbRegistry.getState().verbs);
    for (const verb of offered) {
      put.delete(verb.id);
      put.set(verb.id, verb);
    }
    useVerbRegistry.setState({ verbs: put });
    return () => {
      const left = new Map(useVerbRegistry.getState().verbs);
      for (const verb of offered) if (left.get(verb.id) === verb) left.delete(verb.id);
      useVerbRegistry.setState({ verbs: left });
    };
  }, [shape, since]);
}

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** The chord of an event on this machine; see `chordFor`. */
export const chordOf = (event: KeyboardEvent): string => chordFor(event, MAC);

/** A chord as this machine's keyboard shows it; see `labelOf`. */
export const keyLabel = (chord: string): string => labelOf(chord, MAC);

const DIALOG = "[role=dialog]:not([data-verbs]), [role=alertdialog]";
const TYPING =
  "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable=true]";

/** What a dialog lets through of keys that are not its own: the confirming one, and the palette. */
const OVER_DIALOGS = /^Mod\+(Enter|K)$/;

/** What a key does here, if anything: the verb offered last wins; nothing while somebody types or a dialog is open. */
export function verbFor(event: KeyboardEvent): Verb | undefined {
  const target = event.target instanceof Element ? event.target : null;
  const chord = chordOf(event);
  const bare = !chord.includes("Mod+") && !chord.includes("Alt+");
  if (isTyping(chord, MAC) && target?.closest(TYPING)) return undefined;
  // What lies behind a dialog is not touched from it.
  if (target?.closest(DIALOG) && !bare && !OVER_DIALOGS.test(chord)) return undefined;
  // Menus, list boxes and dialogs have keys of their own.
  if (target?.closest("[role=menu],[role=listbox],[role=dialog],[role=alertdialog]") && bare) {
    if (!target.closest("[data-verbs]")) return undefined;
  }
  const { verbs, letters } = useVerbRegistry.getState();
  if (!letters && bare && /^(Shift\+)?[A-Z0-9?,./]$/.test(chord)) return undefined;
  const offered = [...verbs.values()].filter((verb) => verb.enabled !== false && verb.keys?.includes(chord));
  return offered.reverse().sort((a, b) => (b.since ?? 0) - (a.since ?? 0))[0];
}

/** Listen while the page lives. */
export function listenToKeys(): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed =
      event.target instanceof Element ? event.target.closest("button, a, [role=button], [role=slider]") : null;
    // Space and Enter belong to the control with the focus.
    if (pressed && (event.key === " " || event.key === "Enter") && !event.ctrlKey && !event.metaKey) return;
    const verb = verbFor(event);
    if (verb) {
      event.preventDefault();
      verb.run(event);
    }
  };
  window.addEventListener("keydown", hear);
  return () => window.removeEventListener("keydown", hear);
}
