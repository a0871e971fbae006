import type { CSSProperties } from "react";
import { GLYPHS, type Mark, WORDS } from "../canvas/words";
import css from "./State.module.css";

/** A state or badge: colour, glyph and word, never colour alone. `word` replaces the usual one. */
export function State({ mark, word }: { mark: Mark; word?: string | undefined }) {
  return (
    <span className={css.badge} style={tint(mark)} data-mark={mark}>
      <span className={css.glyph} aria-hidden>
        {GLYPHS[mark]}
      </span>
      {word ?? WORDS[mark]}
    </span>
  );
}

/** The glyph alone; its word is read aloud. */
export function Glyph({ mark, word }: { mark: Mark; word?: string | undefined }) {
  return (
    <span className={css.badge} style={tint(mark)} role="img" aria-label={word ?? WORDS[mark]}>
      <span className={css.glyph} aria-hidden>
        {GLYPHS[mark]}
      </span>
    </span>
  );
}

const NEUTRAL = new Set<Mark>(["pinned", "in_timeline"]);

/** Sets `--tint` to a mark's colour; pin and "in timeline" are facts, not health, and stay text-coloured. */
export function tint(mark: Mark): CSSProperties {
  const colour = NEUTRAL.has(mark) ? "var(--text)" : `var(--${mark.replaceAll("_", "-")})`;
  return { "--tint": colour } as CSSProperties;
}
