"""Clip colour and flags, the same on timeline items and pool items (resolve.md §1.5, §1.6)."""

from __future__ import annotations

from .call import ApiObject, Refused, read, write
from .state import CLIP_COLOURS, MARKER_COLOURS, Item, Media


class Colours(ApiObject):
    """Sixteen clip colours; flags use the marker set."""

    def _coloured(self) -> Item | Media:
        raise NotImplementedError

    @read("")
    def GetClipColor(self) -> str:
        """The colour, "" without one."""
        return self._coloured().color

    @write(False)
    def SetClipColor(self, colorName: str) -> bool:
        """Colour it. Generators and titles answer True and stay as they were (trap 12)."""
        if colorName not in CLIP_COLOURS:
            raise Refused
        target = self._coloured()
        if not (isinstance(target, Item) and target.kind in ("generator", "title")):
            target.color = colorName
        return True

    @write(False)
    def ClearClipColor(self) -> bool:
        """Take the colour away."""
        self._coloured().color = ""
        return True

    @write(False)
    def AddFlag(self, color: str) -> bool:
        """Add a flag of a marker colour."""
        if color not in MARKER_COLOURS:
            raise Refused
        if color not in self._coloured().flags:
            self._coloured().flags.append(color)
        return True

    @read([])
    def GetFlagList(self) -> list[str]:
        """The flags."""
        return list(self._coloured().flags)

    @write(False)
    def ClearFlags(self, color: str) -> bool:
        """Remove the flags of a colour, or "All"."""
        flags = self._coloured().flags
        flags[:] = [flag for flag in flags if color not in ("All", flag)]
        return True
