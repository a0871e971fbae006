"""Capability negotiation: what a model cannot do exactly is turned into what it can, and every step is said.

Pure. A length is raised to a legal one and trimmed later, a shape or a size becomes the nearest legal one, inputs are
fitted to the limits, references beyond the most are left out in the order of their wires, a rate is left to conform.
What this changes is in `Agreed.adaptations`, to be shown with the price; what nothing can be done about is left as it
was asked, for `check_request` to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from takebridge.errors import CapabilityError
from takebridge.providers.capability import Files, Lengths, length_ms, lengths_of, name_of, rate_of, rate_words, seconds
from takebridge.providers.facts import Mode
from takebridge.providers.negotiation_inputs import fitted_inputs
from takebridge.providers.negotiation_types import Agreed, Talk, picture_of
from takebridge.providers.pricing import ratio_of, short_side
from takebridge.providers.protocol import GenerationRequest, ModelProfile, ParamValue
from takebridge.providers.remote.order import mode_of

__all__ = ["Agreed", "negotiate"]

_OPEN_MS = 5000
"""The length asked for where nobody said one and the model has to be told."""

_NEAR = Fraction(51, 50)
"""Shapes that differ by less than two percent are the same: sides are rounded to even pixels."""

_OURS = frozenset({"consent"})
"""Words for the bridge, which a model without a field for them need not hear."""

_NEARLY = Fraction(9, 10)
"""A size a tenth smaller than asked is still that size: 1K stands for 1080p."""


def negotiate(
    profile: ModelProfile,
    request: GenerationRequest,
    *,
    defaults: Mapping[str, ParamValue] | None = None,
    files: Files | None = None,
) -> Agreed:
    """Return the request as this model can express it, as far as it can.

    ``defaults`` are values of parameters that nobody chose; ``files`` what the inputs are on the drive. The built-in
    provider takes requests as they are. Negotiating what was agreed once more changes nothing.
    Raises CapabilityError for a source that is too long, with the parts it could be split into.
    """
    if profile.local:
        return Agreed(request, request)
    talk = Talk(profile, defaults or {}, files or {})
    request = _with_fewer_references(talk, request)
    mode = _mode(profile, request)
    request = _with_length(talk, mode, request)
    request = _with_params(talk, mode, request)
    sent, fits = fitted_inputs(talk, request)
    return Agreed(request, sent, tuple(talk.said), fits, talk.keep_ms)


# --- references -----------------------------------------------------------------------------------------


def _with_fewer_references(talk: Talk, request: GenerationRequest) -> GenerationRequest:
    """Keep the first references, in the order of their wires; none where the other inputs exclude them."""
    slot = next((one for one in talk.profile.inputs if one.role == "reference_image"), None)
    given = [one for one in request.inputs if one.role == "reference_image"]
    if slot is None or not given:
        return request
    keep, why = slot.maximum, f"takes {slot.maximum}"
    if not _has_mode(talk.profile, request):
        others = tuple(one for one in request.inputs if one.role != "reference_image")
        if _has_mode(talk.profile, request.model_copy(update={"inputs": others})):
            keep, why = 0, "takes none together with the other inputs"
    left_out = given[keep:]
    if not left_out:
        return request
    names = ", ".join(f"“{name_of(one)}”" for one in left_out)
    were = "was" if len(left_out) == 1 else "were"
    talk.note("references", f"{len(given)} references are wired; {talk.who} {why}: {names} {were} left out.")
    gone = {id(one) for one in left_out}
    return request.model_copy(update={"inputs": tuple(one for one in request.inputs if id(one) not in gone)})


def _has_mode(profile: ModelProfile, request: GenerationRequest) -> bool:
    try:
        mode_of(profile, request.inputs)
    except CapabilityError:
        return False
    return True


def _mode(profile: ModelProfile, request: GenerationRequest) -> Mode:
    """The mode it will be asked in; an empty one where none takes the inputs (`check_request` refuses those)."""
    return mode_of(profile, request.inputs) if _has_mode(profile, request) else Mode(name="")


# --- length ---------------------------------------------------------------------------------------------


def _with_length(talk: Talk, mode: Mode, request: GenerationRequest) -> GenerationRequest:
    lengths, asked = lengths_of(talk.profile, mode), request.duration_ms
    if asked is None:
        return _with_open_length(talk, mode, request, lengths)
    if not lengths.known:
        if not talk.unasked("duration_ms", asked):
            return request
        talk.note("length", f"{talk.who} decides the length itself.")
        return request.model_copy(update={"duration_ms": None})
    made = lengths.up(asked)
    if made is None or made == asked:
        return request
    talk.keep_ms = asked
    talk.note("length", _trimmed(asked, made, "Asked for"))
    return request.model_copy(update={"duration_ms": made})


def _with_open_length(talk: Talk, mode: Mode, request: GenerationRequest, lengths: Lengths) -> GenerationRequest:
    """A length left open is that of the source; where a model has to be told one, the one nearest to 5 seconds."""
    if not lengths.known or talk.profile.keeps_length:
        return request
    source = next((one for one in request.inputs if one.role == "source_video"), None)
    wanted = length_ms(source) if source else None
    if wanted is None:
        if "duration" not in mode.body:
            return request
        usual = lengths.up(_OPEN_MS) or lengths.longest
        talk.note("length", f"The length was left open: {talk.who} makes {seconds(usual)} s.")
        return request.model_copy(update={"duration_ms": usual})
    made = lengths.up(wanted)
    if made is None:
        made = lengths.longest
        talk.note("length", f"The source is {seconds(wanted)} s long; {talk.who} makes {seconds(made)} s of it.")
    elif made != wanted:
        talk.keep_ms = wanted
        talk.note("length", _trimmed(wanted, made, "The source is"))
    return request.model_copy(update={"duration_ms": made})


def _trimmed(asked: int, made: int, lead: str) -> str:
    long = " long" if lead.endswith("is") else ""
    return (
        f"{lead} {seconds(asked)} s{long}; made {seconds(made)} s, the last {seconds(made - asked)} s is trimmed "
        "and stays as a handle."
    )


# --- parameters -----------------------------------------------------------------------------------------


def _with_params(talk: Talk, mode: Mode, request: GenerationRequest) -> GenerationRequest:
    params: dict[str, ParamValue] = {}
    for name, value in request.params.items():
        if name == "avoid":
            request = _with_avoid(talk, request, params, value)
        elif (kept := _param(talk, mode, request, name, value)) is not None:
            params[name] = kept
    params = _legal_size(talk, mode, params)
    return request.model_copy(update={"params": params})


def _param(talk: Talk, mode: Mode, request: GenerationRequest, name: str, value: ParamValue) -> ParamValue | None:
    """Return a parameter's legal value; None leaves it out, the value itself is left to be refused if it is not."""
    legal = _legal(talk.profile, mode, name)
    if name == "aspect":
        return _aspect(talk, request, str(value), legal)
    if name == "resolution":
        return _resolution(talk, value, legal)
    if name == "rate":
        return _rate(talk, str(value), legal)
    if name in ("sound", "keep_sound") and legal is None:
        return _sound(talk, name, wanted=value is True)
    if value == "" or (legal is None and name in _OURS):
        return None  # nobody said anything: the model's own default
    if legal is None:
        return None if talk.unasked(name, value) else value
    if not legal or value in legal or not talk.unasked(name, value):
        return value
    made = talk.profile.params[name] if talk.profile.params[name] in legal else legal[0]
    talk.note("parameter", f"{name.capitalize().replace('_', ' ')}: {talk.who} makes {_said(made)}.")
    return made


