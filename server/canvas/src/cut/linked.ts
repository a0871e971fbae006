/** What the canvas remembers of timelines, drawn while no editor is there: its clip links, as they were pushed. Pure. */
import type { ClipLink, CutItem, CutTrack } from "../wire/api.gen";
import { rateOf } from "./timecode";

export interface Remembered {
  readonly timeline: string;
  readonly rate: string;
  readonly start: number;
  readonly end: number;
  readonly tracks: readonly CutTrack[];
}

/** The timeline most links are of; null without links. Clips of one track do not overlap: the later link stands. */
export function remembered(links: readonly ClipLink[]): Remembered | null {
  const byTimeline = new Map<string, ClipLink[]>();
  for (const link of links) {
    const list = byTimeline.get(link.timeline_id) ?? [];
    list.push(link);
    byTimeline.set(link.timeline_id, list);
  }
  const [most] = [...byTimeline.values()].sort((a, b) => b.length - a.length);
  const [first] = most ?? [];
  if (!most || !first) return null;
  const byTrack = new Map<string, ClipLink[]>();
  for (const link of most) {
    const name = `${link.track_type} ${link.track_index}`;
    const others = (byTrack.get(name) ?? []).filter(
      (one) => one.end_record_frame <= link.start_record_frame || one.start_record_frame >= link.end_record_frame,
    );
    byTrack.set(name, [...others, link]);
  }
  return {
    timeline: first.timeline_name,
    rate: `${rateOf(first.media_rate).num}/${rateOf(first.media_rate).den}`,
    start: Math.min(...most.map((link) => link.start_record_frame)),
    end: Math.max(...most.map((link) => link.end_record_frame)),
    tracks: [...byTrack.values()].map(trackOf),
  };
}

function trackOf(links: readonly ClipLink[]): CutTrack {
  const [first] = links;
  return {
    kind: (first?.track_type ?? "video") as CutTrack["kind"],
    index: first?.track_index ?? 1,
    name: "",
    locked: false,
    enabled: true,
    clips: [...links].sort((a, b) => a.start_record_frame - b.start_record_frame).map(itemOf),
  };
}

function itemOf(link: ClipLink): CutItem {
  return {
    key: link.clip_key || link.id,
    name: link.shot,
    kind: link.fills_gap ? "gap" : "clip",
    record_start: link.start_record_frame,
    record_end: link.end_record_frame,
    source_start: link.source_start_frame,
    enabled: true,
    color: "",
    media: "",
    speed: "1",
    native_takes: 0,
    inside: 0,
    linked: "",
    cut: null,
    markers: 0,
    thumb: false,
    no_thumb: "The editor is not connected.",
    picture: null,
    link: { id: link.id, shot: link.shot, source_node: link.node_id, there: true, fills_gap: link.fills_gap },
    node: link.node_id,
    take: null,
    pinned: null,
    state: "",
    changes: [],
    problem: "",
    hint: "",
  };
}
