import { useView } from "../app/session";
import { Button } from "../ui/Button";
import type { Decision } from "../wire/api.gen";
import { options, type Pick, TITLES } from "./choices";
import css from "./DecisionCard.module.css";
import { Picture } from "./Picture";
import { Radios } from "./Radios";
import { lengthWords, type Rate, timecode } from "./timecode";
import { count, MATTERS, toYou } from "./words";

type Side = NonNullable<Decision["editor"]>;

interface Props {
  readonly decision: Decision;
  readonly pick: Pick | undefined;
  readonly reading: string;
  readonly rate: Rate;
  readonly drop: boolean;
  readonly mayEdit: boolean;
  /** Other conflicts of its kind that could be decided the same way. */
  readonly alike: readonly string[];
  onPick(pick: Pick): void;
  /** Decide those too. */
  onPickAll(): void;
  onShow(): void;
}

/** A conflict: what you did, what the canvas did, in that order; a picture of each side, and the ways to decide it. */
export function DecisionCard(props: Props) {
  const { decision, pick, mayEdit, alike, onPick, onPickAll, onShow } = props;
  const title =
    decision.shot && decision.shot !== decision.name ? `${decision.shot} · ${decision.name}` : decision.name;
  return (
    <article className={css.card} aria-label={`Conflict: ${title}`} data-decision={decision.id}>
      <header className={css.head}>
        <h3>
          <span aria-hidden>{MATTERS.conflict.glyph} </span>
          {title} · Conflict
        </h3>
        {decision.node && (
          <button type="button" className={css.link} onClick={onShow}>
            Show on canvas
          </button>
        )}
      </header>
      <p>{toYou(decision.text)}</p>
      <div className={css.parts}>
        <div className={css.sides}>
          <SideView name="Base" side={decision.base} gone="Not there" {...props} />
          <SideView name="Your timeline" side={decision.editor} gone="Deleted in the editor" {...props} />
          <SideView name="Canvas" side={decision.canvas} gone="Taken off the canvas" {...props} />
        </div>
        <div className={css.decide}>
          <Radios
            label={`What shall the cut show of ${title}?`}
            value={pick ?? null}
            choices={options(decision).map((one) => ({ ...one, words: toYou(one.words) }))}
            isDisabled={!mayEdit}
            onChange={onPick}
          />
          {pick && alike.length > 0 && (
            <Button isDisabled={!mayEdit} onPress={onPickAll}>
              “{TITLES[pick]}” for {count(alike.length, "other")} like this
            </Button>
          )}
        </div>
      </div>
    </article>
  );
}

function SideView({
  decision,
  name,
  side,
  gone,
  reading,
  rate,
  drop,
}: Props & { name: string; side: Side | null; gone: string }) {
  const takes = useView((view) => view.seen?.doc.takes);
  const take = side?.take ? takes?.[side.take] : undefined;
  const before = decision.base?.take ? takes?.[decision.base.take] : undefined;
  const named = (words: string) => {
    // The editor calls a take by its file; people know it by its number.
    const plain = before && decision.base?.media ? words.replaceAll(decision.base.media, `take ${before.seq}`) : words;
    return plain.replace(/(?:the take )?(take_[0-9a-f]+)/g, (all, id: string) => {
      const found = takes?.[id];
      return found ? `take ${found.seq}` : all;
    });
  };
  return (
    <figure className={css.side} aria-label={name}>
      <figcaption>
        <strong>{name}</strong>
        {take && <span> · take {take.seq}</span>}
      </figcaption>
      <Picture
        picture={side?.picture ?? null}
        why={side ? side.no_picture : gone}
        label={`${name}: ${side?.name ?? gone}`}
        reading={reading}
      />
      {side && (
        <span className={css.place}>
          {timecode(side.record_start, rate, drop)} · {lengthWords(side.record_end - side.record_start, rate)}
        </span>
      )}
      {side && side.did.length > 0 && (
        <ul className={css.did}>
          {side.did.map((one, index) => (
            <li key={one}>{didWords(toYou(named(one)), side.frames[index] ?? 0)}</li>
          ))}
        </ul>
      )}
    </figure>
  );
}

/** The number is said where the sentence does not say it already. */
export function didWords(words: string, frames: number): string {
  if (!frames || words.includes(String(Math.abs(frames)))) return words;
  return `${words} (${count(Math.abs(frames), "frame")} ${frames > 0 ? "longer or later" : "shorter or earlier"})`;
}
