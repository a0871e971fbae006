import { useId } from "react";
import css from "./MoneyView.module.css";

/** A day, by the browser's own calendar. */
export function DateField({ label, value, onChange }: { label: string; value: string; onChange(day: string): void }) {
  const id = useId();
  return (
    <div className={css.date}>
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
