import { create } from "zustand";

/** What somebody is typing and has not saved: the words, and what stood there when they began. */
export interface Draft {
  readonly text: string;
  readonly base: string;
}

/** A field as it stands: its words, whether they are a draft, and what somebody else saved under it meanwhile. */
export interface Standing {
  text: string;
  dirty: boolean;
  theirs: string | null;
}

/** The draft after typing; none when the words are those that are saved. */
export function typed(draft: Draft | undefined, text: string, saved: string): Draft | undefined {
  return text === saved ? undefined : { text, base: draft?.base ?? saved };
}

export function standing(draft: Draft | undefined, saved: string): Standing {
  if (!draft || draft.text === saved) return { text: saved, dirty: false, theirs: null };
  return { text: draft.text, dirty: true, theirs: draft.base === saved ? null : saved };
}

const KEY = "takebridge.drafts";

function kept(): Record<string, Draft> {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Record<string, Draft>;
  } catch {
    return {};
  }
}

/** Drafts by field. They outlive the field: choosing another node, or a reload, loses nothing. */
export const useDrafts = create<{ drafts: Readonly<Record<string, Draft>> }>(() => ({ drafts: kept() }));

export function setDraft(field: string, draft: Draft | undefined): void {
  const { [field]: _, ...rest } = useDrafts.getState().drafts;
  const drafts = draft ? { ...rest, [field]: draft } : rest;
  useDrafts.setState({ drafts });
  try {
    sessionStorage.setItem(KEY, JSON.stringify(drafts));
  } catch {
    // A full storage only means that a reload would lose the draft.
  }
}
