import { useMay } from "../app/session";
import { Button } from "../ui/Button";
import type { TripClip } from "../wire/api.gen";
import { useCut } from "./desk";
import { Picture } from "./Picture";
import { clipKey } from "./Planned";
import css from "./TripPanel.module.css";
import { type TripView, useTrip, useTripView } from "./trip";
import { count, toYou, tripWords } from "./words";

const MARKS: Readonly<Record<TripClip["state"], { glyph: string; tint: string; word: string }>> = {
  would: { glyph: "◌", tint: "var(--pending)", word: "Not applied" },
  verified: { glyph: "✓", tint: "var(--fresh)", word: "Verified" },
  unconfirmed: { glyph: "◔", tint: "var(--stale)", word: "Placed, not confirmed" },
  not_applied: { glyph: "✕", tint: "var(--failed)", word: "Not applied" },
};

/** How it ended, in a sentence and clip by clip. */
export function TripResult({ view }: { view: TripView }) {
  const reading = useCut((desk) => desk.cut?.reading ?? "");
  const open = useTripView((one) => one.open.length > 0);
  const trip = useTrip();
  const mayEdit = useMay("editor");
  const { result, facts, put } = view;
  const clips = result?.clips ?? facts?.clips ?? [];
  const copy = result?.trip?.copy_name || facts?.copy_name || "";
  return (
    <div className={css.body}>
      <p role="status">
        <strong>{endWords(view)}</strong>
      </p>
      {copy && !open && <p>The safety copy “{copy}” is in the project.</p>}
      {result?.settled.map((one) => (
        <p key={one.trip}>
          “{one.timeline}”: {tripWords(one)}
        </p>
      ))}
      {result?.answer && (
        <ol>
          <li>The merged cut: {result.answer}</li>
          <li>Import that file in your editor, and go on in the new timeline.</li>
          <li>Export it to the exchange folder again: it counts when it comes back.</li>
        </ol>
      )}
      {clips.length > 0 && (
        <table className={css.table} aria-label="What became of each clip">
          <thead>
            <tr>
              <th scope="col">Clip</th>
              <th scope="col">What was done</th>
              <th scope="col">How it ended</th>
              <th scope="col">It shows</th>
            </tr>
          </thead>
          <tbody>
            {clips.map((clip) => (
              <tr key={clipKey(clip)} data-ended={clip.state}>
                <td>
                  <strong>{clip.shot || clip.name}</strong>
                </td>
                <td>{clip.does.map(toYou).join(" ")}</td>
                <td>
                  <Ended mark={clip.state} words={clip.words} />
                </td>
                <td>
                  <Picture picture={clip.picture} label={clip.name} reading={reading} small />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {put && (
        <Button onPress={() => void trip.compare()} isDisabled={!mayEdit}>
          Decide what is left
        </Button>
      )}
      {put && put.length > 0 && (
        <ul>
          {put.map((one) => (
            <li key={one.link_id}>
              <strong>{one.shot}</strong>:{" "}
              <Ended
                mark={one.error ? "not_applied" : "verified"}
                words={one.error ? `Not applied: ${toYou(one.sentence)}` : "Verified"}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function Ended({ mark, words }: { mark: TripClip["state"]; words: string }) {
  const { glyph, tint, word } = MARKS[mark];
  return (
    <span className={css.mark} style={{ "--tint": tint } as React.CSSProperties}>
      <span aria-hidden>{glyph}</span> {words || word}
    </span>
  );
}

/** How it ended, in one sentence. */
function endWords({ result, facts, put }: TripView): string {
  if (put) {
    const good = put.filter((one) => !one.error).length;
    return `${count(good, "take")} went in. What is left waits for your decision.`;
  }
  if (facts) return tripWords(facts);
  if (!result) return "";
  if (result.answer && result.outcome === "applied") return "The merged cut is written. It counts when it comes back.";
  const known: Readonly<Partial<Record<typeof result.outcome, string>>> = {
    applied: `Done. “${result.timeline}” is the merged cut, read back clip by clip.`,
    nothing: "Both sides agree. Nothing on the timeline had to change.",
    undecided: `Nothing was changed: ${count(result.undecided.length, "conflict")} still to decide.`,
    waiting: "Takes are being made. The timeline was not touched; compare again when they are there.",
    base_kept: "This cut is the base now. What either side changes from here on is merged.",
    no_base: "This timeline has no base yet.",
  };
  return known[result.outcome] ?? toYou(result.sentence);
}
