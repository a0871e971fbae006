import { useMemo } from "react";
import { wordDiff } from "./diff";
import css from "./why.module.css";

/** Two texts as one, what went struck through and what came underlined; said aloud too. */
export function Words({ before, after }: { before: string; after: string }) {
  const parts = useMemo(() => wordDiff(before, after), [before, after]);
  if (parts.length === 0) return <span className={css.nothing}>empty</span>;
  return (
    <span className={css.diff}>
      {parts.map((part, index) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no other name, and are made anew together.
        if (part.kind === "same") return <span key={index}>{part.text}</span>;
        const Mark = part.kind === "added" ? "ins" : "del";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <Mark key={index}>
            <span className="visually-hidden">{part.kind === "added" ? "[added: " : "[removed: "}</span>
            {part.text}
            <span className="visually-hidden">]</span>
          </Mark>
        );
      })}
    </span>
  );
}
