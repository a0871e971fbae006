"""The one error tree. Every error a person can meet is one of these.

BridgeError(message, hint, details; class-level code, retryable)
├ UsageError        InvalidTimeError(UnknownRateError) · InvalidWireError(CycleError) · UnknownNodeError
│                   UnknownTakeError · InvalidParamError · PreconditionError · UnknownModelError · NotFoundError
│                   CutMismatchError · TooLargeError
├ HostError         HostOfflineError · HostTimeoutError · HostBusyError · UnsupportedOpError · HostRejectedError
│                   TimelineChangedError · TimelineSwitchedError · UnsupportedItemError · ProtocolVersionError
│                   AgentFaultError · PlanNotAppliedError
├ ProviderError     CapabilityError(ModerationError · RetiredModelError) · JobFailedError · JobCancelledError
│                   ProviderUnavailableError(ProviderBusyError · ProviderKeyError · ProviderQuotaError)
│                   UnknownOutcomeError · BudgetError
├ MediaError        ProbeError · UnsafeMediaError · RangeError · FFmpegError · FFmpegMissingError
│                   ConformError · CancelledError
├ InterchangeError  InvalidDocumentError · UnsupportedFormatError
└ StoreError        DataFolderLockedError · DiskFullError · ConflictError · MigrationError · BlobMissingError
                    UnsafeFolderError

``code`` is stable and goes on the wire, ``message`` speaks in the user's words, ``hint`` is the next step,
``retryable`` says whether the same request may succeed later without the user changing anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class BridgeError(Exception):
    """Base of the tree. Never raised itself."""

    code: ClassVar[str] = "bridge_error"
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, hint: str | None = None, **details: str | int | None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.default_hint if hint is None else hint
        self.details = {key: value for key, value in details.items() if value is not None}

    def to_wire(self) -> dict[str, object]:
        """Return ``{code, message, hint, retryable, details}`` with JSON-safe values only."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "retryable": self.retryable,
            "details": dict(self.details),
        }


# --- the caller's mistake -------------------------------------------------------------------------------


class UsageError(BridgeError):
    """The request itself is wrong; nothing was changed."""

    code = "usage"
    default_hint = "Correct the request and send it again; nothing was changed."


class InvalidTimeError(UsageError):
    """A time, frame or timecode that cannot exist."""

    code = "invalid_time"
    default_hint = "Check the frame, range or timecode against the timeline's rate."


class UnknownRateError(InvalidTimeError):
    """A frame rate outside the closed set of edit rates."""

    code = "unknown_rate"
    default_hint = "Use one of 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94, 60, 100, 119.88, 120."


class InvalidWireError(UsageError):
    """A wire whose ports do not fit."""

    code = "invalid_wire"
    default_hint = "Choose ports of the same kind."


class CycleError(InvalidWireError):
    """A wire that would make the canvas circular."""

    code = "cycle"
    default_hint = "A node cannot feed itself. Bring the result back as an imported take instead."


class UnknownNodeError(UsageError):
    """No such node (or wire) on this canvas."""

    code = "unknown_node"
    default_hint = "Reload the canvas: it may have been removed."


class UnknownTakeError(UsageError):
    """No such take, or it belongs to another node."""

    code = "unknown_take"
    default_hint = "Reload the canvas: the take may belong to another node."


class InvalidParamError(UsageError):
    """A parameter this node kind does not have, or a value it does not accept."""

    code = "invalid_param"
    default_hint = "Give one of the parameters and values the node's kind has."


class PreconditionError(UsageError):
    """The canvas has moved on since the client looked (compare-and-set failed)."""

    code = "precondition"
    default_hint = "Reload the node and decide again."


class UnknownModelError(UsageError):
    """No model profile has this id."""

    code = "unknown_model"


class NotFoundError(UsageError):
    """No such canvas, job, clip link or blob."""

    code = "not_found"
    default_hint = "'takebridge status' lists what there is."


class CutMismatchError(UsageError):
    """Cuts that cannot be compared or merged: other rates, another project, a base that is not their ancestor."""

    code = "cut_mismatch"
    default_hint = "Export the cuts from the same timeline, at the same rate, and try again."


