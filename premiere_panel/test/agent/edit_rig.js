"use strict";

/** A strict Premiere with a film of our own, the real desk over it, and answers held against the protocol's schema. */

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { createPremiere } = require("../../fake/premiere.js");
const { createDesk } = require("../../takebridge_premiere/plugin/agent/desk.js");

const SCHEMA = JSON.parse(
  fs.readFileSync(path.resolve(__dirname, "..", "..", "..", "docs", "protocol", "host.schema.json"), "utf8"),
);
const RESULTS = {
  "media.import": "ImportResult",
  "media.tag": "MediaResult",
  "media.replace": "MediaResult",
  "clip.place": "PlaceResult",
  "clip.swap": "SwapClipResult",
  "clip.delete": "DeleteResult",
  "clip.set_enabled": "ClipResult",
  "clip.rename": "ClipResult",
  "clip.set_color": "ClipResult",
  "clip.stamp": "StampResult",
  "marker.add": "MarkerResult",
  "marker.remove": "MarkerResult",
  "timeline.duplicate": "TimelineResult",
  "timeline.select": "TimelineResult",
  "timeline.rename": "TimelineResult",
  "timeline.delete": "TimelineResult",
  "timeline.snapshot": "Snapshot",
  "project.save": "SaveResult",
};

/** What is wrong with a value by a schema, in words; the part of JSON Schema that ours uses. */
function problems(schema, value, at = "result") {
  if (schema.$ref) {
    return problems(SCHEMA.$defs[schema.$ref.split("/").pop()], value, at);
  }
  if (schema.anyOf) {
    return schema.anyOf.some((one) => problems(one, value, at).length === 0) ? [] : [`${at} fits nothing`];
  }
  const kinds = {
    object: value !== null && typeof value === "object" && !Array.isArray(value),
    array: Array.isArray(value),
    string: typeof value === "string",
    integer: Number.isInteger(value),
    number: typeof value === "number",
    boolean: typeof value === "boolean",
    null: value === null,
  };
  const found = [];
  if (schema.type && !kinds[schema.type]) return [`${at} is no ${schema.type}: ${JSON.stringify(value)}`];
  if (schema.enum && !schema.enum.includes(value)) found.push(`${at} is none of ${schema.enum}`);
  if (schema.const !== undefined && schema.const !== value) found.push(`${at} is not ${schema.const}`);
  if (schema.maxLength !== undefined && value.length > schema.maxLength) found.push(`${at} is too long`);
  if (schema.minimum !== undefined && value < schema.minimum) found.push(`${at} is too small`);
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) found.push(`${at} is too small`);
  if (schema.type === "array") value.forEach(
    (one, i) => found.push(...problems(schema.items || {}, one, `${at}[${i}]`)),
  );
  if (schema.type === "object" && schema.properties) {
    for (const name of schema.required || []) if (!(name in value)) found.push(`${at} lacks ${name}`);
    for (const [name, one] of Object.entries(value)) {
      if (schema.properties[name]) found.push(...problems(schema.properties[name], one, `${at}.${name}`));
      else if (schema.additionalProperties === false) found.push(`${at} has ${name}, which nobody knows`);
    }
  }
  return found;
}

/** 25 fps from 01:00:00:00: V1 a 0–50, b 50–100; V2 c 0–50; A1 the sound of a; A2 music over all. */
function film(more = {}) {
  return {
    project: "Film",
    name: "Cut",
    rate: "25",
    dropFrame: false,
    start: "01:00:00:00",
    width: 1920,
    height: 1080,
    tracks: {
      video: [
        [
          { name: "a", path: "/film/a.mov", start: 0, length: 50, in: 10 },
          { name: "b", path: "/film/b.mov", start: 50, length: 50 },
        ],
        [{ name: "c", path: "/film/c.mov", start: 0, length: 50 }],
      ],
      audio: [
        [{ name: "a", path: "/film/a.mov", start: 0, length: 50, in: 10 }],
        [{ name: "music", path: "/film/music.wav", start: 0, length: 300 }],
      ],
    },
    markers: [{ frame: 5, name: "Look" }],
    ...more,
  };
}

const START = 90000;

class Rig {
  constructor({ version = "26.3.0", film: given = film(), ...options } = {}) {
    this.facts = new Map();
    const probe = async (file) => this.facts.get(file) || null;
    Object.assign(this, createPremiere({ version, film: given, probe, ...options }));
    this.desk = createDesk({ ppro: this.ppro, version });
    this.count = 0;
    this.files = new Set();
    for (const clip of [...given.tracks.video, ...given.tracks.audio].flat()) this.files.add(clip.path);
  }

