"use strict";
// A film as tests describe it, in frames, becomes a project as Premiere holds it, in ticks.

const { framesOf, rateOf, scaled, ticksPerFrame } = require("./ticks.js");

const KINDS_WITHOUT_FILE = new Set(["title", "adjustment", "generator"]);
const MOTION = {
  Position: [0.5, 0.5],
  Scale: 100,
  "Scale Width": 100,
  "Uniform Scale": true,
  Rotation: 0,
  "Anchor Point": [0.5, 0.5],
};

/** Parameters of a component, as {name, value, keyframes}. */
const parameters = (values) => Object.entries(values).map(([name, value]) => ({ name, value, keyframes: [] }));

/** The components every track item has. @param {string} type */
function intrinsics(type) {
  if (type === "audio") {
    return [
      {
        matchName: "Internal Volume Mono",
        name: "Volume",
        intrinsic: true,
        params: parameters({ Bypass: false, Level: 1 }),
      },
    ];
  }
  return [
    {
      matchName: "AE.ADBE Opacity",
      name: "Opacity",
      intrinsic: true,
      params: parameters({ Opacity: 100, "Blend Mode": 18 }),
    },
    { matchName: "AE.ADBE Motion", name: "Motion", intrinsic: true, params: parameters(MOTION) },
  ];
}

/** An effect a person put on a clip, from a name or {matchName, name, params}. */
function effectOf(effect) {
  const full = typeof effect === "string" ? { name: effect } : effect;
  return {
    matchName: full.matchName || `AE.ADBE ${full.name}`,
    name: full.name,
    intrinsic: false,
    params: parameters(full.params || { Amount: 50 }),
  };
}

/** What is known of a media file, in ticks. `facts` are a probe's: {frames, rate, width, height, audio, picture}. */
function mediaOf(facts) {
  const still = facts.frames === 1;
  const frame = ticksPerFrame(rateOf(facts.rate || "25"));
  return {
    rate: facts.rate || "25",
    frames: facts.frames,
    ticks: still ? frame * 125n : frame * BigInt(facts.frames),
    width: facts.width || 0,
    height: facts.height || 0,
    audio: Boolean(facts.audio),
    picture: facts.picture !== false,
    still,
    start: facts.start ? frame * BigInt(facts.start) : 0n,
  };
}

/** A new project item. */
function newItem(id, type, name, parent) {
  return {
    id,
    type,
    name,
    parent,
    children: [],
    path: "",
    online: true,
    media: null,
    sequence: "",
    kind: "file",
    in: null,
    out: null,
    color: 0,
    xmp: "",
    metadata: {},
    markers: [],
  };
}

/** A new, empty track. */
const newTrack = (id, type, index) => ({
  id,
  name: `${type === "audio" ? "Audio" : "Video"} ${index + 1}`,
  muted: false,
  locked: false,
  items: [],
  transitions: [],
});

/** A new sequence without clips. */
function newSequence(guid, name, item, settings) {
  return {
    guid,
    name,
    item,
    rate: settings.rate,
    frame: ticksPerFrame(rateOf(settings.rate)),
    dropFrame: Boolean(settings.dropFrame),
    zero: settings.zero || 0n,
    width: settings.width,
    height: settings.height,
    in: null,
    out: null,
    playhead: 0n,
    video: [],
    audio: [],
    markers: [],
    selection: [],
    properties: {},
  };
}

/** Make the project a film describes. `next(kind)` gives ids and guids. */
function projectOf(film, next) {
  const project = {
    guid: next("guid"),
    name: `${film.project || "Film"}.prproj`,
    path: film.path === undefined ? `/projects/${film.project || "Film"}.prproj` : film.path,
    dirty: false,
    saves: 0,
    root: "",
    items: {},
    sequences: {},
    order: [],
    opened: [],
    active: "",
    properties: {},
    schema: [],
  };
  const root = newItem(next("item"), "root", project.name, "");
  project.items[root.id] = root;
  project.root = root.id;
  addSequence(project, film, next);
  return project;
}

/** Put an item into a bin. */
function addItem(project, item) {
  project.items[item.id] = item;
  project.items[item.parent].children.push(item.id);
  return item;
}

function zeroOf(film, frame) {
  if (film.startTicks !== undefined) return BigInt(film.startTicks);
  return framesOf(film.start || "00:00:00:00", film.rate, Boolean(film.dropFrame)) * frame;
}