class TooLargeError(UsageError):
    """More bytes than the bridge takes at once, or than were announced."""

    code = "too_large"
    default_hint = "Send less, or have the file put on the bridge's own machine and name it by its path."


# --- the editor application -----------------------------------------------------------------------------


class HostError(BridgeError):
    """The editor application could not do it."""

    code = "host"


class HostOfflineError(HostError):
    """No agent is connected."""

    code = "host_offline"
    retryable = True
    default_hint = "Start the agent: in Resolve, Workspace > Scripts > TakeBridge. Then try again."


class HostTimeoutError(HostError):
    """The agent took the op but did not answer in time; the outcome is unknown until it is read back."""

    code = "host_timeout"
    retryable = True
    default_hint = "Check that the editor is not showing a dialog, then repeat: a repeated pull changes nothing twice."


class HostBusyError(HostError):
    """A dialog, playback or a backup makes the host refuse every write."""

    code = "host_busy"
    retryable = True
    default_hint = "Close open dialogs and stop playback in the editor, then try again."


class UnsupportedOpError(HostError):
    """This host version does not offer the op."""

    code = "unsupported_op"


class HostRejectedError(HostError):
    """The host said no, or said yes and did not do it; nothing is left half-made."""

    code = "host_rejected"


class TimelineChangedError(HostError):
    """Somebody edited the clip or its neighbours after we looked."""

    code = "timeline_changed"
    retryable = True
    default_hint = "Nothing was changed. Repeat the command to work on the timeline as it is now."


class TimelineSwitchedError(HostError):
    """Another project or timeline is open than the one the clip belongs to."""

    code = "timeline_switched"
    default_hint = "Open the project and timeline the clip was pushed from, then repeat."


class UnsupportedItemError(HostError):
    """This timeline item has no media file that could be sent out."""

    code = "unsupported_item"


class AgentFaultError(HostError):
    """The agent itself failed at an op; its answer's outcome says whether something may have been written."""

    code = "agent_fault"
    default_hint = "See agent.log in the TakeBridge data folder, then restart the agent."


class ProtocolVersionError(HostError):
    """Agent and server speak different protocol versions."""

    code = "protocol_version"
    default_hint = "Update the agent with 'takebridge' from the same release as the server, then restart it."


class PlanNotAppliedError(HostError):
    """An edit plan could not be carried out as a whole; the timeline is as it was before."""

    code = "plan_not_applied"
    default_hint = "The timeline is as it was. Look at the reason, then run the round trip again."


# --- generation -----------------------------------------------------------------------------------------


class ProviderError(BridgeError):
    """Generation failed."""

    code = "provider"


class CapabilityError(ProviderError):
    """The model cannot express the request; raised before anything is spent."""

    code = "capability"


class ModerationError(CapabilityError):
    """The provider's rules refused the request; nothing was started. Never tried again by itself."""

    code = "moderation"
    default_hint = "Change the prompt or the references, or choose another model. Nothing was charged."


class RetiredModelError(CapabilityError):
    """The model is switched off."""

    code = "retired_model"
    default_hint = "Choose a model that is still there: 'takebridge models' names successors."


class ProviderUnavailableError(ProviderError):
    """The provider is not installed, configured or reachable; this call started nothing."""

    code = "provider_unavailable"


class ProviderBusyError(ProviderUnavailableError):
    """The provider takes nothing right now, or nobody reaches it; this call started nothing. ``details.retry_after``
    are the seconds it asked to wait, where it did.
    """

    code = "provider_busy"
    retryable = True
    default_hint = "Nothing was submitted. The job waits and is tried again by itself."


class ProviderKeyError(ProviderUnavailableError):
    """There is no key for the provider, or it does not take the one there is."""

    code = "provider_key"
    default_hint = "Set a key: 'takebridge keys set PROVIDER'. Nothing was submitted."


class ProviderQuotaError(ProviderUnavailableError):
    """The account has no balance, or its plan does not allow this."""

    code = "provider_quota"
    default_hint = "Nothing was submitted. Top up the account at the provider, or choose another provider's model."


class JobFailedError(ProviderError):
    """The provider accepted the job and it failed."""

    code = "job_failed"


class JobCancelledError(ProviderError):
    """The job was cancelled by a person."""

    code = "job_cancelled"


