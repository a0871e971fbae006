"use strict";
// Documents Premiere writes of a sequence: OpenTimelineIO and Final Cut Pro 7 XML, as plain as programs read them.

const { rateOf, scaled } = require("./ticks.js");

/** Frames of ticks at a rate of so many ticks per frame. */
const frames = (ticks, frame) => Number((2n * ticks + frame) / (2n * frame));

/** A path as a file URL; Windows drives come after localhost. @param {string} path */
function fileUrl(path) {
  const clean = path.replace(/\\/g, "/");
  const encoded = clean
    .split("/")
    .map((part) => encodeURIComponent(part).replace(/%3A/g, ":"))
    .join("/");
  return clean.startsWith("/") ? `file://localhost${encoded}` : `file://localhost/${encoded}`;
}

// --- OpenTimelineIO ---------------------------------------------------------------------------------------

function otioOf(project, sequence) {
  const { num, den } = rateOf(sequence.rate);
  const rate = Number(num) / Number(den);
  const time = (value) => ({ OTIO_SCHEMA: "RationalTime.1", rate, value });
  const range = (start, duration) => ({
    OTIO_SCHEMA: "TimeRange.1",
    start_time: time(start),
    duration: time(duration),
  });
  const count = (ticks) => frames(ticks, sequence.frame);

  const gap = (length) => ({
    OTIO_SCHEMA: "Gap.1",
    name: "",
    metadata: {},
    source_range: range(0, length),
    effects: [],
    markers: [],
    enabled: true,
  });
  const clip = (piece) => {
    const item = project.items[piece.item];
    const media = item.path
      ? {
          OTIO_SCHEMA: "ExternalReference.1",
          name: item.name,
          metadata: {},
          target_url: fileUrl(item.path),
          available_range: range(0, count(item.media.ticks)),
        }
      : { OTIO_SCHEMA: "MissingReference.1", name: item.name, metadata: {}, available_range: null };
    const speed = piece.reversed ? -piece.speed : piece.speed;
    const warps =
      speed === 1
        ? []
        : [
            {
              OTIO_SCHEMA: "LinearTimeWarp.1",
              name: "",
              effect_name: "LinearTimeWarp",
              time_scalar: speed,
              metadata: {},
            },
          ];
    return {
      OTIO_SCHEMA: "Clip.2",
      name: piece.name,
      metadata: {},
      enabled: !piece.disabled,
      effects: warps,
      markers: [],
      source_range: range(count(piece.in), count(piece.end - piece.start)),
      media_references: { DEFAULT_MEDIA: media },
      active_media_reference_key: "DEFAULT_MEDIA",
    };
  };
  const track = (kind, one) => {
    const children = [];
    let at = 0n;
    for (const piece of one.items) {
      if (piece.start > at) children.push(gap(count(piece.start - at)));
      children.push(clip(piece));
      at = piece.end;
    }
    return {
      OTIO_SCHEMA: "Track.1",
      name: one.name,
      kind,
      metadata: {},
      source_range: null,
      effects: [],
      markers: [],
      enabled: !one.muted,
      children,
    };
  };
  const marker = (one) => ({
    OTIO_SCHEMA: "Marker.2",
    name: one.name,
    comment: one.comments,
    color: "GREEN",
    metadata: {},
    marked_range: range(count(one.start), count(one.duration)),
  });
  const stack = {
    OTIO_SCHEMA: "Stack.1",
    name: sequence.name,
    source_range: null,
    effects: [],
    enabled: true,
    markers: sequence.markers.map(marker),
    metadata: {
      PremierePro_OTIO: { VideoFrameRate: rate, VideoResolution: { width: sequence.width, height: sequence.height } },
    },
    children: [
      ...sequence.video.map((one) => track("Video", one)),
      ...sequence.audio.map((one) => track("Audio", one)),
    ],
  };
  const start = time(count(sequence.zero));
  return JSON.stringify(
    {
      OTIO_SCHEMA: "Timeline.1",
      name: sequence.name,
      global_start_time: start,
      metadata: { PremierePro_OTIO: { MetadataVersion: "1.0" } },
      tracks: stack,
    },
    null,
    1,
  );
}

