import { useState } from "react";
import { COLUMNS, type Column, HIDDEN_AT_FIRST } from "./shotTable";

const KEY = "takebridge.shots.columns";

/** Columns of an earlier visit; those that are not there any more are passed over, fixed ones always shown. */
export function readColumns(kept: string | null): readonly Column[] {
  const all = COLUMNS.map((one) => one.id);
  let hidden: readonly unknown[] = HIDDEN_AT_FIRST;
  try {
    const said: unknown = JSON.parse(kept ?? "null");
    if (Array.isArray(said)) hidden = said;
  } catch {
    // What is kept was spoilt: as at first.
  }
  return all.filter((id) => COLUMNS.some((one) => one.id === id && "fixed" in one) || !hidden.includes(id));
}

/** Which columns are shown, kept in this browser. */
export function useColumns(): { shown: readonly Column[]; show(column: Column, is: boolean): void } {
  const [shown, setShown] = useState(() => readColumns(localStorage.getItem(KEY)));
  const show = (column: Column, is: boolean) => {
    const hidden = COLUMNS.map((one) => one.id).filter((id) => (id === column ? !is : !shown.includes(id)));
    localStorage.setItem(KEY, JSON.stringify(hidden));
    setShown(readColumns(JSON.stringify(hidden)));
  };
  return { shown, show };
}
