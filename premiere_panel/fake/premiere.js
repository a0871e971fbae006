"use strict";
// A strict stand-in for Premiere: the module `premierepro` over a world of its own. It runs in Node and in a page.

const { membersOf, TABLE } = require("./members.js");
const { createStrict, HostFault } = require("./strict.js");
const { createWire } = require("./wire.js");
const { createWorld } = require("./world.js");
const { createPerson } = require("./person.js");
const { placeOf } = require("./cutting.js");
const { constantsOf, staticConstants } = require("./host/constants.js");
const { editorTypes } = require("./host/editor.js");
const { eventTypes, tellTracks } = require("./host/events.js");
const { factTypes } = require("./host/facts.js");
const { itemTypes } = require("./host/items.js");
const { outputTypes } = require("./host/output.js");
const { pieceTypes } = require("./host/pieces.js");
const { projectTypes } = require("./host/project.js");
const { sequenceTypes } = require("./host/sequence.js");
const { valueTypes } = require("./host/values.js");

/** Files in memory: those the film names are there, and what is written. */
function memoryDisk(film) {
  const named = ["video", "audio"].flatMap((type) => (film && film.tracks[type]) || []).flat();
  const files = new Map(named.filter((clip) => clip.path).map((clip) => [clip.path, "media"]));
  return {
    files,
    exists: (path) => files.has(path),
    folder: () => true,
    write: (path, content) => void files.set(path, content),
  };
}

/** What things handed out stand for, looked up now: whoever holds something that is gone is told so. */
function lookups(world) {
  const need = (found, what) => {
    if (!found) throw new Error(`The ${what} is gone.`);
    return found;
  };
  const trackIn = (project, self) => {
    const sequence = need(project.sequences[self.sequence], "sequence");
    return need(
      [...sequence.video, ...sequence.audio].find((track) => track.id === self.track),
      "track",
    );
  };
  const placeIn = (project, self) => need(placeOf(need(project.sequences[self.sequence], "sequence"), self.id), "clip");
  const project = (self) => need(world.state.projects[self.project], "project");
  return {
    project,
    trackIn,
    placeIn,
    /** What data names, in a given state of its project. */
    in(state, self) {
      if (self.item) return need(state.items[self.item], "project item");
      return self.sequence ? need(state.sequences[self.sequence], "sequence") : state;
    },
    item: (self) => need(project(self).items[self.item], "project item"),
    sequence: (self) => need(project(self).sequences[self.sequence], "sequence"),
    track: (self) => trackIn(project(self), self),
    piece: (self) => placeIn(project(self), self).piece,
    transition: (self) =>
      need(
        trackIn(project(self), self).transitions.find((one) => one.id === self.transition),
        "transition",
      ),
  };
}

/** Edits between two calls: what a person does right before the next call of a member, or always. */
function createHooks() {
  const hooks = [];
  return {
    add: (name, act, times = 1) => void hooks.push({ name, act, times }),
    run(name) {
      for (const hook of [...hooks]) {
        if (hook.name !== name) continue;
        hook.times -= 1;
        if (hook.times === 0) hooks.splice(hooks.indexOf(hook), 1);
        if (hook.times <= 0) hook.act();
      }
    },
  };
}

const UNKNOWN = () => undefined;

/** The module object: types, constants, and nothing else. */
function moduleOf(host, members) {
  const things = {};
  for (const [name, entry] of Object.entries(members.exports)) {
    things[name] =
      name === "Constants" ? closed(host, "Constants", host.constants, true) : host.wrap(entry.type, { static: true });
  }
  return closed(host, "premierepro", things, false, Object.keys(TABLE.exports));
}

/** An object that has only its members; what a later version has reads as undefined. */
function closed(host, label, object, deep, later = Object.keys(TABLE.constants)) {
  const inner = deep
    ? Object.fromEntries(
        Object.entries(object).map(([name, one]) => [name, closed(host, `${label}.${name}`, one, false, [])]),
      )
    : object;
  return new Proxy(inner, {
    get(target, name) {
      if (typeof name === "symbol" || Object.hasOwn(target, name)) return target[name];
      if (later.includes(name) || ["then", "toJSON", "constructor"].includes(name)) return UNKNOWN();
      throw host.fault(`${label} has no ${name} in the typings.`);
    },
    set() {
      throw host.fault(`${label} cannot be changed.`);
    },
  });
}

