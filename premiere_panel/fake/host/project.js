"use strict";
// Projects: locks, transactions, imports, sequences opened and closed.

const { addItem, mediaOf, nameOf, newItem, newSequence, newTrack } = require("../film.js");
const { CutError } = require("../world.js");
const { overwrite } = require("../cutting.js");

/** @param {any} host */
function projectTypes(host) {
  const { world } = host;
  const projectOf = (guid) => (guid && world.state.projects[guid] ? host.wrap("Project", { project: guid }) : null);
  const sequenceOf = (project, guid) => (guid ? host.wrap("Sequence", { project, sequence: guid }) : null);
  Object.assign(host, { sequenceOf, projectOf });
  return {
    ProjectStatic: {
      getActiveProject: () => projectOf(world.state.active),
      getProject: (_, guid) => projectOf(host.dataOf(guid).text),
      isProject: (_, path) => path.endsWith(".prproj"),
    },
    Project: {
      guid: (self) => host.guid(self.project),
      name: (self) => host.project(self).name,
      path: (self) => host.project(self).path,
      ...sequences(host),
      ...bins(host),
      ...writing(host),
    },
    CompoundAction: {
      addAction(self, action) {
        const one = host.dataOf(action);
        if (one.used) throw host.fault("An Action can be used once.");
        if (one.lock !== host.lock.number) throw host.fault("An Action was used outside the lock it was made in.");
        one.used = true;
        self.actions.push(one.apply);
        return true;
      },
      empty: (self) => self.actions.length === 0,
    },
    PRProductionStatic: { getActiveProduction: () => null },
  };
}

/** Opening, making, deleting sequences; none of it can be undone. */
function sequences(host) {
  const { world } = host;
  const { sequenceOf } = host;
  const has = (self, sequence) => host.project(self).sequences[host.dataOf(sequence).sequence];
  const make = async (self, name, rate, parent) => {
    const project = host.project(self);
    const item = newItem(world.next("item"), "sequence", name, parent || project.root);
    const active = world.sequence();
    const made = newSequence(world.next("guid"), name, item.id, {
      rate: rate || (active ? active.rate : "25"),
      width: 1920,
      height: 1080,
    });
    made.video = [newTrack(Number(world.next("track")), "video", 0)];
    made.audio = [newTrack(Number(world.next("track")), "audio", 0)];
    item.sequence = made.guid;
    world.always(self.project, (one) => {
      addItem(one, structuredClone(item));
      one.sequences[made.guid] = structuredClone(made);
      one.order.push(made.guid);
    });
    world.activate(self.project, made.guid);
    return made;
  };
  return {
    getActiveSequence: (self) => sequenceOf(self.project, host.project(self).active),
    getSequences: (self) => host.project(self).order.map((guid) => sequenceOf(self.project, guid)),
    getSequence: (self, guid) => {
      const text = host.dataOf(guid).text;
      return host.project(self).sequences[text] ? sequenceOf(self.project, text) : null;
    },
    setActiveSequence: (self, sequence) =>
      Boolean(has(self, sequence)) && world.activate(self.project, host.dataOf(sequence).sequence),
    openSequence: (self, sequence) =>
      Boolean(has(self, sequence)) && world.activate(self.project, host.dataOf(sequence).sequence),
    closeSequence: (self, sequence) =>
      Boolean(has(self, sequence)) && world.close(self.project, host.dataOf(sequence).sequence),
    deleteSequence: (self, sequence) =>
      Boolean(has(self, sequence)) && world.deleteSequence(self.project, host.dataOf(sequence).sequence),
    createSequence: async (self, name) => sequenceOf(self.project, (await make(self, name)).guid),
    createSequenceWithPresetPath: async (self, name, preset) =>
      host.disk.exists(preset) ? sequenceOf(self.project, (await make(self, name)).guid) : null,
    async createSequenceFromMedia(self, name, clips = [], bin = null) {
      const items = clips.map((clip) => host.item(host.dataOf(clip)));
      const made = await make(
        self,
        name,
        items[0] && items[0].media && items[0].media.rate,
        bin && host.dataOf(bin).item,
      );
      world.always(self.project, (project) => {
        let time = 0n;
        const sequence = project.sequences[made.guid];
        for (const item of items) {
          overwrite(world, project, sequence, { item: project.items[item.id], time, video: 0, audio: 0 });
          time = sequence.video[0].items.reduce((end, piece) => (piece.end > end ? piece.end : end), 0n);
        }
      });
      return sequenceOf(self.project, made.guid);
    },
  };
}

