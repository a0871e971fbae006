import { type ReactNode, useState } from "react";
import css from "./inspector.module.css";

interface Props {
  title: string;
  /** A few words beside the title, read also while it is shut. */
  aside?: ReactNode;
  children: ReactNode;
  shut?: boolean;
}

const KEY = "takebridge.inspector.";

/** A part of the column that folds; how it was left is remembered. */
export function Section({ title, aside, children, shut = false }: Props) {
  const [open, setOpen] = useState(() => (localStorage.getItem(KEY + title) ?? (shut ? "shut" : "open")) === "open");
  return (
    <details
      className={css.section}
      open={open}
      onToggle={(event) => {
        const is = event.currentTarget.open;
        setOpen(is);
        localStorage.setItem(KEY + title, is ? "open" : "shut");
      }}
    >
      <summary>
        <h3>{title}</h3>
        {aside && <span className={css.aside}>{aside}</span>}
      </summary>
      {open && <div className={css.inside}>{children}</div>}
    </details>
  );
}