/** Add the sequence a film describes, open it and make it the active one. */
function addSequence(project, film, next) {
  const frame = ticksPerFrame(rateOf(film.rate));
  const item = addItem(project, newItem(next("item"), "sequence", film.name, project.root));
  const sequence = newSequence(next("guid"), film.name, item.id, {
    rate: film.rate,
    dropFrame: film.dropFrame,
    zero: zeroOf(film, frame),
    width: film.width || 1920,
    height: film.height || 1080,
  });
  item.sequence = sequence.guid;
  project.sequences[sequence.guid] = sequence;
  project.order.push(sequence.guid);
  project.opened.push(sequence.guid);
  project.active = sequence.guid;
  const facts = factsOf(film);
  for (const type of ["video", "audio"]) {
    (film.tracks[type] || []).forEach((clips, index) => {
      const track = newTrack(Number(next("track")), type, index);
      sequence[type].push(track);
      track.items = clips.map((clip) => trackItemOf({ project, film, facts, next, frame, type }, clip));
      track.items.sort((a, b) => (a.start < b.start ? -1 : 1));
    });
  }
  linkAlike(sequence, next);
  sequence.markers = (film.markers || []).map((marker) => markerOf(marker, frame, next));
  return sequence;
}

/** What the film says of its files, and what follows from the clips where it says nothing. */
function factsOf(film) {
  const facts = new Map(Object.entries(film.media || {}));
  const guessed = new Map();
  for (const type of ["video", "audio"]) {
    for (const clip of (film.tracks[type] || []).flat()) {
      if (!clip.path || facts.has(clip.path)) continue;
      const known = guessed.get(clip.path) || {
        rate: film.rate,
        width: film.width || 1920,
        height: film.height || 1080,
        frames: 2,
        audio: false,
        picture: false,
      };
      const end = Math.ceil((clip.in || 0) + clip.length * (clip.speed || 1)) + 100;
      known.frames = clip.kind === "still" ? 1 : Math.max(known.frames, end);
      if (type === "audio") known.audio = true;
      else known.picture = true;
      guessed.set(clip.path, known);
    }
  }
  return new Map([...guessed, ...facts]);
}

/** The project item of a clip: one for every file, one for every title. */
function itemFor({ project, facts, next }, clip) {
  const bin = project.root;
  const found = clip.path && Object.values(project.items).find((item) => item.path === clip.path);
  if (found) return found;
  const item = newItem(next("item"), "clip", clip.item || nameOf(clip.path) || clip.name, bin);
  item.path = clip.path || "";
  item.kind = clip.kind && KINDS_WITHOUT_FILE.has(clip.kind) ? clip.kind : "file";
  item.online = clip.kind !== "offline" && clip.online !== false;
  item.media = mediaOf(clip.path ? facts.get(clip.path) : { frames: 1, rate: "25", width: 1920, height: 1080 });
  return addItem(project, item);
}

/** The last part of a path of either system. @param {string | undefined} path */
const nameOf = (path) => (path || "").split(/[\\/]/).pop() || "";

function nestedFor(stage, clip) {
  const { project, film, next } = stage;
  const known = Object.values(project.items).find((item) => item.type === "sequence" && item.name === clip.name);
  if (known) return known;
  const active = project.active;
  const inner = addSequence(
    project,
    { ...film, name: clip.name, tracks: { video: [[]], audio: [[]] }, markers: [] },
    next,
  );
  project.active = active;
  project.opened.pop();
  return project.items[inner.item];
}

function trackItemOf(stage, clip) {
  const { frame, next, type } = stage;
  const item = clip.kind === "nested" || clip.kind === "sequence" ? nestedFor(stage, clip) : itemFor(stage, clip);
  const [start, length, head] = [clip.start, clip.length, clip.in || 0].map((frames) => BigInt(frames) * frame);
  const speed = clip.speed || 1;
  return {
    id: next("piece"),
    item: item.id,
    name: clip.name || item.name,
    start,
    end: start + length,
    in: head,
    out: head + scaled(length, speed),
    speed,
    reversed: Boolean(clip.reversed),
    disabled: Boolean(clip.disabled),
    adjustment: clip.kind === "adjustment",
    link: clip.link || "",
    effects: [...intrinsics(type), ...(clip.effects || []).map(effectOf)],
  };
}

/** Link picture and sound that come from the same file and lie at the same place. */
function linkAlike(sequence, next) {
  const pictures = sequence.video.flatMap((track) => track.items);
  for (const sound of sequence.audio.flatMap((track) => track.items)) {
    const picture = pictures.find(
      (one) => one.item === sound.item && one.start === sound.start && one.end === sound.end,
    );
    if (!picture || sound.link === "none" || picture.link === "none") continue;
    picture.link = picture.link || next("link");
    sound.link = picture.link;
  }
}

function markerOf(marker, frame, next) {
  return {
    guid: next("guid"),
    name: marker.name || "",
    comments: marker.comments || marker.note || "",
    type: marker.type || "Comment",
    color: marker.color || 0,
    start: BigInt(marker.frame || 0) * frame,
    duration: BigInt(marker.length || 0) * frame,
    url: "",
    target: "",
  };
}

module.exports = {
  addItem,
  addSequence,
  effectOf,
  intrinsics,
  mediaOf,
  nameOf,
  newItem,
  newSequence,
  newTrack,
  projectOf,
};