/** Bins and what comes into them. */
function bins(host) {
  const { world } = host;

  /** What the files are; null as soon as one is not there. Unreadable ones are left out without a word. */
  async function read(paths) {
    const found = [];
    for (const path of paths) {
      if (!path || !host.disk.exists(path)) return null;
      const facts = await host.probe(path);
      if (facts) found.push([path, facts]);
    }
    return found;
  }

  return {
    getRootItem: (self) => host.wrap("FolderItem", { project: self.project, item: host.project(self).root }),
    getInsertionBin: (self) => host.wrap("ProjectItem", { project: self.project, item: host.project(self).root }),
    async importFiles(self, paths, _quiet, bin) {
      if (host.quirks.importFails) return false;
      const files = await read(paths);
      if (!files || !paths.length) return false;
      const parent = bin ? host.dataOf(bin).item : host.project(self).root;
      if (!["bin", "root"].includes(host.item({ project: self.project, item: parent }).type)) return false;
      for (const [path, facts] of files) {
        const item = newItem(world.next("item"), "clip", nameOf(path), parent);
        item.path = path;
        item.media = mediaOf(facts);
        world.always(
          self.project,
          (project) => void (project.items[parent] && addItem(project, structuredClone(item))),
        );
      }
      if (files.length) world.dirty(self.project);
      world.tell("imported", self.project);
      return true;
    },
  };
}

/** Locks, transactions and saving. */
function writing(host) {
  const { world } = host;

  /** Run a callback that must end at once; a promise of it is a fault, an error of it is told without its reason. */
  function atOnce(what, callback, argument) {
    const ended = callback(argument);
    if (ended && typeof ended.then === "function") {
      ended.then(undefined, () => {});
      throw host.fault(`${what} was given an async callback.`);
    }
  }

  return {
    lockedAccess(self, callback) {
      host.project(self);
      if (host.lock.number) throw host.fault("lockedAccess was called inside lockedAccess.");
      host.lock.count += 1;
      host.lock.number = host.lock.count;
      try {
        atOnce("lockedAccess", callback, undefined);
      } catch (error) {
        throw host.isFault(error) ? error : new Error("Script action failed to execute.");
      } finally {
        host.lock.number = 0;
      }
    },
    executeTransaction(self, callback, label = "") {
      host.project(self);
      if (!host.lock.number && host.members.strictLocks)
        throw host.fault("executeTransaction was called outside lockedAccess.");
      const compound = { actions: [] };
      try {
        atOnce("executeTransaction", callback, host.wrap("CompoundAction", compound));
      } catch (error) {
        if (host.isFault(error)) throw error;
        return false;
      }
      if (!compound.actions.length) return true;
      return world.change(self.project, label, (project) => {
        for (const apply of compound.actions) if (apply(project) === false) throw new CutError("An action failed.");
      });
    },
    save(self) {
      if (!host.project(self).path) return false;
      world.always(self.project, (project) => void (project.saves += 1));
      host.project(self).dirty = false;
      return true;
    },
    saveAs(self, path) {
      world.always(self.project, (project) =>
        Object.assign(project, { path, name: nameOf(path), saves: project.saves + 1 }),
      );
      host.project(self).dirty = false;
      return true;
    },
  };
}

module.exports = { projectTypes };