def _legal(profile: ModelProfile, mode: Mode, name: str) -> tuple[ParamValue, ...] | None:
    """Return what a parameter may be; empty: anything; None: the model has no such parameter."""
    if name not in profile.params:
        return None
    return mode.params.get(name) or profile.choices.get(name, ())


def _with_avoid(
    talk: Talk, request: GenerationRequest, params: dict[str, ParamValue], value: ParamValue
) -> GenerationRequest:
    """What should not be seen is said in the prompt where the model has no field for it."""
    choices = talk.profile.choices.get("avoid")
    words = str(value).strip()
    if "avoid" in talk.profile.params and choices != ("",):
        params["avoid"] = value
        return request
    if not words or not talk.profile.prompt:
        if words:
            params["avoid"] = value
        return request
    talk.note("words", f"{talk.who} has no field for what to avoid: it is said in the prompt.")
    prompt = "\n\n".join(part for part in (request.prompt.strip(), f"Avoid: {words}") if part)
    return request.model_copy(update={"prompt": prompt})


def _aspect(
    talk: Talk, request: GenerationRequest, asked: str, legal: tuple[ParamValue, ...] | None
) -> ParamValue | None:
    picture = picture_of(request)
    shape = Fraction(picture.width, picture.height) if picture else None
    wanted = ratio_of(asked)
    if legal is None:
        if wanted is not None and not talk.unasked("aspect", asked):
            _say_cropped(talk, asked, wanted, shape)
        return None
    if not legal or asked in legal:
        return asked
    follows = next((one for one in legal if isinstance(one, str) and one and ratio_of(one) is None), None)
    if wanted is None:  # auto
        if follows is not None or shape is None:
            return follows if shape is not None else None
        return _nearest_shape(legal, shape)
    made = _nearest_shape(legal, wanted)
    if made is None:
        if follows is None:
            return asked
        _say_cropped(talk, asked, wanted, shape)
        return follows
    if not _alike(ratio_of(made) or wanted, wanted):
        talk.note("aspect", f"Asked for {asked}; made {made}, cropped to {asked} in the cut.")
    return made


