"use strict";
// What puts clips on tracks and takes them off: SequenceEditor, and markers.

const cutting = require("../cutting.js");
const { CutError } = require("../world.js");

/** @param {any} host */
function editorTypes(host) {
  const place = (edit) => (self, item, time, video, audio, limitShift) => {
    const facts = { time: host.ticksOf(time), video, audio, limitShift };
    for (const index of [video, audio]) if (!Number.isInteger(index)) throw host.fault("Track indices are integers.");
    const { item: id } = host.dataOf(item);
    return host.action((project) =>
      edit(host.world, project, host.in(project, self), { ...facts, item: project.items[id] }),
    );
  };
  return {
    SequenceEditorStatic: {
      getEditor: (_, sequence) => host.wrap("SequenceEditor", host.dataOf(sequence)),
      getInstalledMogrtPath: () => "/mogrts",
    },
    SequenceEditor: {
      createOverwriteItemAction: place(cutting.overwrite),
      createInsertProjectItemAction: place(cutting.insert),
      createRemoveItemsAction: (self, selection, ripple, mediaType) => {
        const { ids } = host.dataOf(selection);
        const kept = [...ids];
        const types = typesOf(host, mediaType);
        return host.action((project) => {
          if (!kept.length) throw new CutError("Nothing is selected.");
          cutting.remove(host.in(project, self), kept, { types, linked: types.length > 1, ripple });
        });
      },
      createCloneTrackItemAction: (self, piece, offset, videoRows, audioRows, _align, inserting) => {
        const { id } = host.dataOf(piece);
        const ticks = host.ticksOf(offset);
        const rows = { video: videoRows, audio: audioRows };
        return host.action((project) =>
          cutting.clone(host.world, host.in(project, self), id, { offset: ticks, rows, inserting }),
        );
      },
    },
    ...markerTypes(host),
  };
}

/** Track types a media type means; "any" also means what is linked. */
function typesOf(host, mediaType) {
  const { VIDEO, AUDIO, ANY } = host.constants.MediaType;
  if (mediaType === VIDEO) return ["video"];
  if (mediaType === AUDIO) return ["audio"];
  if (mediaType === ANY) return ["video", "audio"];
  throw host.fault("createRemoveItemsAction: mediaType is none of Constants.MediaType.");
}

/** Markers of a sequence, or of a project item. */
function markerTypes(host) {
  const list = (project, self) => host.in(project, self.owner).markers;
  const one = (self) => {
    const found = list(host.project(self.owner), self).find((marker) => marker.guid === self.marker);
    if (!found) throw new Error("The marker is gone.");
    return found;
  };
  const set = (key, valueOf) => (self, value) => {
    const kept = valueOf ? valueOf(value) : value;
    return host.action((project) => {
      const marker = list(project, self).find((found) => found.guid === self.marker);
      if (!marker) return false;
      marker[key] = kept;
      return true;
    });
  };
  const sorted = (markers) => markers.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return {
    MarkersStatic: {
      getMarkers: (_, owner) => {
        const data = host.dataOf(owner);
        host.in(host.project(data), data);
        return host.wrap("Markers", { owner: data });
      },
    },
    Markers: {
      getMarkers: (self, filters) =>
        list(host.project(self.owner), self)
          .filter((marker) => !filters || !filters.length || filters.includes(marker.type))
          .map((marker) => host.wrap("Marker", { owner: self.owner, marker: marker.guid })),
      createAddMarkerAction: (self, name, type = "Comment", start, duration, comments = "") => {
        const [from, length] = [start ? host.ticksOf(start) : 0n, duration ? host.ticksOf(duration) : 0n];
        return host.action((project) => {
          const markers = list(project, self);
          const marker = {
            guid: host.world.next("guid"),
            name,
            comments,
            type,
            color: 0,
            start: from,
            duration: length,
            url: "",
            target: "",
          };
          if (from < 0n) return false;
          markers.push(marker);
          sorted(markers);
          return true;
        });
      },
      createRemoveMarkerAction: (self, marker) => {
        const { marker: guid } = host.dataOf(marker);
        return host.action((project) => {
          const owner = host.in(project, self.owner);
          const kept = owner.markers.filter((found) => found.guid !== guid);
          const had = kept.length < owner.markers.length;
          owner.markers = kept;
          return had;
        });
      },
      createMoveMarkerAction: (self, marker, time) => {
        const { marker: guid } = host.dataOf(marker);
        const ticks = host.ticksOf(time);
        return host.action((project) => {
          const found = list(project, self).find((other) => other.guid === guid);
          if (!found) return false;
          found.start = ticks;
          sorted(list(project, self));
          return true;
        });
      },
    },
    Marker: {
      guid: (self) => host.guid(one(self).guid),
      getName: (self) => one(self).name,
      getComments: (self) => one(self).comments,
      getType: (self) => one(self).type,
      getUrl: (self) => one(self).url,
      getTarget: (self) => one(self).target,
      getColorIndex: (self) => one(self).color,
      getStart: (self) => host.time(one(self).start),
      getDuration: (self) => host.time(one(self).duration),
      createSetColorByIndexAction: set("color"),
      createSetNameAction: set("name"),
      createSetCommentsAction: set("comments"),
      createSetTypeAction: set("type"),
      createSetDurationAction: set("duration", (time) => host.ticksOf(time)),
    },
  };
}

module.exports = { editorTypes };
