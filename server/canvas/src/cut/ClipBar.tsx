import { useMay, useView } from "../app/session";
import { showInGraph, showTakes } from "../app/slots";
import { GLYPHS } from "../canvas/words";
import { Button } from "../ui/Button";
import { attempt } from "../ui/toasts";
import type { CutItem, CutTrack, CutView } from "../wire/api.gen";
import { api } from "../wire/http";
import { useMatter } from "./Clip";
import css from "./CutView.module.css";
import { lengthWords, rateOf, timecode } from "./timecode";
import { kindWords, MATTERS, toYou, trackName } from "./words";

interface Props {
  readonly cut: CutView;
  readonly item: CutItem;
  readonly track: CutTrack;
  readonly disputed: ReadonlySet<string>;
  /** False for what is only remembered: nothing can be done to it. */
  readonly live: boolean;
  put(item: CutItem): void;
}

/** The selected clip: where it is, what it shows, what is the matter, what to do about it. */
export function ClipBar({ cut, item, track, disputed, live, put }: Props) {
  const mayEdit = useMay("editor");
  const takes = useView((view) => view.seen?.doc.takes);
  const matter = useMatter(item, track, disputed);
  const rate = rateOf(cut.rate);
  const name = item.kind === "gap" ? (item.link ? `Gap for ${item.link.shot}` : "Gap") : item.name;
  const seq = (id: string | null) => (id ? takes?.[id]?.seq : undefined);
  const inTimeline = seq(item.take);
  const pinned = seq(item.pinned);
  const park = () => {
    const body = { record_frame: item.record_start, timeline_id: cut.timeline_id };
    void attempt(() => api.POST("/api/hosts/playhead", { body }));
  };
  return (
    <section className={css.clipBar} aria-label="Selected clip">
      <div className={css.facts}>
        <strong>
          {trackName(track)} · {item.link && item.kind !== "gap" ? `${item.link.shot} · ${name}` : name}
        </strong>
        <span>
          {timecode(item.record_start, rate, cut.drop_frame)} – {timecode(item.record_end, rate, cut.drop_frame)} ·{" "}
          {lengthWords(item.record_end - item.record_start, rate)}
          {kindWords(item) && ` · ${kindWords(item)}`}
        </span>
        {item.link && item.kind !== "gap" && (
          <span>
            In timeline: {inTimeline ? `${GLYPHS["in_timeline"]} take ${inTimeline}` : "other media"} · Pinned:{" "}
            {pinned ? `${GLYPHS["pinned"]} take ${pinned}` : "none"}
          </span>
        )}
        {MATTERS[matter].word && (
          <span className={css.matter} style={{ "--tint": MATTERS[matter].tint } as React.CSSProperties}>
            <span aria-hidden>{MATTERS[matter].glyph}</span> {MATTERS[matter].word}
          </span>
        )}
        {!item.enabled && <span>Switched off</span>}
      </div>
      {(item.changes.length > 0 || item.problem) && (
        <p className={css.about}>
          {item.changes.length > 0 && <span>You: {item.changes.join(", ")}. </span>}
          {item.problem && (
            <span>
              {toYou(item.problem)} {toYou(item.hint)}
            </span>
          )}
        </p>
      )}
      <div className={css.acts}>
        {item.node && <Button onPress={() => item.node && showInGraph([item.node])}>Show on canvas</Button>}
        {item.node && (
          <Button onPress={() => item.node && showTakes(item.node, item.take ?? item.pinned ?? undefined)}>
            Show takes
          </Button>
        )}
        {live && item.link && item.pinned && (
          <Button isDisabled={!mayEdit} onPress={() => put(item)}>
            Put take {pinned ?? ""} on the timeline…
          </Button>
        )}
        {live && cut.host !== "folder" && (
          <Button look="quiet" isDisabled={!mayEdit} onPress={park}>
            Park the playhead here
          </Button>
        )}
        {!mayEdit && <span className={css.quiet}>Changing the timeline needs the role editor.</span>}
      </div>
    </section>
  );
}
