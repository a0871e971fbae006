import { create } from "zustand";

const KEY = "takebridge.put-away";
const MOST = 200;

function kept(): ReadonlySet<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}

/** Failures this person does not want to see any more, in this browser. */
export const usePutAway = create<{ jobs: ReadonlySet<string> }>(() => ({ jobs: kept() }));

export function putAway(jobs: readonly string[]): void {
  const all = [...usePutAway.getState().jobs, ...jobs].slice(-MOST);
  localStorage.setItem(KEY, JSON.stringify(all));
  usePutAway.setState({ jobs: new Set(all) });
}
