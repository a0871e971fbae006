import { memo, useMemo } from "react";
import { useView } from "../app/session";
import type { CutView } from "../wire/api.gen";
import css from "./CutView.module.css";
import { MATTERS, type Matter, matterOf } from "./words";

/** What the glyphs on this timeline mean; only those that are there. */
export const Legend = memo(function Legend({ cut, disputed }: { cut: CutView; disputed: ReadonlySet<string> }) {
  const states = useView((view) => view.seen?.states);
  const found = useMemo(() => {
    const counts = new Map<Matter, number>();
    for (const track of cut.tracks) {
      for (const item of track.clips) {
        const status = item.node ? states?.[item.node]?.status : undefined;
        const matter = matterOf(item, track.kind, status, item.link !== null && disputed.has(item.link.id));
        if (matter !== "none" && matter !== "gap") counts.set(matter, (counts.get(matter) ?? 0) + 1);
      }
    }
    return (Object.keys(MATTERS) as Matter[]).flatMap((matter) => {
      const many = counts.get(matter);
      return many ? [{ matter, many, ...MATTERS[matter] }] : [];
    });
  }, [cut, states, disputed]);
  if (found.length === 0) return null;
  return (
    <ul className={css.legend} aria-label="States on this timeline">
      {found.map((one) => (
        <li key={one.matter} style={{ color: one.tint }}>
          <span className={css.glyph} aria-hidden>
            {one.glyph}
          </span>{" "}
          {one.word} · {one.many}
        </li>
      ))}
    </ul>
  );
});
