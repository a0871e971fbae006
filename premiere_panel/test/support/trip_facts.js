"use strict";

/**
 * A reel of shots for round trips, as the bridge says it: 80 frames from source frame 40, handed over with 12 frames of
 * handles, so that a take's frame 12 is the clip's head. Each shot has a node behind it with a pinned take.
 */

const HOUR = 86_400;
const FRAMES = 80;
const HANDLES = 12;
const SOURCE_START = 40;
const CANVAS = "canvas_1";

const shotName = (number) => `SH_${String(400 + 10 * number).padStart(4, "0")}`;
const fileName = (number) => `A003_C${String(number).padStart(3, "0")}.mov`;
const startOf = (number) => HOUR + (number - 1) * FRAMES;
const covers = () => ({ base: [], editor: [], canvas: [] });

function link(number, more = {}) {
  return {
    id: `link_${number}`,
    canvas_id: CANVAS,
    node_id: `source_${number}`,
    source_take_id: `pushed_${number}`,
    shot: shotName(number),
    clip_key: `clip_${number}`,
    track_type: "video",
    track_index: 1,
    start_record_frame: startOf(number),
    end_record_frame: startOf(number) + FRAMES,
    media_path: `/footage/${fileName(number)}`,
    media_rate: "24/1",
    source_start_frame: SOURCE_START,
    source_end_frame: SOURCE_START + FRAMES,
    given_start_frame: SOURCE_START - HANDLES,
    fills_gap: false,
    ...more,
  };
}

function madeTake(id, node, seq, picture, more = {}) {
  return {
    id,
    node_id: node,
    seq,
    origin: "generated",
    outputs: { video: { content: `b3:${picture}`, facts: { frame_count: 104, rate: "24/1" } } },
    recipe: null,
    hidden: false,
    ...more,
  };
}

/** @param {number} count shots, each with its source and the node behind it */
function canvas(count) {
  const found = { id: CANVAS, title: "Reel 2", nodes: {}, wires: {}, takes: {} };
  for (let n = 1; n <= count; n += 1) {
    const pushed = madeTake(`pushed_${n}`, `source_${n}`, 1, n);
    pushed.outputs.video.facts.given_start_frame = SOURCE_START - HANDLES;
    found.takes[`pushed_${n}`] = pushed;
    found.takes[`take_${n}`] = madeTake(`take_${n}`, `node_${n}`, n + 2, 40 + n);
    const common = { x: 0, y: 0, params: {}, model: "", locked: false };
    const source = { kind: "source_clip", title: fileName(n), pin: `pushed_${n}`, ...common };
    found.nodes[`source_${n}`] = { id: `source_${n}`, ...source };
    found.nodes[`node_${n}`] = { id: `node_${n}`, kind: "video_edit", title: shotName(n), pin: `take_${n}`, ...common };
    found.wires[`wire_${n}`] = { id: `wire_${n}`, src_node: `source_${n}`, dst_node: `node_${n}` };
  }
  return found;
}

/** The canvas's take comes into a slot whose ends the editor moved by so many frames. */
function edit(number, { head = 0, tail = 0, track = 0 } = {}) {
  const name = `${shotName(number)} take ${number + 2}`;
  const media = { name, location: `takebridge:link_${number}/take_${number}`, rate: "24/1", frame_count: 104 };
  const source = [HANDLES + head, HANDLES + FRAMES - tail];
  return {
    name: fileName(number),
    base: ["video", 0, number - 1],
    editor: ["video", track, number - 1],
    canvas: ["video", 0, number - 1],
    covers: covers(),
    text: `Shows ${name}, as on the canvas.`,
    operations: [
      { op: "import", media },
      { op: "add_take", take: { key: `take_${number}`, media, source } },
    ],
  };
}

function conflict(number, what = "content", ...choices) {
  const name = `${shotName(number)} take ${number + 2}`;
  const texts = {
    content: `The editor shows A003_C099.mov here, the canvas ${name}.`,
    deleted_by_editor:
      `The editor deleted it; the canvas shows ${name} there now. ` + "The deletion stands unless you put it back.",
    dropped_by_canvas: "The canvas no longer has it; the editor's cut does. It stays unless you let it go.",
    time: "The canvas trimmed the head by 12 frames; the editor's timing stands.",
  };
  const place = ["video", 0, number - 1];
  return {
    name: fileName(number),
    base: place,
    editor: what === "deleted_by_editor" ? null : place,
    canvas: what === "dropped_by_canvas" ? null : place,
    covers: covers(),
    text: texts[what],
    id: `${what}:V1.${number - 1}`,
    what,
    choices: choices.length ? choices : ["editor", "canvas"],
    chosen: "editor",
  };
}

function removed(number) {
  const place = ["video", 0, number - 1];
  const text = "The editor deleted it.";
  return { name: fileName(number), base: place, editor: null, canvas: place, covers: covers(), text, by: "editor" };
}

function request(number, more = {}) {
  const keeps = "It keeps what it shows until a take reaches.";
  const text = `${shotName(number)}: the take ends 6 frames before the clip does. ${keeps}`;
  const facts = { kind: "media", edge: "tail", needs_frames: 6, possible: true };
  return { name: fileName(number), shot: shotName(number), text, ...facts, ...more };
}

function price(low = 1_400_000, high = 3_200_000, jobs = 1) {
  const seconds = { seconds_low: 60, seconds_high: 120 };
  return { jobs, low_micros: low, high_micros: high, currency: "USD", ...seconds, sentence: "1 run" };
}

function trip(more = {}) {
  return {
    outcome: "planned",
    dry_run: true,
    canvas_id: CANVAS,
    project: "Film",
    timeline: "REEL 2 v14",
    sentence: "",
    edits: [],
    steps: 0,
    requests: [],
    price: null,
    run: "",
    conflicts: [],
    undecided: [],
    removed: [],
    notes: [],
    answer: "",
    trip: null,
    settled: [],
    ...more,
  };
}

function pastTrip(more = {}) {
  return {
    trip: "trip_1",
    canvas: CANVAS,
    timeline: "REEL 2 v14",
    state: "done",
    steps: ["step 1", "step 2", "step 3", "step 4", "step 5"],
    done: 5,
    copy_name: "",
    reason: "",
    created_at: "2026-11-22T09:30:00.000+00:00",
    ended_at: "2026-11-22T09:31:00.000+00:00",
    ...more,
  };
}

/** A shot's clip as the editor has it now. */
function seen(number, { head = 0, tail = 0 } = {}) {
  const ids = { link_id: `link_${number}`, canvas_id: CANVAS, source_node: `source_${number}`, node: `node_${number}` };
  return {
    clip: `clip_${number}`,
    name: fileName(number),
    kind: "clip",
    track_type: "video",
    track_index: 1,
    start_record_frame: startOf(number) + head,
    end_record_frame: startOf(number) + FRAMES - tail,
    timecode: "01:00:00:00",
    rate: "24/1",
    media_path: `/footage/${fileName(number)}`,
    problem: "",
    hint: "",
    links: [{ ...ids, shot: shotName(number), pinned: `take_${number}`, shown: null }],
  };
}

const links = (count) => Array.from({ length: count }, (_, at) => link(at + 1));

module.exports = {
  canvas,
  conflict,
  edit,
  fileName,
  link,
  links,
  madeTake,
  pastTrip,
  price,
  removed,
  request,
  seen,
  shotName,
  startOf,
  trip,
};