  /** Put a picture-only file on the disk: so many frames at the sequence's rate. */
  file(name, frames = 50, facts = {}) {
    this.facts.set(name, { frames, rate: "25", width: 1920, height: 1080, audio: false, ...facts });
    this.disk.files.set(name, "media");
    return name;
  }

  async run(verb, args = {}, expect = undefined) {
    this.count += 1;
    const answer = await this.desk.run({ id: `op-${this.count}`, verb, args, expect });
    assert.deepEqual(this.world.faults, [], "Premiere was used as it must not be");
    if (answer.result !== undefined && RESULTS[verb]) {
      assert.deepEqual(problems(SCHEMA.$defs[RESULTS[verb]], answer.result), []);
    }
    return answer;
  }

  async done(verb, args, expect) {
    const answer = await this.run(verb, args, expect);
    assert.equal(answer.outcome, "verified", JSON.stringify(answer.error));
    assert.equal(answer.error, undefined);
    return answer.result;
  }

  /** Run an op that must be refused with this code, leaving the project and what can be undone as they were. */
  async refused(code, verb, args, expect) {
    const [before, steps] = [this.truth(), this.labels().length];
    const answer = await this.run(verb, args, expect);
    assert.equal(answer.outcome, "not_applied", JSON.stringify(answer));
    assert.equal(answer.error.code, code, answer.error.message);
    assert.ok(answer.error.hint);
    assert.deepEqual(this.truth(), before);
    assert.equal(this.labels().length, steps);
    return answer.error;
  }

  /** What a film is made of, without what is not its content. */
  truth() {
    const { projects, active } = this.world.truth();
    for (const project of Object.values(projects)) {
      delete project.dirty;
      delete project.schema;
    }
    return { projects, active };
  }

  labels() {
    return this.world.undoLabels();
  }

  snapshot(args = {}) {
    return this.done("timeline.snapshot", args);
  }

  async expect(...tracks) {
    const refs = tracks.length ? tracks.map(trackOf) : undefined;
    const { timeline } = await this.snapshot({ tracks: refs, detail: [] });
    const all = refs || (await this.snapshot({ marks: true })).timeline.tracks.map(
      ({ type, index }) => ({ type, index }),
    );
    return {
      project_id: timeline.project_id,
      timeline_id: timeline.timeline_id,
      tracks: all,
      revision: timeline.revision,
    };
  }

  /** The item of a name on a track such as "V1". */
  async item(track, name, args = {}) {
    const { items } = await this.snapshot(args);
    const ref = trackOf(track);
    const found = items.find(
      (one) => one.name === name && one.track.type === ref.type && one.track.index === ref.index,
    );
    assert.ok(found, `${track} has no ${name}`);
    return found;
  }

  async ref(track, name) {
    const item = await this.item(track, name);
    return {
      clip: item.key,
      track: item.track,
      start_record_frame: item.start_record_frame,
      end_record_frame: item.end_record_frame,
    };
  }

  /** A track as [start, length, in, name] in frames from the sequence's first. */
  lay(track, sequence = this.world.sequence()) {
    const { type, index } = trackOf(track);
    const frames = (ticks) => Number(ticks / sequence.frame);
    return sequence[type][index - 1].items.map(
      (one) => [frames(one.start), frames(one.end - one.start), frames(one.in), one.name],
    );
  }

  async bring(name, frames, facts) {
    const file = this.file(name, frames, facts);
    return (await this.done("media.import", { path: file, bin: ["TakeBridge", "SH010"], tags: TAGS })).media.id;
  }

  itemAt(file) {
    return Object.values(this.world.project().items).filter((one) => one.path === file);
  }

  bins() {
    return Object.values(this.world.project().items).filter((one) => one.type === "bin").map((one) => one.name);
  }
}

const TAGS = { "takebridge.link": "link-1", "takebridge.take": "take-3", "takebridge.shot": "SH010" };

function trackOf(name) {
  return { type: name[0] === "A" ? "audio" : "video", index: Number(name.slice(1)) };
}

/** A rig whose disk holds the film's files and those put there later. */
function openRig(options = {}) {
  const given = options.film || film();
  const named = [...given.tracks.video, ...given.tracks.audio].flat().filter((clip) => clip.path);
  const files = new Map(named.map((clip) => [clip.path, "media"]));
  const disk = {
    files,
    exists: (file) => files.has(file),
    folder: () => true,
    write: (file, content) => void files.set(file, content),
  };
  return Object.assign(new Rig({ ...options, film: given, disk }), { disk });
}

module.exports = { film, openRig, START, TAGS, trackOf };
