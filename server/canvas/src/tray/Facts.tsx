import { memo, useMemo } from "react";
import { useView } from "../app/session";
import { open } from "../app/slots";
import type { Take } from "../canvas/model";
import type { Titles } from "../canvas/modelTitles";
import { ago, moment, money } from "../canvas/words";
import { Button } from "../ui/Button";
import { State } from "../ui/State";
import { differences, wordDiff } from "./differ";
import { durationWords, type Entry, modelWords } from "./entries";
import css from "./Facts.module.css";
import { ownPrompt, promptSources, useTexts } from "./texts";

interface Props {
  entry: Entry;
  /** What it is compared with: A, or the pinned take. */
  other: Entry | undefined;
  titles: Titles;
  /** With place for the prompt. */
  whole?: boolean;
}

/** Where a take comes from, in one line, and what differs from another. */
export const Facts = memo(function Facts({ entry, other, titles, whole = false }: Props) {
  const prompt = usePrompt(entry.take);
  const otherPrompt = usePrompt(other?.take);
  const { take } = entry;
  const compared = other && other.id !== entry.id && other.node === entry.node ? other : undefined;
  const differing = useMemo(
    () => (compared ? differences(askedFor(compared, titles), askedFor(entry, titles)) : []),
    [compared, entry, titles],
  );
  const words = compared && prompt !== null && otherPrompt !== null ? wordDiff(otherPrompt, prompt) : [];
  const changed = words.filter((piece) => piece.kind !== "same");
  const line = [
    whole && entry.title,
    entry.model ? modelWords(entry.model, titles) : "Brought in",
    durationWords(take),
    take.seed_used === null ? "" : `seed ${take.seed_used}`,
    take.origin === "generated" && (entry.micros === 0 ? "free" : money(entry.micros, take.currency)),
    take.author && `by ${take.author}`,
    ago(take.created_at),
  ].filter(Boolean);
  return (
    <section className={`${css.facts} ${whole ? css.whole : ""}`} aria-label="Where it comes from">
      <p className={css.line} title={moment(take.created_at)}>
        <b>take {take.seq}</b> · {line.join(" · ")}
        {take.previz && <State mark="previz" />}
        {entry.outdated && <State mark="stale" />}
      </p>
      {compared && (
        <p className={css.differs}>
          <span className={css.quiet}>What differs from take {compared.take.seq}: </span>
          {differing.length === 0 && changed.length === 0 && "nothing that was asked for"}
          {differing.map((one, index) => (
            <span key={one.name}>
              {index > 0 && " · "}
              {one.name} {one.a || "none"} → {one.b || "none"}
            </span>
          ))}
          {changed.length > 0 && (
            <span>
              {differing.length > 0 && " · "}
              prompt{" "}
              {changed.slice(0, 4).map((piece, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place.
                <span key={index}>
                  {piece.kind === "gone" ? "−" : "+"}“{piece.text.trim().slice(0, 60)}”{" "}
                </span>
              ))}
            </span>
          )}
        </p>
      )}
      {whole && prompt && <p className={css.prompt}>{prompt}</p>}
      {whole && take.notes.length > 0 && (
        <ul className={css.notes}>
          {take.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {whole && entry.outdated && (
        <Button look="quiet" onPress={() => open({ kind: "why", node: entry.node })}>
          Why is it out of date?
        </Button>
      )}
    </section>
  );
});

/** Everything that was asked for in words, the node's own first; null until it is there. */
export function usePrompt(take: Take | undefined): string | null {
  const takes = useView((view) => view.seen?.doc.takes);
  const sources = useMemo(() => (takes && take ? promptSources(takes, take) : []), [takes, take]);
  const texts = useTexts(sources);
  if (!take || !texts) return null;
  return [ownPrompt(take), ...texts].filter((one) => one.trim() !== "").join("\n\n");
}

/** What was asked for, as words to compare. */
function askedFor(entry: Entry, titles: Titles): Readonly<Record<string, string>> {
  const { take } = entry;
  const params = Object.entries(take.recipe?.params ?? {}).filter(
    ([name]) => !["prompt", "avoid", "text", "seed"].includes(name),
  );
  const inputs = (take.recipe?.inputs ?? []).map((input): [string, string] => [
    `${input.port} ${input.rank + 1}`,
    input.content.slice(3, 9),
  ]);
  return {
    model: entry.model && modelWords(entry.model, titles),
    length: durationWords(take),
    seed: take.seed_used === null ? "" : String(take.seed_used),
    price: take.origin === "generated" ? money(entry.micros, take.currency) : "",
    ...Object.fromEntries(params.map(([name, value]) => [name.replaceAll("_", " "), String(value)])),
    ...Object.fromEntries(inputs),
  };
}
