"""One API call, as Resolve's scripting bridge behaves: nothing raises, absent names are None, everything is logged.

API classes subclass `ApiObject` and mark their methods with `read` or `write`, each naming the value a failed call
gives. Parameter annotations are enforced here: a wrong type is a failed call, a wrong number of arguments is None.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar, Union, get_args, get_origin

if TYPE_CHECKING:
    from .world import World


def studio_only(world: World) -> None:
    """On the free edition: open the modal that says so, which fails later writes, and refuse (resolve.md §5.22)."""
    if not world.profile.studio:
        world.ui.modal()
        raise Refused


Method = TypeVar("Method", bound=Callable[..., object])


class Refused(Exception):
    """Raised inside a method: the call fails and gives its failure value."""


@dataclass(frozen=True)
class Manner:
    """How a method fails, and whether it writes (a busy Resolve fails every write)."""

    fail: object
    writes: bool


def read(fail: object = None) -> Callable[[Method], Method]:
    """Mark a method that only reads."""
    return functools.partial(_mark, Manner(fail, False))


def write(fail: object = False) -> Callable[[Method], Method]:
    """Mark a method that changes something."""
    return functools.partial(_mark, Manner(fail, True))


def _mark(manner: Manner, method: Method) -> Method:
    method.__dict__["manner"] = manner
    return method


def api_methods(api_class: type[ApiObject]) -> dict[str, Callable[..., object]]:
    """The marked methods of a class, inherited ones included."""
    return api_class.marked


@functools.cache
def parameters(method: Callable[..., object]) -> tuple[inspect.Parameter, ...]:
    """Parameters after ``self``, annotations evaluated."""
    return tuple(inspect.signature(method, eval_str=True).parameters.values())[1:]


class ApiObject:
    """Base of every API object. Upper-case names are API calls; anything unknown is None, and hasattr says True.

    ``scope`` says when a handle goes stale: never ("app"), at a project switch, or at a timeline switch too.
    """

    scope: ClassVar[str] = "app"

    marked: ClassVar[dict[str, Callable[..., object]]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the marked methods once a class."""
        cls.marked = {
            name: member
            for base in reversed(cls.__mro__)
            for name, member in vars(base).items()
            if hasattr(member, "manner")
        }

    def __init__(self, world: World) -> None:
        self._world = world
        self._stamp = world.stamp(self.scope)

    if not TYPE_CHECKING:

        def __getattribute__(self, name: str) -> object:
            """Give the call for an API name this build has, None for one it lacks (trap 11)."""
            if not name[:1].isupper():
                return object.__getattribute__(self, name)
            method = self.marked.get(name)
            offered = method is not None and self._world.profile.has(type(self).__name__, name)
            return functools.partial(_invoke, self, name, method) if offered else None

        def __getattr__(self, name: str) -> object:
            """Unknown names are None; only private ones stay errors, for the emulator's own sake."""
            if name.startswith("_"):
                raise AttributeError(name)
            return None

    def __dir__(self) -> list[str]:
        """Exactly what this build offers: the honest test for a method."""
        has = self._world.profile.has
        return sorted(name for name in self.marked if has(type(self).__name__, name))

    def _gone(self) -> bool:
        """True when the thing behind the handle no longer exists."""
        return False

    def _alive(self) -> bool:
        return self._stamp == self._world.stamp(self.scope) and not self._gone()


def _invoke(target: ApiObject, name: str, method: Callable[..., object], *args: object, **named: object) -> object:
    world = target._world
    world.ui.delay()
    with world.lock:
        world.ui.fire(name, "before")
        result = _outcome(target, method, args, named)
        world.ui.record(type(target).__name__, name, args, result)
        world.ui.fire(name, "after")
    return result


def _outcome(
    target: ApiObject, method: Callable[..., object], args: tuple[object, ...], named: dict[str, object]
) -> object:
    manner: Manner = method.__dict__["manner"]
    if named or not takes(method, len(args)):
        return None
    try:
        if not target._alive() or (manner.writes and target._world.ui.refuses_write()):
            raise Refused
        return method(target, *_checked(method, args))
    except Refused:
        return manner.fail.copy() if isinstance(manner.fail, list | dict) else manner.fail


def arity(method: Callable[..., object]) -> tuple[int, int | None]:
    """(fewest, most) positional arguments after ``self``; most is None when there is no end."""
    params = parameters(method)
    fewest = sum(1 for p in params if p.default is p.empty and p.kind is not p.VAR_POSITIONAL)
    return fewest, None if any(p.kind is p.VAR_POSITIONAL for p in params) else len(params)


def takes(method: Callable[..., object], count: int) -> bool:
    """True when the method accepts so many arguments."""
    fewest, most = arity(method)
    return fewest <= count and (most is None or count <= most)


def _checked(method: Callable[..., object], args: tuple[object, ...]) -> list[object]:
    params = list(parameters(method))
    if params and params[-1].kind is inspect.Parameter.VAR_POSITIONAL:
        params = params[:-1] + [params[-1]] * (len(args) - len(params) + 1)
    return [coerce(param.annotation, arg) for param, arg in zip(params, args, strict=False)]


def coerce(hint: object, value: object) -> object:
    """The value as the annotation wants it, or Refused. Integral floats pass as ints; handles must be alive."""
    origin = get_origin(hint)
    if hint is object:
        return value
    if origin in (Union, types.UnionType):
        return _coerce_any(get_args(hint), value)
    if origin is list and isinstance(value, list):
        return [coerce(get_args(hint)[0], entry) for entry in value]
    if hint is int:
        return _whole(value)
    plain = origin or hint
    if not isinstance(plain, type) or not isinstance(value, plain):
        raise Refused
    if isinstance(value, ApiObject) and not value._alive():
        raise Refused
    return value


def _coerce_any(hints: tuple[object, ...], value: object) -> object:
    for hint in hints:
        try:
            return coerce(hint, value)
        except Refused:
            continue
    raise Refused


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value % 1:
        raise Refused
    return int(value)
