"use strict";
// Values of the constants at run time. The typings number them from 0; Premiere does not: nobody may write them down.

const GUIDS = { VIDEO: "228cda18-3625-4d2d-951e-348879e4ed93", AUDIO: "80b8e3d5-6dca-4195-aefb-cb5f407ab009" };

/** What is known: numbers Adobe documents (track item types, colour indices) or its older API had. */
const KNOWN = {
  TrackItemType: [0, 1, 2, 3, 4],
  MarkerColor: [0, 1, 2, 3, 4, 6, 7],
  ProjectItemColorLabel: [...Array(15).keys()],
  VideoDisplayFormatType: [110, 101, 102, 103, 111, 112, 109],
};
const NAMED = [
  "AudioTrackEvent",
  "EncoderEvent",
  "ExportType",
  "OperationCompleteEvent",
  "ProjectEvent",
  "SequenceEvent",
  "SnapEvent",
  "VideoTrackEvent",
  "PreferenceKey",
];

/** @param {Record<string, {members: string[]}>} declared */
function constantsOf(declared) {
  return Object.fromEntries(
    Object.entries(declared).map(([name, { members }]) => {
      const value = (member, at) => {
        if (KNOWN[name]) return KNOWN[name][at];
        return NAMED.includes(name) ? `${name}.${member}` : 1000 + 10 * at;
      };
      return [name, Object.fromEntries(members.map((member, at) => [member, value(member, at)]))];
    }),
  );
}

/** Constants on the types themselves, such as EncoderManager.EXPORT_IMMEDIATELY: the same values. */
function staticConstants(constants) {
  const all = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, () => value]));
  const { TrackItemType, ExportType, EncoderEvent, PropertyType, VideoTrackEvent, AudioTrackEvent, ProjectEvent } =
    constants;
  const kinds = Object.fromEntries(
    Object.entries(TrackItemType).map(([name, value]) => [`TRACKITEMTYPE_${name}`, value]),
  );
  const prefixed = (prefix, object) =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [`${prefix}${name}`, value]));
  const display = constants.VideoDisplayFormatType;
  return {
    VideoClipTrackItemStatic: all(kinds),
    AudioClipTrackItemStatic: all(kinds),
    EncoderManagerStatic: all({ ...prefixed("EXPORT_", ExportType), ...prefixed("EVENT_", EncoderEvent) }),
    PropertiesStatic: all(prefixed("PROPERTY_", PropertyType)),
    VideoTrackStatic: all({
      EVENT_TRACK_CHANGED: VideoTrackEvent.TRACK_CHANGED,
      EVENT_TRACK_INFO_CHANGED: VideoTrackEvent.INFO_CHANGED,
      EVENT_TRACK_LOCK_CHANGED: VideoTrackEvent.LOCK_CHANGED,
    }),
    AudioTrackStatic: all({
      EVENT_TRACK_CHANGED: AudioTrackEvent.TRACK_CHANGED,
      EVENT_TRACK_INFO_CHANGED: AudioTrackEvent.INFO_CHANGED,
      EVENT_TRACK_LOCK_CHANGED: AudioTrackEvent.LOCK_CHANGED,
    }),
    ProjectEventStatic: all({
      EVENT_OPENED: ProjectEvent.OPENED,
      EVENT_ACTIVATED: ProjectEvent.ACTIVATED,
      EVENT_DIRTY: ProjectEvent.DIRTY,
    }),
    ProjectClosedEventStatic: all({ EVENT_CLOSED: ProjectEvent.CLOSED }),
    OperationCompleteEventStatic: all({
      ...prefixed("EVENT_", constants.OperationCompleteEvent),
      ...prefixed("OPERATION_STATE_", constants.OperationCompleteState),
    }),
    ProjectItemStatic: all({ TYPE_CLIP: 1, TYPE_BIN: 2, TYPE_ROOT: 3, TYPE_FILE: 4, TYPE_STYLE: 5, TYPE_COMPOUND: 6 }),
    MarkerStatic: all({
      MARKER_TYPE_COMMENT: "Comment",
      MARKER_TYPE_CHAPTER: "Chapter",
      MARKER_TYPE_FLVCUEPOINT: "FLVCuePoint",
      MARKER_TYPE_WEBLINK: "WebLink",
    }),
    MetadataStatic: all(prefixed("METADATA_TYPE_", constants.MetadataType)),
    SequenceSettingsStatic: all({
      VIDEO_DISPLAY_FORMAT_23976: display.FPS_23_976,
      VIDEO_DISPLAY_FORMAT_25: display.FPS_25,
      VIDEO_DISPLAY_FORMAT_2997: display.FPS_29_97,
      VIDEO_DISPLAY_FORMAT_2997_NON_DROP: display.FPS_29_97_NON_DROP,
      VIDEO_DISPLAY_FORMAT_FRAMES: display.FRAMES,
    }),
    VideoTransitionStatic: all(prefixed("TRANSITIONPOSITION_", constants.TransitionPosition)),
    KeyframeStatic: all(prefixed("INTERPOLATION_MODE_", constants.InterpolationMode)),
    ...(constants.AAFExportAudioFormat
      ? { ProjectConverterStatic: all(prefixed("AAF_EXPORT_AUDIO_FORMAT_", constants.AAFExportAudioFormat)) }
      : {}),
  };
}

module.exports = { GUIDS, constantsOf, staticConstants };
