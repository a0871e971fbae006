import type { Doc, Wire } from "../canvas/model";
import { framesAt, type Rate, type Reel } from "./reel";

export type Track = "dialogue" | "music" | "sfx";

/** A sound of the film on the reel's clock, end exclusive. */
export interface Sound {
  wire: string;
  track: Track;
  title: string;
  content: string;
  start: number;
  end: number;
}

const TRACKS: readonly Track[] = ["dialogue", "music", "sfx"];
const SAID = /^\s*(music|(?:dialogue|sfx)\s+\d+)\s*:\s*at\s+(\d+)(?:\s*\+\s*(\d+))?\s*$/i;
const MILLISECONDS: Rate = { num: 1000, den: 1 };

/** Where the edits of an export let sounds start: the clip and frames after its first (docs/nodes.md). */
export function saidStarts(edits: string): Map<string, { clip: number; frames: number }> {
  const said = new Map<string, { clip: number; frames: number }>();
  for (const line of edits.split(/[\n;]/)) {
    const [, scope = "", clip, frames] = SAID.exec(line) ?? [];
    if (scope) said.set(scope.toLowerCase().replace(/\s+/g, " "), { clip: Number(clip), frames: Number(frames ?? 0) });
  }
  return said;
}

/** The export whose sounds a film has: its own, or of a storyboard those of the export it is wired into. */
function soundingExport(doc: Doc, film: string): string | null {
  if (doc.nodes[film]?.kind === "nle_export") return film;
  const on = Object.values(doc.wires).find((wire) => wire.src_node === film && wire.dst_port === "clips");
  return on?.dst_node ?? null;
}

/**
 * The sounds of a film where assembling it lays them: as the edits say; else voices one after the other from the
 * beginning, music from the beginning, each effect with the shot of its number. Only what has a take of known length.
 */
export function soundsOf(doc: Doc, film: string | null, reel: Reel): Sound[] {
  const lead = film && soundingExport(doc, film);
  if (!lead || !reel.frames) return [];
  const edits = doc.nodes[lead]?.params["edits"];
  const said = saidStarts(typeof edits === "string" ? edits : "");
  const beatStart = (clip: number) =>
    lead === film ? (reel.beats[Math.min(clip, reel.beats.length - 1)]?.start ?? 0) : 0;
  const found: Sound[] = [];
  for (const track of TRACKS) {
    let spoken = 0;
    for (const [number, { wire, content, frames }] of takesOn(doc, lead, track, reel.rate).entries()) {
      const at = said.get(track === "music" ? track : `${track} ${number}`);
      const unsaid = track === "dialogue" ? spoken : track === "sfx" ? beatStart(number) : 0;
      const start = at ? beatStart(at.clip) + at.frames : unsaid;
      spoken = start + frames;
      const end = Math.min(start + frames, reel.frames);
      const title = doc.nodes[wire.src_node]?.title ?? "";
      if (end > start) found.push({ wire: wire.id, track, title, content, start, end });
    }
  }
  return found;
}

function takesOn(doc: Doc, lead: string, track: Track, rate: Rate): { wire: Wire; content: string; frames: number }[] {
  return Object.values(doc.wires)
    .filter((wire) => wire.dst_node === lead && wire.dst_port === track)
    .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    .flatMap((wire) => {
      const take = doc.takes[wire.take ?? doc.nodes[wire.src_node]?.pin ?? ""];
      const output = take?.outputs[wire.src_port];
      const length = output?.facts?.["duration_ms"];
      if (!output || typeof length !== "number" || length <= 0) return [];
      return [{ wire, content: output.content, frames: framesAt(length, MILLISECONDS, rate) }];
    });
}
