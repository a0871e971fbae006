"use strict";
// Small films for the fake's own tests, and short ways to its things.

const { createPremiere } = require("../../fake/premiere.js");

const FRAME = 10160640000n; // 254 016 000 000 ticks / 25

/** V1: a (0–50, its sound on A1), b (50–80); V2: empty; A1: a; A2: m (0–80). At 25 fps, from 10:00:00:00. */
const FILM = {
  project: "Demo",
  name: "Cut",
  rate: "25",
  start: "10:00:00:00",
  width: 640,
  height: 360,
  media: {
    "/m/a.mov": { frames: 200, rate: "25", width: 640, height: 360, audio: true },
    "/m/b.mov": { frames: 100, rate: "25", width: 640, height: 360, audio: false },
    "/m/m.wav": { frames: 384000, rate: "48000", audio: true, picture: false },
  },
  tracks: {
    video: [
      [
        { name: "a", path: "/m/a.mov", start: 0, length: 50, in: 10 },
        { name: "b", path: "/m/b.mov", start: 50, length: 30, in: 5 },
      ],
      [],
    ],
    audio: [
      [{ name: "a", path: "/m/a.mov", start: 0, length: 50, in: 10 }],
      [{ name: "m", path: "/m/m.wav", start: 0, length: 80 }],
    ],
  },
};

const FACTS = {
  "/m/new.mov": { frames: 20, rate: "25", width: 640, height: 360, audio: false },
  "/m/loud.mov": { frames: 20, rate: "25", width: 640, height: 360, audio: true },
  "/m/words.txt": null,
};

/** Files that are there, by name. */
function diskOf(paths) {
  const files = new Map(paths.map((path) => [path, "media"]));
  return {
    files,
    exists: (path) => files.has(path),
    folder: (path) => path === "/out",
    write: (path, content) => void files.set(path, content),
  };
}

/** A Premiere with the film open, its project and sequence in hand. */
async function open(options = {}) {
  const disk = diskOf([...Object.keys(FILM.media), ...Object.keys(FACTS), "/out/preset.epr"]);
  const probe = async (path) => FACTS[path] ?? FILM.media[path] ?? null;
  const premiere = createPremiere({ film: FILM, probe, disk, ...options });
  const { ppro } = premiere;
  const project = await ppro.Project.getActiveProject();
  const sequence = await project.getActiveSequence();
  const at = (frame) => ppro.TickTime.createWithTicks(String(BigInt(frame) * FRAME));
  const item = async (name) => (await (await project.getRootItem()).getItems()).find((one) => one.name === name);
  const clips = async (index = 0, type = "Video") =>
    (await sequence[`get${type}Track`](index)).getTrackItems(ppro.Constants.TrackItemType.CLIP, false);
  /** One transaction; what it answered. */
  const act = (build, label = "ours") => {
    let done;
    project.lockedAccess(() => {
      done = project.executeTransaction(
        (compound) => void build().forEach((action) => compound.addAction(action)),
        label,
      );
    });
    return done;
  };
  return {
    ...premiere,
    disk,
    project,
    sequence,
    at,
    item,
    clips,
    act,
    editor: ppro.SequenceEditor.getEditor(sequence),
  };
}

/** What lies on a track: "name first–end @source", in frames. */
function lane(world, type = "video", index = 0) {
  const frames = (ticks) => String(ticks / FRAME);
  return world
    .sequence()
    [type][index].items.map((one) => `${one.name} ${frames(one.start)}–${frames(one.end)} @${frames(one.in)}`);
}

module.exports = { FILM, FRAME, lane, open };
