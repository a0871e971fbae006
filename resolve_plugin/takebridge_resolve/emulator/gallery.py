"""Gallery, albums and stills (resolve.md §1.8). ExportStills works only where a person sees the Gallery panel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .call import ApiObject, Refused, read, write
from .encode import STILLS, write_still
from .ffmpeg import EncodeError
from .state import Album, Still

if TYPE_CHECKING:
    from .world import World


class GalleryStill(ApiObject):
    """A handle to one still; it has no methods."""

    scope = "project"

    def __init__(self, world: World, still: Still) -> None:
        super().__init__(world)
        self._still = still


class GalleryStillAlbum(ApiObject):
    """A handle to one album."""

    scope = "project"

    def __init__(self, world: World, album: Album) -> None:
        super().__init__(world)
        self._album = album

    def _gone(self) -> bool:
        return self._album not in self._world.project.albums

    def _found(self, handle: GalleryStill) -> Still:
        if handle._still not in self._album.stills:
            raise Refused
        return handle._still

    @read([])
    def GetStills(self) -> list[GalleryStill]:
        """The stills, oldest first."""
        return [GalleryStill(self._world, still) for still in self._album.stills]

    @read("")
    def GetLabel(self, galleryStill: GalleryStill) -> str:
        """Label of a still."""
        return self._found(galleryStill).label

    @write(False)
    def SetLabel(self, galleryStill: GalleryStill, label: str) -> bool:
        """Label a still."""
        self._found(galleryStill).label = label
        return True

    @write(False)
    def DeleteStills(self, galleryStills: list[GalleryStill]) -> bool:
        """Delete stills."""
        gone = [self._found(handle) for handle in galleryStills]
        self._album.stills = [still for still in self._album.stills if still not in gone]
        return bool(gone)

    @write(False)
    def ExportStills(self, galleryStills: list[GalleryStill], folderPath: str, filePrefix: str, format: str) -> bool:
        """Write stills; False unless the Gallery panel shows on the Color page (``ui.gallery_visible``)."""
        ui, suffix = self._world.ui, f".{format}"
        if self._world.page != "color" or not ui.gallery_visible or suffix not in STILLS or not galleryStills:
            raise Refused
        for number, handle in enumerate(galleryStills, 1):
            still = self._found(handle)
            path = os.path.join(folderPath, f"{filePrefix}_{number}.{number}.1{suffix}")
            try:
                write_still(still.timeline, still.timeline_frame, path)
            except (EncodeError, OSError):
                raise Refused from None
        return True


class Gallery(ApiObject):
    """The gallery of the open project."""

    scope = "project"

    @read([])
    def GetGalleryStillAlbums(self) -> list[GalleryStillAlbum]:
        """All albums."""
        return [GalleryStillAlbum(self._world, album) for album in self._world.project.albums]

    @read()
    def GetCurrentStillAlbum(self) -> GalleryStillAlbum:
        """The album stills go to."""
        return GalleryStillAlbum(self._world, self._world.project.current_album)

    @write(False)
    def SetCurrentStillAlbum(self, galleryStillAlbum: GalleryStillAlbum) -> bool:
        """Choose the album stills go to."""
        self._world.project.current_album = galleryStillAlbum._album
        return True

    @read("")
    def GetAlbumName(self, galleryStillAlbum: GalleryStillAlbum) -> str:
        """Name of an album."""
        return galleryStillAlbum._album.name

    @write(False)
    def SetAlbumName(self, galleryStillAlbum: GalleryStillAlbum, albumName: str) -> bool:
        """Rename an album."""
        if not albumName:
            raise Refused
        galleryStillAlbum._album.name = albumName
        return True

    @write(None)
    def CreateGalleryStillAlbum(self) -> GalleryStillAlbum:
        """Make an album. Since 19.1."""
        albums = self._world.project.albums
        albums.append(Album(f"Stills {len(albums) + 1}"))
        return GalleryStillAlbum(self._world, albums[-1])
