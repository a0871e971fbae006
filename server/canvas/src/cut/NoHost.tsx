import { useMemo, useState } from "react";
import { useView } from "../app/session";
import { Button } from "../ui/Button";
import type { ClipLink, CutItem, CutLayers, CutTrack, CutView } from "../wire/api.gen";
import type { Problem } from "../wire/problem";
import css from "./CutView.module.css";
import { useCutDesk } from "./desk";
import { NOTHING } from "./layers";
import { remembered } from "./linked";
import { Still } from "./Still";
import type { Lane } from "./Timeline";
import { useTripView } from "./trip";
import { lanesOf } from "./useLanes";
import { clock, count, NO_HOST, ownHint, short, stacked, trackName } from "./words";

const WAYS: readonly { editor: string; steps: readonly string[] }[] = [
  {
    editor: "DaVinci Resolve",
    steps: ["Once: takebridge install resolve", "In Resolve choose Workspace > Scripts > TakeBridge."],
  },
  {
    editor: "Premiere",
    steps: [
      "Once: takebridge install premiere, then quit Premiere and start it again",
      "Window > UXP Plugins > TakeBridge, and type the code that “takebridge pair” says.",
    ],
  },
  {
    editor: "Final Cut",
    steps: ["Start the bridge with takebridge serve --final-cut FOLDER", "Export FCPXML into that folder."],
  },
  {
    editor: "Any other editor",
    steps: [
      "Start the bridge with takebridge serve --exchange FOLDER",
      "Export FCPXML, OTIO, XML, EDL or AAF there; each is answered with one that has the takes in it.",
    ],
  },
];

interface Props {
  readonly problem: Problem;
  /** The timeline as it was read last on this page. */
  readonly last: CutView | null;
  readonly links: readonly ClipLink[];
  /** Base and canvas as the bridge keeps them. */
  readonly kept: CutLayers | null;
}

/** No editor is there: what to do, and the cut as it was known last. */
export function NoHost({ problem, last, links, kept }: Props) {
  const desk = useCutDesk();
  const [busy, setBusy] = useState(false);
  const check = () => {
    setBusy(true);
    void Promise.all([desk.loadHosts(), desk.load(true)]).finally(() => setBusy(false));
  };
  const offline = problem.code === "host_offline";
  return (
    <div className={css.away}>
      <section className={css.awayWords} role="status">
        <h2>{offline ? NO_HOST : problem.message}</h2>
        {offline ? <p>{last ? problem.message : ""}</p> : <p>{ownHint(problem.hint)}</p>}
        <Button look="primary" isDisabled={busy} onPress={check}>
          Check again
        </Button>
      </section>
      <Interrupted />
      <Known last={last} links={links} kept={kept} />
      {offline && (
        <section aria-labelledby="cut-connect" className={css.connect}>
          <h3 id="cut-connect">Connect an editor</h3>
          <dl>
            {WAYS.map((way) => (
              <div key={way.editor}>
                <dt>{way.editor}</dt>
                {way.steps.map((step) => (
                  <dd key={step}>{step}</dd>
                ))}
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  );
}

/** A round trip that the editor left in the middle of. */
function Interrupted() {
  const [open] = useTripView((view) => view.open);
  if (!open) return null;
  return (
    <p role="status" className={css.stale}>
      A round trip of “{open.timeline}” stopped after {open.done} of {count(open.steps.length, "step")}. Nothing is
      lost: when the editor is back it is finished, or, if somebody edited the timeline since, what it did is taken
      back.
    </p>
  );
}

/** The cut as it was last: read on this page, else as both sides agreed on it, else as its clips were pushed. */
function Known({ last, links, kept }: Pick<Props, "last" | "links" | "kept">) {
  const nodes = useView((view) => view.seen?.doc.nodes);
  const drawn = useMemo<Drawn | null>(() => {
    if (last) {
      const title = `“${last.timeline}” as it was read at ${clock(last.read_at)} in ${short(last.product)}`;
      return { title, ...ofTracks(last.tracks), ...facts(last), start: last.start_frame, end: last.end_frame };
    }
    if (kept?.base) {
      const title = `“${kept.timeline}” as both sides agreed on it last, at ${clock(kept.base_at)}`;
      const lanes = lanesOf(kept, ["base", "canvas"]);
      return { title, lanes, ...facts(kept), start: kept.start_frame, end: endOf(kept.start_frame, lanes) };
    }
    const found = remembered(links);
    if (!found) return null;
    const title = `“${found.timeline}”: the clips this canvas is linked to, where they lay when they were pushed`;
    const tracks = found.tracks.map((track) => ({ ...track, clips: track.clips.map((item) => there(item, nodes)) }));
    return { title, ...ofTracks(tracks), rate: found.rate, drop: false, start: found.start, end: found.end };
  }, [last, kept, links, nodes]);
  if (!drawn) return null;
  const { title, ...still } = drawn;
  return (
    <section className={css.known} aria-label="The timeline as it was">
      <h3>{title}</h3>
      <Still {...still} />
    </section>
  );
}

interface Drawn extends React.ComponentProps<typeof Still> {
  readonly title: string;
}

const facts = (one: { rate: string; drop_frame: boolean }) => ({ rate: one.rate, drop: one.drop_frame });

const ofTracks = (tracks: readonly CutTrack[]): { lanes: readonly Lane[] } => ({
  lanes: stacked(tracks).map((track) => ({ id: trackName(track), track, base: NOTHING })),
});

const endOf = (start: number, lanes: readonly Lane[]): number =>
  Math.max(start, ...lanes.map((lane) => lane.track.clips.at(-1)?.record_end ?? start));

/** A clip leads nowhere when its node is not on the canvas any more. */
const there = (item: CutItem, nodes: Readonly<Record<string, unknown>> | undefined): CutItem =>
  item.node && nodes && !nodes[item.node] ? { ...item, node: null } : item;
