import type { RoundTrip, TripClip } from "../wire/api.gen";
import { useCut } from "./desk";
import { Picture } from "./Picture";
import css from "./TripPanel.module.css";
import { lengthWords, type Rate, timecode } from "./timecode";
import { toYou } from "./words";

interface Props {
  readonly plan: RoundTrip;
  readonly reading: string;
  readonly rate: Rate;
  readonly drop: boolean;
}

/** What would be done clip by clip: what you did, what the canvas did, in that order, in frames. */
export function Planned({ plan, reading, rate, drop }: Props) {
  const yours = useYourChanges();
  const notes = plan.notes.map(toYou);
  const dropped = plan.removed.filter((one) => !plan.decisions.some((decision) => decision.name === one.name));
  if (plan.clips.length === 0 && plan.decisions.length === 0) {
    return (
      <p>
        Nothing on the timeline has to change. {plan.outcome === "nothing" ? "Both sides agree." : ""}
        {notes.join(" ")}
      </p>
    );
  }
  return (
    <>
      {plan.clips.length > 0 && (
        <table className={css.table} aria-label="Changes">
          <thead>
            <tr>
              <th scope="col">Clip</th>
              <th scope="col">You did</th>
              <th scope="col">The canvas did</th>
              <th scope="col">It shows then</th>
            </tr>
          </thead>
          <tbody>
            {plan.clips.map((clip) => (
              <tr key={clipKey(clip)}>
                <td>
                  <strong>{clip.shot || clip.name}</strong>
                  <span className={css.sub}>
                    {clip.record_start === null || clip.record_end === null
                      ? "Taken off the timeline"
                      : `${timecode(clip.record_start, rate, drop)} · ${lengthWords(clip.record_end - clip.record_start, rate)}`}
                  </span>
                </td>
                <td>{yours(clip)}</td>
                <td>{clip.does.map(toYou).join(" ")}</td>
                <td>
                  <Picture picture={clip.picture} label={`${clip.name} afterwards`} reading={reading} small />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {dropped.map((one) => (
        <p key={`${one.name} ${one.by}`}>
          <strong>{one.name}</strong>: {toYou(one.text)}
        </p>
      ))}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </>
  );
}

export const clipKey = (clip: TripClip): string =>
  `${clip.clip} ${clip.link_id ?? ""} ${clip.name} ${clip.record_start ?? ""} ${clip.does.join(" ")}`;

/** What the open timeline tells about a clip since the base. */
function useYourChanges(): (clip: TripClip) => string {
  const tracks = useCut((desk) => desk.cut?.tracks);
  return (clip) => {
    if (!clip.clip) return "It is not in your timeline";
    const item = tracks?.flatMap((track) => track.clips).find((one) => one.key === clip.clip);
    return item?.changes.length ? item.changes.join(", ") : "Left it as it was";
  };
}
