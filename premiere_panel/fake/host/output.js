"use strict";
// Files out: frames, documents, renders. None of it changes the project.

const { nameOf } = require("../film.js");
const { otioOf, xmemlOf } = require("../documents.js");
const { endOf } = require("../cutting.js");

const STILLS = new Set(["bmp", "dpx", "gif", "jpg", "exr", "png", "tga", "tif"]);
const folderOf = (path) => path.replace(/[\\/][^\\/]*$/, "");

/** A grey pixel as PNG, for worlds that draw nothing. */
const DOT = Uint8Array.from([
  137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 58, 126, 155, 85,
  0, 0, 0, 10, 73, 68, 65, 84, 120, 156, 99, 104, 0, 0, 0, 130, 0, 129, 119, 205, 114, 182, 0, 0, 0, 0, 73, 69, 78, 68,
  174, 66, 96, 130,
]);

/** The picture one sees at a time: the highest enabled clip there, and the time of its media. */
function seenAt(host, self, ticks) {
  const sequence = host.sequence(self);
  const tracks = [...sequence.video].reverse().filter((track) => !track.muted);
  for (const track of tracks) {
    const piece = track.items.find((one) => !one.disabled && one.start <= ticks && ticks < one.end);
    if (!piece) continue;
    const item = host.project(self).items[piece.item];
    if (item.path) return { path: item.path, ticks: String(piece.in + (ticks - piece.start)) };
  }
  return null;
}

/** @param {any} host */
function outputTypes(host) {
  const { disk } = host;
  const document = (writer) => (_, sequence, path) => {
    const self = host.dataOf(sequence);
    if (host.quirks.exportFails || !disk.folder(folderOf(path))) return false;
    disk.write(path, writer(host.project(self), host.sequence(self)));
    return true;
  };
  return {
    ExporterStatic: {
      async exportSequenceFrame(_, sequence, time, filename, folder, width, height) {
        const self = host.dataOf(sequence);
        const name = nameOf(filename);
        const [ticks, ending] = [host.ticksOf(time), name.split(".").pop().toLowerCase()];
        if (!STILLS.has(ending) || !disk.folder(folder) || width < 1 || height < 1 || host.quirks.exportFails)
          return false;
        if (ticks < 0n || ticks >= endOf(host.sequence(self))) return false;
        const path = `${folder.replace(/[\\/]$/, "")}/${name}`;
        const seen = seenAt(host, self, ticks);
        const drawn = host.draw ? await host.draw({ path, width, height, seen }) : null;
        if (!drawn) disk.write(path, DOT);
        return true;
      },
    },
    ProjectConverterStatic: {
      exportAsOpenTimelineIO: document(otioOf),
      exportAsFinalCutProXML: document(xmemlOf),
      exportAAF: document((_project, sequence) => `AAF of ${sequence.name}`),
    },
    EncoderManagerStatic: {
      getManager: () => host.wrap("EncoderManager", { manager: true }),
      getExportFileExtension: (_, _sequence, preset) => (disk.exists(preset) ? "mp4" : ""),
    },
    EncoderManager: encoder(host),
  };
}

/** Media Encoder: jobs run one after the other once the queue is started, and tell how far they are. */
function encoder(host) {
  const { world, disk } = host;
  const jobs = [];
  let count = 0;

  const tell = (what, job, more = {}) =>
    world.tell(`encoder-${what}`, "encoder", { event: { jobID: job.id, ...more } });

  function fail(job) {
    tell("error", job, { message: "The render failed." });
  }

  /** Each step is an answer of its own on the wire, so that others come between. */
  async function run(job) {
    for (const amount of [0.5, 1]) {
      await host.pause();
      if (host.quirks.renderFails) return fail(job);
      tell("progress", job, { progressAmount: amount });
    }
    const drawn = host.draw ? await host.draw({ path: job.path, render: { start: job.start, end: job.end } }) : false;
    try {
      if (!drawn) disk.write(job.path, "render");
    } catch (_gone) {
      return fail(job);
    }
    return tell("complete", job, { outputFiles: [job.path] });
  }

  function rangeOf(self, full) {
    const sequence = host.sequence(self);
    const [start, end] = full ? [0n, endOf(sequence)] : [sequence.in ?? 0n, sequence.out ?? endOf(sequence)];
    return { start: String(start), end: String(end) };
  }

  async function start() {
    for (const job of jobs.splice(0)) await run(job);
  }

  return {
    isAMEInstalled: () => host.quirks.encoder !== false,
    launchEncoder: () => host.quirks.encoder !== false,
    startBatchEncode() {
      start();
      return true;
    },
    setEmbeddedXMPEnabled: () => true,
    setSidecarXMPEnabled: () => true,
    async exportSequence(_, sequence, how, path = "", preset = "", full = true) {
      const self = host.dataOf(sequence);
      const { IMMEDIATELY, QUEUE_TO_AME, QUEUE_TO_APP } = host.constants.ExportType;
      if (![IMMEDIATELY, QUEUE_TO_AME, QUEUE_TO_APP].includes(how))
        throw host.fault("exportType is none of Constants.ExportType.");
      if (how !== IMMEDIATELY && host.quirks.encoder === false) return false;
      if (!disk.exists(preset) || !disk.folder(folderOf(path))) return false;
      count += 1;
      const job = { id: `job-${count}`, path, ...rangeOf(self, full) };
      jobs.push(job);
      tell("queue", job);
      if (how === IMMEDIATELY) await start();
      else if (how === QUEUE_TO_AME) start();
      return true;
    },
  };
}

module.exports = { outputTypes };
