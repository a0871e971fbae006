import { useView } from "../app/session";
import type { CutView, RoundTrip } from "../wire/api.gen";
import css from "./CutView.module.css";
import { rateOf } from "./timecode";
import { sides, tally } from "./words";

/** What is looked at, what it is compared with, and how far they are apart. */
export function Header({ cut, plan }: { cut: CutView; plan: RoundTrip | null }) {
  const rev = useView((view) => view.seen?.rev ?? 0);
  const rate = rateOf(cut.rate);
  const drop = cut.drop_frame && rate.den === 1001 && rate.counted % 30 === 0;
  return (
    <header className={css.head}>
      <h2>Cut: {cut.timeline}</h2>
      <span className={css.sides}>{sides(cut, rev)}</span>
      <span className={css.format}>
        {cut.width} × {cut.height} · {(rate.num / rate.den).toFixed(3).replace(/\.?0+$/, "")} fps
        {drop ? " drop-frame" : ""}
      </span>
      <strong className={css.tally} role="status">
        {tally(cut, plan)}
      </strong>
    </header>
  );
}
