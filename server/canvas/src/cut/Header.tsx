import { useMay, useView } from "../app/session";
import { Button } from "../ui/Button";
import type { CutView, RoundTrip } from "../wire/api.gen";
import css from "./CutView.module.css";
import { rateOf } from "./timecode";
import { sides, tally } from "./words";

/** What is looked at, what it is compared with, and how far they are apart. */
export function Header({ cut, plan, decide }: { cut: CutView; plan: RoundTrip | null; decide(): void }) {
  const mayEdit = useMay("editor");
  const title = useView((view) => view.seen?.doc.title ?? "");
  const rate = rateOf(cut.rate);
  const drop = cut.drop_frame && rate.den === 1001 && rate.counted % 30 === 0;
  return (
    <header className={css.head}>
      <h2>Cut: {cut.timeline}</h2>
      <span className={css.sides}>{sides(cut, title)}</span>
      <span className={css.format}>
        {cut.width} × {cut.height} · {(rate.num / rate.den).toFixed(3).replace(/\.?0+$/, "")} fps
        {drop ? " drop-frame" : ""}
      </span>
      <strong className={css.tally} role="status">
        {tally(cut, plan)}
      </strong>
      {!plan && cut.conflicts.length > 0 && (
        <Button isDisabled={!mayEdit} onPress={decide}>
          Decide…
        </Button>
      )}
    </header>
  );
}
