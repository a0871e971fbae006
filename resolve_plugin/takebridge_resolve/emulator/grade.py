"""Graph and the colour versions of an item (resolve.md §1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .call import ApiObject, Refused, read, write
from .state import Grade, Item

if TYPE_CHECKING:
    from .world import World


class Graph(ApiObject):
    """The node graph of an item's current version. Since 19."""

    scope = "timeline"

    def __init__(self, world: World, grade: Grade) -> None:
        super().__init__(world)
        self._grade = grade

    def _node(self, index: int) -> int:
        if not 1 <= index <= self._grade.nodes:
            raise Refused
        return index

    @read()
    def GetNumNodes(self) -> int:
        """Number of nodes."""
        return self._grade.nodes

    @read("")
    def GetNodeLabel(self, nodeIndex: int) -> str:
        """Label of a node, 1-based: the emulator's are empty."""
        self._node(nodeIndex)
        return ""

    @read("")
    def GetLUT(self, nodeIndex: int) -> str:
        """LUT of a node, 1-based: the emulator's have none."""
        self._node(nodeIndex)
        return ""


class Versions(ApiObject):
    """Local colour versions; remote ones (type 1) do not exist here."""

    _item: Item

    def _local(self, name: str, kind: int) -> Grade:
        if kind != 0 or name not in self._item.grade.versions:
            raise Refused
        return self._item.grade

    @read()
    def GetCurrentVersion(self) -> dict[str, object]:
        """``{versionName, versionType}``, type 0 local."""
        return {"versionName": self._item.grade.current, "versionType": 0}

    @read([])
    def GetVersionNameList(self, versionType: int) -> list[str]:
        """Names of the versions of a type."""
        return list(self._item.grade.versions) if versionType == 0 else []

    @write(False)
    def AddVersion(self, versionName: str, versionType: int) -> bool:
        """Add a version with one node and load it."""
        grade = self._item.grade
        if not versionName or versionType != 0 or versionName in grade.versions:
            raise Refused
        grade.versions[versionName] = 1
        grade.current = versionName
        return True

    @write(False)
    def LoadVersionByName(self, versionName: str, versionType: int) -> bool:
        """Make a version current."""
        self._local(versionName, versionType).current = versionName
        return True

    @write(False)
    def RenameVersionByName(self, oldName: str, newName: str, versionType: int) -> bool:
        """Rename a version."""
        grade = self._local(oldName, versionType)
        if not newName or newName in grade.versions:
            raise Refused
        grade.versions = {newName if name == oldName else name: nodes for name, nodes in grade.versions.items()}
        grade.current = newName if grade.current == oldName else grade.current
        return True

    @write(False)
    def DeleteVersionByName(self, versionName: str, versionType: int) -> bool:
        """Delete a version that is not current."""
        grade = self._local(versionName, versionType)
        if grade.current == versionName:
            raise Refused
        del grade.versions[versionName]
        return True

    @read()
    def GetNumNodes(self) -> int:
        """Node count; deprecated by the Graph, still answering."""
        return self._item.grade.nodes

    @read()
    def GetNodeGraph(self, layerIdx: int | None = None) -> Graph:
        """The node graph of layer 1. Since 19."""
        if layerIdx not in (None, 1):
            raise Refused
        return Graph(self._world, self._item.grade)
