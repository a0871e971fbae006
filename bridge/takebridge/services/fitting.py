"""Coming to terms with a model before anything is spent, and making the files that were agreed on."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from shutil import rmtree

from takebridge.canvas.model import NodeKind
from takebridge.errors import BridgeError, CapabilityError, RetiredModelError
from takebridge.media.fitting import fit_file
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.providers.capability import FileFacts, check_request, naming, retired
from takebridge.providers.negotiation import Agreed, negotiate
from takebridge.providers.protocol import GenerationRequest, MediaInput, ModelProfile, ParamValue
from takebridge.providers.remote.order import prompt_of
from takebridge.store.blobs import hash_file

_WEB_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4"})
"""What services can decode; an editor's own codecs (DNxHR, ProRes …) are converted first."""

_MEDIA = frozenset({"video", "image", "audio"})


def defaults_of(kind: NodeKind) -> dict[str, ParamValue]:
    """Return the values of a kind's parameters that nobody chose."""
    return {spec.name: spec.default for spec in kind.params}


def agree(
    profile: ModelProfile,
    request: GenerationRequest,
    *,
    defaults: Mapping[str, ParamValue] | None = None,
    others: Iterable[ModelProfile] = (),
) -> Agreed:
    """Return the request as the model can express it, checked.

    Raises CapabilityError, with those of ``others`` that could do it in its hint. Reads the inputs, sends nothing.
    """
    files = {} if profile.local else measured(request)
    try:
        return _agreed(profile, request, defaults or {}, files)
    except RetiredModelError:
        raise
    except CapabilityError as error:
        able = [one for one in others if one.id != profile.id and _can(one, request, defaults or {}, files)]
        raise naming(error, able) from error


def sendable(profile: ModelProfile, request: GenerationRequest, folder: Path) -> GenerationRequest:
    """Return an agreed request with the files that are sent; those that have to be made are made in ``folder``.

    Raises CapabilityError and what `fit_file` raises; then the folder is gone.
    """
    agreed = negotiate(profile, request, files={} if profile.local else measured(request))
    if not agreed.fits:
        return request
    inputs = list(agreed.sent.inputs)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place, fit in agreed.fits.items():
            made = folder / f"{place}{fit.suffix}"
            fit_file(request.inputs[place].path, made, fit)
            inputs[place] = _as_made(inputs[place], made)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    return agreed.sent.model_copy(update={"inputs": tuple(inputs)})


def measured(request: GenerationRequest) -> dict[str, FileFacts]:
    """Return what the inputs are on the drive, by content; what cannot be read is left out."""
    found: dict[str, FileFacts] = {}
    for one in request.inputs:
        try:
            if one.media_type in _MEDIA:
                found[one.content] = FileFacts(one.path.stat().st_size, _mime_of(one))
        except (OSError, BridgeError):
            continue
    return found


def _agreed(
    profile: ModelProfile,
    request: GenerationRequest,
    defaults: Mapping[str, ParamValue],
    files: Mapping[str, FileFacts],
) -> Agreed:
    if profile.lifecycle == "retired":
        raise retired(profile)
    agreed = negotiate(profile, request, defaults=defaults, files=files)
    made = {agreed.request.inputs[place].content for place in agreed.fits}
    left = {content: facts for content, facts in files.items() if content not in made}
    prompt = None if profile.max_prompt is None else prompt_of(agreed.request)
    check_request(profile, agreed.sent, prompt=prompt, files=left)
    return agreed


def _can(
    profile: ModelProfile,
    request: GenerationRequest,
    defaults: Mapping[str, ParamValue],
    files: Mapping[str, FileFacts],
) -> bool:
    try:
        _agreed(profile, request.model_copy(update={"model": profile.id}), defaults, files)
    except CapabilityError:
        return False
    return True


def _mime_of(one: MediaInput) -> str:
    """The MIME type by the file's name; a clip in a codec no service knows is of a type of its own."""
    named = mimetypes.guess_type(one.path.name)[0] or f"{one.media_type}/x-unknown"
    if one.media_type != "video" or one.frame_count is None:
        return named
    codec = probe(one.path).codec
    return named if codec in _WEB_CODECS else f"video/x-{codec or 'unknown'}"


def _as_made(one: MediaInput, path: Path) -> MediaInput:
    changes: dict[str, object] = {"path": path, "content": hash_file(path)}
    info: MediaInfo = probe(path)
    if info.has_video:
        changes |= {"width": info.width, "height": info.height}
    return one.model_copy(update=changes)
