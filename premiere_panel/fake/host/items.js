"use strict";
// Project items: media, bins, sequences as items; the three types are casts of one thing.

const { addItem, mediaOf, newItem } = require("../film.js");
const { rateOf } = require("../ticks.js");
const { removeItem } = require("../world.js");
const { endOf } = require("../cutting.js");

const NUMBERS = { clip: 1, sequence: 1, bin: 2, root: 3 };
const isFolder = (item) => item.type === "bin" || item.type === "root";

/** @param {any} host */
function itemTypes(host) {
  const as = (type, data) => host.wrap(type, { project: data.project, item: data.item });
  /** The item as another type, null where it is none of it. */
  const cast = (type, fits) => (_, value) => {
    const data = host.dataOf(value);
    return fits(host.item(data)) ? as(type, data) : null;
  };
  const common = shared(host);
  Object.assign(host, {
    removeItem,
    itemOf: (project, item) => (item ? host.wrap("ProjectItem", { project, item }) : null),
  });
  return {
    ProjectItemStatic: { cast: cast("ProjectItem", () => true) },
    ClipProjectItemStatic: { cast: cast("ClipProjectItem", (item) => !isFolder(item)) },
    FolderItemStatic: { cast: cast("FolderItem", isFolder) },
    ProjectItem: {
      ...common,
      getId: (self) => host.item(self).id,
      getParentBin: (self) =>
        host.item(self).parent
          ? host.wrap("FolderItem", { project: self.project, item: host.item(self).parent })
          : null,
    },
    FolderItem: { ...common, ...folder(host) },
    ClipProjectItem: { ...common, ...clip(host), ...source(host), ...marks(host) },
    Media: {
      start: (self) => host.time(self.start),
      duration: (self) => host.time(self.duration),
    },
    FootageInterpretation: {
      getFrameRate: (self) => {
        const { num, den } = rateOf(self.media.rate);
        return Number(num) / Number(den);
      },
      getPixelAspectRatio: () => 1,
      getFieldType: () => 0,
    },
    ProjectUtilsStatic: {
      getSelection: (_, project) => host.wrap("ProjectItemSelection", { project: host.dataOf(project).project }),
      getProjectViewIds: () => [],
    },
    ProjectItemSelection: {
      getItems: (self) => (host.world.itemSelection || []).map((id) => host.itemOf(self.project, id)),
    },
    UniqueSerializeableStatic: { cast: (_, value) => host.wrap("UniqueSerializeable", host.dataOf(value)) },
    UniqueSerializeable: { getUniqueID: (self) => host.guid(self.sequence || `item:${self.item}`) },
  };
}

/** What all three types have. */
function shared(host) {
  return {
    name: (self) => host.item(self).name,
    type: (self) => NUMBERS[host.item(self).type],
    getProject: (self) => host.projectOf(self.project),
    getColorLabelIndex: (self) => host.item(self).color,
    createSetNameAction: (self, name) =>
      host.action((project) => {
        const item = host.in(project, self);
        item.name = name;
        if (item.sequence) project.sequences[item.sequence].name = name;
        return name !== "";
      }),
    createSetColorLabelAction: (self, index) =>
      host.action((project) => {
        if (!Number.isInteger(index) || index < 0 || index > 14) return false;
        host.in(project, self).color = index;
        return true;
      }),
  };
}

function folder(host) {
  const free = (project, parent, name) => {
    const names = new Set(project.items[parent].children.map((id) => project.items[id].name));
    let found = name;
    for (let n = 1; names.has(found); n += 1) found = `${name} ${String(n).padStart(2, "0")}`;
    return found;
  };
  return {
    getItems: (self) => host.item(self).children.map((id) => host.itemOf(self.project, id)),
    createBinAction: (self, name, unique) =>
      host.action((project) => {
        const parent = host.in(project, self).id;
        addItem(project, newItem(host.world.next("item"), "bin", unique ? free(project, parent, name) : name, parent));
      }),
    createRenameBinAction: (self, name) => host.action((project) => void (host.in(project, self).name = name)),
    createRemoveItemAction: (self, item) =>
      host.action((project) => {
        const found = host.in(project, host.dataOf(item));
        if (found.parent !== self.item) return false;
        const used = Object.values(project.sequences).some((sequence) =>
          [...sequence.video, ...sequence.audio].some((track) => track.items.some((piece) => piece.item === found.id)),
        );
        if (used || found.sequence) return false;
        removeItem(project, found.id);
        return true;
      }),
    createMoveItemAction: (self, item, parent) =>
      host.action((project) => {
        const found = host.in(project, host.dataOf(item));
        const target = host.in(project, host.dataOf(parent));
        const old = project.items[found.parent];
        old.children = old.children.filter((id) => id !== found.id);
        found.parent = target.id;
        target.children.push(found.id);
      }),
  };
}

