"""How jobs end badly, in the user's words."""

from __future__ import annotations

from takebridge.errors import BridgeError, ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate
from takebridge.store.jobs import JobError

CANCELLED = JobError(code="job_cancelled", message="The job was cancelled.", hint="Generate again if it is wanted.")
NOT_ACCEPTED = JobError(
    code="provider", message="The provider did not accept the job.", hint="Nothing was spent: generate again."
)
UNKNOWN = JobError(
    code="unknown_outcome",
    message="Submitting was interrupted; the provider may have accepted the job.",
    hint="Check the provider's own history, then choose: submit again (may pay twice) or give up.",
)
NO_ANSWER = JobError(
    code="no_answer",
    message="The provider did not finish in ten times the usual time.",
    hint="Choose: look again (costs nothing) or give up. What is held for it stays held until then.",
)
NOT_STOPPED = JobError(
    code="cancel_unconfirmed",
    message="The provider did not confirm that the job has stopped.",
    hint="Choose: look again (its result is kept if it finished) or give up.",
)
OTHER_VERSION = JobError(
    code="other_version",
    message="Another release of TakeBridge began this job; this one does not go on with it by itself.",
    hint="Choose: continue (what was submitted is not submitted again) or give up.",
)
GIVEN_UP = JobError(
    code="given_up",
    message="Somebody gave up on this job; the provider may have charged for it.",
    hint="The provider's own history says whether it did. Generate again if the take is still wanted.",
)
SUBMITTED_AGAIN = JobError(
    code="submitted_again",
    message="Its outcome stayed unknown, and it was submitted again as another job.",
    hint="The other job has the result; the provider's own history says whether both were charged.",
)

_REFUSED_HINT = "Change the prompt or the inputs: the same again would be refused again."
_FAILED_HINT = "Retry the job, or choose another model."


def internal(reason: str) -> JobError:
    """Something nobody foresaw went wrong here."""
    return JobError(code="internal", message=reason, hint="Run 'takebridge doctor'.")


def no_provider(name: str) -> BridgeError:
    """The provider is not there any more."""
    return ProviderUnavailableError(
        f"The provider “{name}” is not installed any more.", hint="Install it again, then look again."
    )


def result_lost(cause: BaseException | None) -> JobError:
    """The provider has finished and its result did not get here."""
    why = cause.message if isinstance(cause, BridgeError) else f"{type(cause).__name__}: {cause}"
    hint = f"{cause.hint} " if isinstance(cause, BridgeError) and cause.hint else ""
    return JobError(
        code="result_lost",
        message=f"The provider finished, and its result could not be kept: {why}",
        hint=f"{hint}Then choose: look again (costs nothing) or give up.",
    )


def of_update(update: JobUpdate) -> JobError:
    """What the provider said."""
    if update.state == "cancelled" and not update.error_code:
        return CANCELLED
    return JobError(
        code=update.error_code or "job_failed",
        message=update.error_message or "The provider gave no reason.",
        hint=update.error_hint or (_REFUSED_HINT if update.error_code == "refused" else _FAILED_HINT),
    )
