import css from "./Bar.module.css";

interface Part {
  /** 0 to 1 of the whole. */
  share: number;
  /** Plain is done or spent; held is set aside. */
  look: "plain" | "held" | "near" | "over";
}

/** A quiet bar, six pixels high. Its words are beside it; `label` is read aloud. */
export function Bar({ parts, label, value }: { parts: readonly Part[]; label: string; value?: number | undefined }) {
  const all = parts.reduce((sum, part) => sum + Math.max(0, part.share), 0);
  const scale = all > 1 ? 1 / all : 1;
  return (
    <span
      className={css.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100)}
    >
      {parts.map((part) => (
        <span
          key={part.look}
          className={`${css.part} ${css[part.look]}`}
          style={{ width: `${Math.max(0, part.share) * scale * 100}%` }}
        />
      ))}
    </span>
  );
}