class UnknownOutcomeError(ProviderError):
    """Submitted, but whether it was accepted is unknown; never submitted again without a person's word."""

    code = "unknown_outcome"
    default_hint = "Check the provider's own history, then choose: submit again (may pay twice) or give up."


class BudgetError(ProviderError):
    """A cap would be passed, or the price cannot be held against one; raised before anything is spent."""

    code = "budget"
    default_hint = "Nothing was submitted. Raise the cap, or choose a cheaper model."


# --- media ----------------------------------------------------------------------------------------------


class MediaError(BridgeError):
    """A media file is unfit or an encode went wrong."""

    code = "media"


class ProbeError(MediaError):
    """The file cannot be read as media."""

    code = "probe"


class UnsafeMediaError(MediaError):
    """The file is a playlist, script or other container that could reach for more files."""

    code = "unsafe_media"
    default_hint = "Send the real clip: playlists and lists of files are not opened."


class RangeError(MediaError):
    """The asked frames are not in the file."""

    code = "media_range"


class FFmpegError(MediaError):
    """ffmpeg failed; details carry its last lines."""

    code = "ffmpeg"
    default_hint = "Nothing was kept. Try again; if it fails again, look at the server's log."


class FFmpegMissingError(MediaError):
    """No ffmpeg binary was found."""

    code = "ffmpeg_missing"
    default_hint = "Install ffmpeg, or point TAKEBRIDGE_FFMPEG at one, then run 'takebridge doctor'."


class ConformError(MediaError):
    """A take cannot become the slot without an editorial decision."""

    code = "conform"


class CancelledError(MediaError):
    """The encode was cancelled; no file is left."""

    code = "cancelled"
    default_hint = "Start it again when you want it after all."


class InterchangeError(BridgeError):
    """A timeline document could not be read or written."""

    code = "interchange"


class InvalidDocumentError(InterchangeError):
    """The document is not what it claims to be."""

    code = "invalid_document"


class UnsupportedFormatError(InterchangeError):
    """No reader or writer for this kind of document."""

    code = "unsupported_format"
    default_hint = "Use .otio, .fcpxml, .fcpxmld, .xml (Final Cut 7), .edl or .aaf."


# --- durable state --------------------------------------------------------------------------------------


class StoreError(BridgeError):
    """The data folder refused."""

    code = "store"
    default_hint = "Run 'takebridge doctor'."


class DataFolderLockedError(StoreError):
    """Another bridge owns this data folder."""

    code = "data_folder_locked"
    default_hint = "Use the running bridge ('takebridge status'), or stop it first."


class DiskFullError(StoreError):
    """No space left; nothing half-written was kept."""

    code = "disk_full"
    retryable = True
    default_hint = "Free some space on the drive of the data folder, then try again."


class ConflictError(StoreError):
    """A row with this id exists and says something else."""

    code = "conflict"
    default_hint = "Read it again and decide anew."


class MigrationError(StoreError):
    """The database was written by a newer release."""

    code = "migration"
    default_hint = "Update TakeBridge, or open the backup made before."


class BlobMissingError(StoreError):
    """The media store no longer has these bytes."""

    code = "blob_missing"


class UnsafeFolderError(StoreError):
    """A folder or file with secrets is readable by others."""

    code = "unsafe_folder"


def classes(root: type[BridgeError] = BridgeError) -> dict[str, type[BridgeError]]:
    """Return every class of the tree below (and with) ``root`` by its code: of several, the one that gave it."""
    found = {root.code: root} if "code" in vars(root) else {}
    for child in root.__subclasses__():
        found |= classes(child)
    return found


def from_wire(wire: Mapping[str, Any], default: type[BridgeError]) -> BridgeError:
    """Return the error that `BridgeError.to_wire` wrote; an unknown code becomes ``default`` with the same words."""
    details = wire.get("details")
    simple = {
        str(key): value
        for key, value in (details.items() if isinstance(details, Mapping) else ())
        if isinstance(value, str | int) and key not in ("self", "message", "hint")
    }
    error = classes().get(str(wire.get("code")), default)
    return error(str(wire.get("message") or "Unknown error."), hint=str(wire.get("hint") or "") or None, **simple)