/**
 * Start a Premiere.
 *
 * `probe(path)` (async) says what a file holds, or null; `disk` is {exists, folder, write}; `draw({path, …})` (async)
 * writes a real picture or film and answers true. `quirks` make calls fail: importFails, relinkFails, exportFails,
 * renderFails, encoder (false: no Media Encoder). `latencyMs` passes before each answer, `lanes` are on their way at once.
 * @param {{version?: string, film?: any, probe?: (path: string) => Promise<any>, latencyMs?: number, lanes?: number,
 *   clock?: any, disk?: any, draw?: any, quirks?: any}} options
 */
function createPremiere({ version = "26.3.0", film, probe, latencyMs = 0, lanes = 64, disk, draw, quirks = {} } = {}) {
  const members = membersOf(version);
  const world = createWorld(film);
  const wire = createWire({ latencyMs, lanes });
  const hooks = createHooks();
  const host = {
    world,
    members,
    quirks,
    draw,
    disk: disk || memoryDisk(film),
    constants: constantsOf(members.constants),
    lock: { number: 0, count: 0 },
  };
  host.probe = async (path) => (probe ? probe(path) : null);
  const alive = () => {
    if (world.crashed) throw new Error("Premiere has crashed.");
  };
  const strict = createStrict(members, {
    faults: world.faults,
    calls: world.calls,
    before(name) {
      alive();
      hooks.run(name);
    },
    ask: (_name, compute) => wire.call(compute),
    locked: () => host.lock.number > 0,
  });
  Object.assign(host, lookups(world), {
    wrap: strict.wrap,
    fault: strict.fault,
    inside: strict.inside,
    dataOf: strict.dataOf,
    guid: (text) => strict.wrap("Guid", { text }),
    isFault: (error) => error instanceof HostFault,
    pause: () => wire.call(() => undefined),
    /** An Action: made inside a lock (26.3 asks for it), used in that lock, once. */
    action(apply) {
      if (!host.lock.number && members.strictLocks) throw strict.fault("An Action was made outside lockedAccess.");
      return strict.wrap("Action", { lock: host.lock.number, used: false, apply });
    },
    /** A track item as its track hands it out, or null when it is gone. */
    pieceOf(self, id) {
      const sequence = host.sequence(self);
      const place = placeOf(sequence, id);
      const type = place && (place.type === "video" ? "VideoClipTrackItem" : "AudioClipTrackItem");
      return type ? strict.wrap(type, { project: self.project, sequence: self.sequence, id }) : null;
    },
  });
  for (const types of [
    valueTypes,
    projectTypes,
    itemTypes,
    sequenceTypes,
    pieceTypes,
    editorTypes,
    factTypes,
    outputTypes,
    eventTypes,
  ]) {
    strict.add(types(host));
  }
  strict.add(staticConstants(constantsOf(TABLE.constants)));
  strict.add(oddTypes(host, version));
  world.onEdit = (before, after) => host.listening() && tellTracks(world, before, after);
  world.wire = wire;
  world.hooks = hooks;
  return { ppro: moduleOf(host, members), uxp: uxpOf(version), world, person: createPerson(host) };
}

/** What hardly anyone asks. */
function oddTypes(host, version) {
  return {
    Application: { version: () => version },
    ObjectMaskUtilsStatic: { hasObjectMask: () => false },
    UtilsStatic: { isAEInstalled: () => false },
    TranscriptStatic: { hasTranscript: () => false, querySupportedLanguages: () => [] },
    AppPreferenceStatic: { getValue: () => "", setValue: () => true },
  };
}

/** The module `uxp`, as far as a panel needs it. */
function uxpOf(version) {
  return {
    host: { name: "premierepro", version, uiLocale: "en_US" },
    versions: { uxp: "uxp-8.1.0", plugin: "0.1.0" },
    entrypoints: { setup() {} },
    shell: { openExternal: async () => "", openPath: async () => "" },
    storage: { localFileSystem: { getDataFolder: async () => null }, secureStorage: null },
  };
}

module.exports = { HostFault, createPremiere };