// --- Final Cut Pro 7 XML ----------------------------------------------------------------------------------

const escaped = (text) =>
  String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const tag = (name, ...inside) => `<${name}>${inside.join("")}</${name}>`;
const word = (name, text) => `<${name}>${escaped(text)}</${name}>`;

function rateTag(rate) {
  const { num, den } = rateOf(rate);
  return tag("rate", word("timebase", String((num + den - 1n) / den)), word("ntsc", den === 1001n ? "TRUE" : "FALSE"));
}

function xmemlOf(project, sequence) {
  const count = (ticks) => frames(ticks, sequence.frame);
  const seen = new Set();
  const file = (item) => {
    const id = `file-${item.id}`;
    if (seen.has(id)) return `<file id="${id}"/>`;
    seen.add(id);
    const { media } = item;
    const size = tag("samplecharacteristics", word("width", media.width), word("height", media.height));
    const sides = [media.picture ? tag("video", size) : "", media.audio ? tag("audio", word("channelcount", 2)) : ""];
    const inside = [
      word("name", item.name),
      word("pathurl", fileUrl(item.path)),
      rateTag(media.rate),
      word("duration", media.frames),
      tag("media", ...sides),
    ];
    return `<file id="${id}">${inside.join("")}</file>`;
  };
  const filter = (piece) => {
    if (piece.speed === 1 && !piece.reversed) return "";
    const speed = tag(
      "parameter",
      word("parameterid", "speed"),
      word("name", "speed"),
      word("value", piece.speed * 100),
    );
    const reverse = tag(
      "parameter",
      word("parameterid", "reverse"),
      word("name", "reverse"),
      word("value", piece.reversed ? "TRUE" : "FALSE"),
    );
    const effect = [
      word("name", "Time Remap"),
      word("effectid", "timeremap"),
      word("effectcategory", "motion"),
      word("effecttype", "motion"),
      word("mediatype", "video"),
      speed,
      reverse,
    ];
    return tag("filter", tag("effect", ...effect));
  };
  const clip = (piece) => {
    const item = project.items[piece.item];
    const first = scaled(piece.in, 1 / piece.speed);
    const times = [
      word("start", count(piece.start)),
      word("end", count(piece.end)),
      word("in", count(first)),
      word("out", count(first + piece.end - piece.start)),
    ];
    const whole = item.media ? count(item.media.ticks) : count(piece.end - piece.start);
    const inside = [
      word("masterclipid", `masterclip-${item.id}`),
      word("name", piece.name),
      word("enabled", piece.disabled ? "FALSE" : "TRUE"),
      word("duration", whole),
      rateTag(sequence.rate),
      ...times,
    ];
    inside.push(item.path ? file(item) : "", filter(piece));
    return `<clipitem id="clipitem-${piece.id}">${inside.join("")}</clipitem>`;
  };
  const track = (one) =>
    tag(
      "track",
      ...one.items.map(clip),
      word("enabled", one.muted ? "FALSE" : "TRUE"),
      word("locked", one.locked ? "TRUE" : "FALSE"),
    );
  const format = tag(
    "format",
    tag(
      "samplecharacteristics",
      rateTag(sequence.rate),
      word("width", sequence.width),
      word("height", sequence.height),
    ),
  );
  const media = tag(
    "media",
    tag("video", format, ...sequence.video.map(track)),
    tag("audio", ...sequence.audio.map(track)),
  );
  const timecode = tag(
    "timecode",
    rateTag(sequence.rate),
    word("frame", count(sequence.zero)),
    word("displayformat", sequence.dropFrame ? "DF" : "NDF"),
  );
  const end = [...sequence.video, ...sequence.audio]
    .flatMap((one) => one.items.map((piece) => piece.end))
    .reduce((a, b) => (a > b ? a : b), 0n);
  const head = [word("name", sequence.name), word("duration", count(end)), rateTag(sequence.rate), timecode];
  const body = `<sequence id="sequence-1">${head.join("")}${media}</sequence>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n<xmeml version="4">${body}</xmeml>\n`;
}

module.exports = { fileUrl, otioOf, xmemlOf };
