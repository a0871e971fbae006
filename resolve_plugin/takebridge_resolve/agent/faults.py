"""What went wrong with an op, in an editor's words."""

from .values import text

HINTS = {
    "agent_fault": "See agent.log in the TakeBridge data folder, then restart the agent.",
    "host_busy": "Close open dialogs and stop playback in Resolve, then try again.",
    "timeline_changed": "Nothing of yours was overwritten. Repeat the command on the timeline as it is now.",
    "timeline_switched": "Open the project and timeline the clip was pushed from, then repeat.",
    "unsupported_op": "Update DaVinci Resolve, or use another way to choose clips.",
    "unsupported_item": "Choose a clip that plays a media file.",
}
RETRYABLE = frozenset(["host_busy", "timeline_changed"])


class OpError(Exception):
    """An op that was not (or not surely) done: a stable code, the user's words, the next step.

    ``outcome`` is "not_applied" unless something may have been left behind; ``result`` is then what was read
    last. ``undone``: writes that had been made were seen to be taken back.
    """

    def __init__(self, code, message, hint=None, **details):
        super(OpError, self).__init__(message)
        self.code = code
        self.message = message
        self.hint = HINTS.get(code, "") if hint is None else hint
        self.details = details
        self.outcome = "not_applied"
        self.undone = False
        self.result = None

    def to_wire(self):
        """Return the WireError of the host protocol."""
        return {
            "code": self.code,
            "message": text(self.message),
            "hint": text(self.hint),
            "retryable": self.code in RETRYABLE,
            "details": self.details,
        }
