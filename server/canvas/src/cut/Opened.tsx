import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useVerbs } from "../app/keys";
import { useMay, useSelection } from "../app/session";
import type { CutItem, CutTrack, CutView } from "../wire/api.gen";
import type { Ground } from "./Clip";
import { ClipBar } from "./ClipBar";
import { ClipTable } from "./ClipTable";
import css from "./CutView.module.css";
import { useCut, useCutDesk } from "./desk";
import { GapsDialog } from "./GapsDialog";
import { Header } from "./Header";
import { Legend } from "./Legend";
import { Missing } from "./Missing";
import { PushDialog } from "./PushDialog";
import { PutDialog, type PutWhat } from "./PutDialog";
import { STEP } from "./scale";
import { Timeline } from "./Timeline";
import { Toolbar } from "./Toolbar";
import { TripPanel } from "./TripPanel";
import { rateOf } from "./timecode";
import { useTrip, useTripView } from "./trip";
import { type Shown, useLanes } from "./useLanes";
import { useZoom } from "./useZoom";
import { type Spot, spotOf } from "./walk";

type Asked = { kind: "push" } | { kind: "gaps" } | { kind: "put"; what: PutWhat } | null;

/** A timeline that was read: header, tools, tracks or table, the selected clip, the round trip. */
export function Opened({ cut }: { cut: CutView }) {
  const box = useRef<HTMLDivElement>(null);
  const desk = useCutDesk();
  const trip = useTrip();
  const stage = useTripView((view) => view.stage);
  const plan = useTripView((view) => view.plan);
  const mayEdit = useMay("editor");
  const reading = useCut((view) => view.reading);
  const [shown, setShown] = useState<Shown>("timeline");
  const [table, setTable] = useState(false);
  const [asked, setAsked] = useState<Asked>(null);
  const [wanted, setWanted] = useState<Spot | null>(null);

  const frames = Math.max(1, cut.end_frame - cut.start_frame);
  const zoom = useZoom(box, cut.start_frame, frames);
  const disputed = useMemo(
    () => new Set((plan?.decisions ?? cut.conflicts).flatMap((one) => (one.link_id ? [one.link_id] : []))),
    [plan, cut],
  );
  const lanes = useLanes(cut, shown);
  const ground = useMemo<Ground>(
    () => ({
      rate: rateOf(cut.rate),
      drop: cut.drop_frame,
      session: cut.session,
      reading: cut.reading,
      disputed,
      layered: shown !== "timeline",
    }),
    [cut, disputed, shown],
  );
  useEffect(() => desk.showLayers(shown !== "timeline"), [desk, shown]);

  const current = useCurrent(cut);
  const spot = useMemo(() => spotOf(lanes, wanted ?? current?.spot ?? null), [lanes, wanted, current]);
  const select = useCallback((next: Spot, item: CutItem) => {
    setWanted(next);
    useSelection.getState().select(item.node ? [item.node] : []);
    useSelection.getState().point({ clip: item.key });
  }, []);
  const put = (item: CutItem) => mayEdit && item.link && item.pinned && setAsked({ kind: "put", what: item });

  const live = cut.host !== "folder";
  const waiting = cut.counts["new take"] ?? 0;
  useVerbs([
    {
      id: "cut.compare",
      title: "Compare the timeline with the canvas",
      keys: ["Alt+C"],
      group: "Cut",
      run: () => void trip.compare(),
    },
    { id: "cut.fit", title: "Show the whole cut", keys: ["Shift+Z"], group: "Cut", run: zoom.fit },
    { id: "cut.in", title: "Zoom in", keys: ["+", "="], group: "Cut", run: () => zoom.by(STEP) },
    { id: "cut.out", title: "Zoom out", keys: ["-"], group: "Cut", run: () => zoom.by(1 / STEP) },
    {
      id: "cut.table",
      title: table ? "Show the tracks" : "Show the clips as a table",
      keys: ["Alt+T"],
      group: "Cut",
      run: () => setTable(!table),
    },
    { id: "cut.fresh", title: "Read the timeline again", group: "Cut", run: () => void desk.load(true) },
    {
      id: "cut.push",
      title: "Push clips to the canvas",
      group: "Cut",
      enabled: mayEdit,
      run: () => setAsked({ kind: "push" }),
    },
    { id: "cut.gaps", title: "Fill a gap", group: "Cut", enabled: mayEdit, run: () => setAsked({ kind: "gaps" }) },
    {
      id: "cut.put",
      title: "Put the pinned take of the selected clip on the timeline",
      group: "Cut",
      enabled: mayEdit && Boolean(current?.item.pinned),
      run: () => current && put(current.item),
    },
  ]);

  return (
    <>
      <Header cut={cut} plan={plan} decide={() => void trip.compare()} />
      <Toolbar
        cut={cut}
        zoom={zoom}
        shown={shown}
        onShow={setShown}
        table={table}
        onTable={setTable}
        reading={reading}
        comparing={stage === "looking"}
        waiting={waiting}
        compare={() => void trip.compare()}
        push={() => setAsked({ kind: "push" })}
        fill={() => setAsked({ kind: "gaps" })}
        putAll={() => setAsked({ kind: "put", what: null })}
      />
      {table ? (
        <ClipTable
          tracks={cut.tracks}
          rate={ground.rate}
          drop={cut.drop_frame}
          disputed={disputed}
          selected={current?.item.key ?? null}
          select={(track, item) => select({ row: `${track.kind} ${track.index}`, key: item.key }, item)}
        />
      ) : (
        <Timeline
          box={box}
          zoom={zoom}
          lanes={lanes}
          ground={ground}
          start={cut.start_frame}
          frames={frames}
          spot={spot}
          selected={current?.item.key ?? wanted?.key ?? null}
          playhead={cut.playhead?.record_frame ?? null}
          markers={cut.markers}
          marked={cut.marked}
          select={select}
          put={put}
        />
      )}
      <Legend cut={cut} disputed={disputed} />
      <Missing cut={cut} />
      {current && (
        <ClipBar cut={cut} item={current.item} track={current.track} disputed={disputed} live={live} put={put} />
      )}
      <TripPanel />
      {asked?.kind === "push" && <PushDialog cut={cut} onClose={() => setAsked(null)} />}
      {asked?.kind === "gaps" && <GapsDialog cut={cut} onClose={() => setAsked(null)} />}
      {asked?.kind === "put" && <PutDialog cut={cut} what={asked.what} onClose={() => setAsked(null)} />}
      <p className={css.quietLine} role="status">
        {cut.note}
      </p>
    </>
  );
}

interface Current {
  readonly track: CutTrack;
  readonly item: CutItem;
  readonly spot: Spot;
}

/** The clip that is meant: the one chosen here, else the first that shows the selected node. */
function useCurrent(cut: CutView): Current | null {
  const clip = useSelection((state) => state.clip);
  const nodes = useSelection((state) => state.nodes);
  return useMemo(() => {
    const [node] = nodes;
    const find = (fits: (item: CutItem) => boolean): Current | null => {
      for (const track of cut.tracks) {
        const item = track.clips.find(fits);
        if (item) return { track, item, spot: { row: `${track.kind} ${track.index}`, key: item.key } };
      }
      return null;
    };
    const chosen = clip === null ? null : find((item) => item.key === clip);
    // Another node was selected since: its clip is meant now.
    if (chosen && (!node || !chosen.item.node || nodes.includes(chosen.item.node))) return chosen;
    return node ? find((item) => item.node === node || item.link?.source_node === node) : chosen;
  }, [cut, clip, nodes]);
}
