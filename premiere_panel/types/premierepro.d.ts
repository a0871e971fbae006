// `require("premierepro")` is Premiere's own scripting API; Adobe's typings describe its latest release. What a release
// before 26.3 lacks is probed at run time (stage.can), never assumed from these types.
declare module "premierepro" {
  const ppro: import("@adobe/premierepro").premierepro;
  export = ppro;
}

/** Premiere's scripting API as it is handed to the agent. */
type Ppro = import("@adobe/premierepro").premierepro;

// Premiere's own things under their own names, for JSDoc.
type Action = import("@adobe/premierepro").Action;
type AudioClipTrackItem = import("@adobe/premierepro").AudioClipTrackItem;
type AudioTrack = import("@adobe/premierepro").AudioTrack;
type ClipProjectItem = import("@adobe/premierepro").ClipProjectItem;
type CompoundAction = import("@adobe/premierepro").CompoundAction;
type FolderItem = import("@adobe/premierepro").FolderItem;
type FrameRate = import("@adobe/premierepro").FrameRate;
type Guid = import("@adobe/premierepro").Guid;
type Marker = import("@adobe/premierepro").Marker;
type Markers = import("@adobe/premierepro").Markers;
type Project = import("@adobe/premierepro").Project;
type ProjectItem = import("@adobe/premierepro").ProjectItem;
type Sequence = import("@adobe/premierepro").Sequence;
type SequenceEditor = import("@adobe/premierepro").SequenceEditor;
type TickTime = import("@adobe/premierepro").TickTime;
type TrackItemSelection = import("@adobe/premierepro").TrackItemSelection;
type VideoClipTrackItem = import("@adobe/premierepro").VideoClipTrackItem;
type VideoTrack = import("@adobe/premierepro").VideoTrack;