function clip(host) {
  const inner = (self) => {
    const item = host.item(self);
    return item.sequence ? host.project(self).sequences[item.sequence] : null;
  };
  return {
    isSequence: (self) => Boolean(host.item(self).sequence),
    getSequence: (self) => (inner(self) ? host.sequenceOf(self.project, inner(self).guid) : null),
    isOffline: (self) => !host.item(self).online,
    isMergedClip: () => false,
    isMulticamClip: (self) => host.item(self).kind === "multicam",
    getContentType: (self) => host.constants.ContentType[host.item(self).sequence ? "SEQUENCE" : "MEDIA"],
    getMedia(self) {
      const item = host.item(self);
      const duration = item.media ? item.media.ticks : endOf(inner(self));
      return host.wrap("Media", { start: item.media ? item.media.start : 0n, duration });
    },
    getFootageInterpretation: (self) =>
      host.item(self).media ? host.wrap("FootageInterpretation", { media: host.item(self).media }) : null,
    createSubClipAction: (self, name, start, end) =>
      host.action((project) => {
        const whole = host.in(project, self);
        const part = {
          ...structuredClone(whole),
          id: host.world.next("item"),
          name,
          in: host.ticksOf(start),
          out: host.ticksOf(end),
        };
        if (part.in >= part.out || part.in < 0n || part.out > whole.media.ticks) return false;
        addItem(project, part);
        return true;
      }),
  };
}

/** The file behind an item. Changing it cannot be undone. */
function source(host) {
  const { world } = host;
  const relink = (self, change) =>
    world.always(self.project, (project) => project.items[self.item] && change(project.items[self.item]));
  return {
    getMediaFilePath: (self) => host.item(self).path,
    canChangeMediaPath: (self) => Boolean(host.item(self).path),
    canProxy: (self) => Boolean(host.item(self).path),
    hasProxy: () => false,
    getProxyPath: () => "",
    refreshMedia: (self) => host.disk.exists(host.item(self).path),
    async changeMediaFilePath(self, path, override = false) {
      const item = host.item(self);
      if (host.quirks.relinkFails || !item.path || !host.disk.exists(path)) return false;
      const facts = await host.probe(path);
      if (!facts) return false;
      const media = mediaOf(facts);
      const alike = item.media && ["rate", "width", "height", "audio"].every((key) => item.media[key] === media[key]);
      if (!alike && !override) return false;
      relink(self, (one) => Object.assign(one, { path, media: { ...media }, online: true }));
      world.dirty(self.project);
      return true;
    },
    findItemsMatchingMediaPath: (self, text) =>
      Object.values(host.project(self).items)
        .filter((item) => item.path.includes(text))
        .map((item) => host.itemOf(self.project, item.id)),
    createSetOfflineAction: (self) => host.action((project) => void (host.in(project, self).online = false)),
    getOriginatingProjectPath: () => "",
  };
}

/** In and out points of an item: what of it comes onto a track. */
function marks(host) {
  const length = (project, item) => (item.media ? item.media.ticks : endOf(project.sequences[item.sequence]));
  const set = (self, change) =>
    host.action((project) => {
      const item = host.in(project, self);
      change(item);
      const [from, to] = [item.in ?? 0n, item.out ?? length(project, item)];
      return from >= 0n && from < to && to <= length(project, item);
    });
  return {
    getInPoint: (self) => host.time(host.item(self).in ?? 0n),
    getOutPoint: (self) => host.time(host.item(self).out ?? length(host.project(self), host.item(self))),
    createSetInPointAction: (self, time) => set(self, (item) => void (item.in = host.ticksOf(time))),
    createSetOutPointAction: (self, time) => set(self, (item) => void (item.out = host.ticksOf(time))),
    createSetInOutPointsAction: (self, from, to) =>
      set(self, (item) => Object.assign(item, { in: host.ticksOf(from), out: host.ticksOf(to) })),
    createClearInOutPointsAction: (self) => set(self, (item) => Object.assign(item, { in: null, out: null })),
  };
}

module.exports = { itemTypes };