def _say_cropped(talk: Talk, asked: str, wanted: Fraction, shape: Fraction | None) -> None:
    """The result follows its picture, or the model's own mind: say what the cut does with that."""
    if shape is not None and _alike(shape, wanted):
        return
    who = f"{talk.who} takes its shape from the picture" if shape else f"{talk.who} decides its shape itself"
    talk.note("aspect", f"{who}; it is cropped to {asked} in the cut.")


def _nearest_shape(legal: Iterable[ParamValue], wanted: Fraction) -> ParamValue | None:
    shapes = [(ratio, one) for one in legal if (ratio := ratio_of(one)) is not None]
    return min(shapes, key=lambda pair: max(pair[0] / wanted, wanted / pair[0]))[1] if shapes else None


def _alike(one: Fraction, other: Fraction) -> bool:
    return max(one / other, other / one) < _NEAR


def _resolution(talk: Talk, asked: ParamValue, legal: tuple[ParamValue, ...] | None) -> ParamValue | None:
    """The smallest legal size that is not smaller than asked, else the largest; conform does the rest."""
    if legal is None:
        if not talk.unasked("resolution", asked):
            talk.note("resolution", f"{talk.who} has one size; {_said(asked)} is made of it in the cut.")
        return None
    if not legal or asked in legal:
        return asked
    wanted = short_side(asked)
    sides = sorted((side, place) for place, one in enumerate(legal) if (side := short_side(one)) is not None)
    if wanted is None or not sides:
        return asked
    side, place = next((pair for pair in sides if pair[0] >= wanted * _NEARLY), sides[-1])
    if side != wanted:
        talk.note("resolution", f"Asked for {_said(asked)}; made {_said(legal[place])}, scaled in the cut.")
    return legal[place]


def _rate(talk: Talk, asked: str, legal: tuple[ParamValue, ...] | None) -> ParamValue | None:
    if legal is not None and (not legal or asked in legal):
        return asked
    wanted = rate_of(asked)
    if wanted is None:  # auto
        return None
    rates = [one for one in map(rate_of, talk.profile.rates) if one is not None]
    if wanted not in rates:
        made = f"made at {' or '.join(map(rate_words, rates))}" if rates else f"{talk.who} decides its rate itself"
        talk.note("rate", f"Asked for {rate_words(wanted)} frames a second; {made}, conformed in the cut.")
    return None


def _sound(talk: Talk, name: str, *, wanted: bool) -> ParamValue | None:
    """Sound a model cannot be told about: said where it differs. A shot that must have some is refused elsewhere."""
    has = talk.profile.sound
    if name == "sound" and wanted and has == "none":
        raise CapabilityError(
            f"{talk.profile.id} makes no sound.", hint="Switch the sound off, or choose another model."
        )
    if wanted and has == "none":
        talk.note("sound", f"{talk.who} returns no sound: keep the source's own in the cut.")
    elif not wanted and has == "always":
        talk.note("sound", f"{talk.who} always makes sound: mute it in the cut.")
    return None


# --- shape and size together ----------------------------------------------------------------------------


def _legal_size(talk: Talk, mode: Mode, params: dict[str, ParamValue]) -> dict[str, ParamValue]:
    """Where a model lists its sizes, not every shape has every resolution: take the nearest pair there is."""
    field = mode.body.get("size")
    if field is None or not field.map:
        return params
    own = talk.profile.params
    aspect, resolution = (str(params.get(name, own.get(name, ""))) for name in ("aspect", "resolution"))
    if f"{aspect}@{resolution}" in field.map:
        return params
    wanted, side = ratio_of(aspect), short_side(resolution)
    pairs = [tuple(key.split("@", 1)) for key in field.map if key.count("@") == 1]

    def distance(pair: tuple[str, ...]) -> tuple[Fraction, int]:
        ratio, short = ratio_of(pair[0]), short_side(pair[1])
        off = max(ratio / wanted, wanted / ratio) if ratio and wanted else Fraction(pair[0] != aspect)
        return (off, abs((short or 0) - (side or 0)))

    if not pairs:
        return params
    best = min(pairs, key=distance)
    talk.note("resolution", f"{talk.who} does not make {aspect} at {resolution}; made {best[0]} at {best[1]}.")
    return {**params, **{name: one for name, one in zip(("aspect", "resolution"), best, strict=True) if one}}


def _said(value: ParamValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
