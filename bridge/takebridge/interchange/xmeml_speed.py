"""Speed as xmeml tells it: the ``timeremap`` filter, both ways.

``in``/``out`` of a retimed clip count frames of the *retimed* clip: at 200 % in 50 shows source frame 100, and
reversed they count from the media's end. `Retime` maps such times to the media; its graph (``graphdict``, retimed
frame → source frame) is what a ramp plays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from lxml import etree

from takebridge.cut.model import Frame
from takebridge.interchange.xmeml_parse import Element, is_true, text_of
from takebridge.interchange.xmeml_times import number_at

EFFECT = "timeremap"


@dataclass(frozen=True, slots=True)
class Retime:
    """How a clip plays its media. ``speed`` is signed, None for a ramp; ``graph`` pairs are frames of the item's rate.

    ``total`` is the length of the media in frames of the item's rate, where the filter says it: what a reversed clip
    counts back from.
    """

    speed: Fraction | None = Fraction(1)
    graph: tuple[tuple[Frame, Frame], ...] = ()
    ramp: str = ""

    @property
    def total(self) -> Frame | None:
        """The source frame shown at retimed frame 0, which is the media's end when reversed."""
        return next((value for when, value in self.graph if when == 0), None)

    def source(self, start: Fraction, end: Fraction, total: Fraction) -> tuple[Fraction, Fraction]:
        """Map retimed times to source times, in one unit; ``total`` is the length of the media."""
        if self.speed is None:
            return self._ramped(start, end)
        if self.speed < 0:
            return total + end * self.speed, total + start * self.speed
        return start * self.speed, end * self.speed

    def _ramped(self, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
        values = [self._at(start), self._at(end)]
        values += [Fraction(value) for when, value in self.graph if start < when < end]
        return min(values), max(values)

    def _at(self, when: Fraction) -> Fraction:
        """Return the source frame at a retimed frame, straight between keyframes and on beyond them."""
        if len(self.graph) < 2:
            return when
        pairs = list(zip(self.graph, self.graph[1:], strict=False))
        (x0, y0), (x1, y1) = next((pair for pair in pairs if when <= pair[1][0]), pairs[-1])
        return y0 + (when - x0) * Fraction(y1 - y0) / Fraction(x1 - x0)


def is_timeremap(item: Element) -> bool:
    """Say whether a `<filter>` is the speed of a clip."""
    return text_of(item, "effect/effectid").lower() == EFFECT


def retime_of(filters: Iterable[Element]) -> Retime:
    """Read the speed of a clip from its filters; 100 % where none of them is about speed or it is switched off."""
    found = next((item for item in filters if is_timeremap(item)), None)
    if found is None or not is_true(found, "enabled", default=True):
        return Retime()
    parameters = {text_of(one, "parameterid").lower(): one for one in found.iter("parameter")}
    graph = _graph(parameters.get("graphdict"))
    if is_true(parameters.get("variablespeed"), "value", default=False):
        return Retime(None, graph, "timeremap " + " ".join(f"{when}>{value}" for when, value in graph))
    percent = _percent(text_of(parameters.get("speed"), "value"))
    if is_true(parameters.get("reverse"), "value", default=False):
        percent = -abs(percent)
    return Retime(percent / 100, graph)


def _graph(parameter: Element | None) -> tuple[tuple[Frame, Frame], ...]:
    """Return the keyframes in order of time, one for each time."""
    found: dict[Frame, Frame] = {}
    for keyframe in parameter.iter("keyframe") if parameter is not None else ():
        when, value = number_at(keyframe, "when"), number_at(keyframe, "value")
        if when is not None and value is not None:
            found.setdefault(when, value)
    return tuple(sorted(found.items()))


def _percent(text: str) -> Fraction:
    """Read a percentage. With six or more decimals it is rounded: the simplest fraction that rounds to it is meant."""
    try:
        value = Decimal(text or "100")
    except ArithmeticError:
        return Fraction(100)
    if not value.is_finite() or abs(value) > 1_000_000 or len(text) > 40:
        return Fraction(100)
    exact = Fraction(value)
    digits = -int(value.as_tuple().exponent)
    if digits < 6:
        return exact
    simple = (exact / 100).limit_denominator(100_000) * 100
    return simple if abs(simple - exact) <= Fraction(1, 10**digits) else exact


def timeremap_filter(speed: Fraction, total: int) -> Element:
    """Build the filter of a constant speed; ``total`` is the media's length in frames of the item's rate."""
    found = etree.Element("filter")
    effect = etree.SubElement(found, "effect")
    for tag, text in (("name", "Time Remap"), ("effectid", EFFECT), ("effectcategory", "motion")):
        etree.SubElement(effect, tag).text = text
    etree.SubElement(effect, "effecttype").text = "motion"
    etree.SubElement(effect, "mediatype").text = "video"
    _parameter(effect, "variablespeed", "0", "0", "1")
    _parameter(effect, "speed", percent_text(abs(speed)), "-100000", "100000")
    _parameter(effect, "reverse", "TRUE" if speed < 0 else "FALSE")
    _parameter(effect, "frameblending", "FALSE")
    if speed < 0:
        graph = _parameter(effect, "graphdict", "0", "0", str(total))
        last = -(-total * speed.denominator // -speed.numerator)
        for when, value in ((0, total), (last, 0)):
            keyframe = etree.SubElement(graph, "keyframe")
            etree.SubElement(keyframe, "when").text = str(when)
            etree.SubElement(keyframe, "value").text = str(value)
    return found


def _parameter(effect: Element, name: str, value: str, low: str = "", high: str = "") -> Element:
    parameter = etree.SubElement(effect, "parameter", authoringApp="PremierePro")
    etree.SubElement(parameter, "parameterid").text = name
    etree.SubElement(parameter, "name").text = name
    if low:
        etree.SubElement(parameter, "valuemin").text = low
        etree.SubElement(parameter, "valuemax").text = high
    etree.SubElement(parameter, "value").text = value
    return parameter


def percent_text(speed: Fraction) -> str:
    """Return a speed in percent, exactly where decimals can, else with twelve of them."""
    percent = speed * 100
    with localcontext() as context:
        context.prec = 40
        exact = Decimal(percent.numerator) / Decimal(percent.denominator)
        if Fraction(exact) == percent and -int(exact.as_tuple().exponent) < 6:
            return f"{exact:f}"
        return f"{exact:.12f}"
