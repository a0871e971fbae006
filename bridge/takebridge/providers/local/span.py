"""SPAN super-resolution (arXiv 2311.12770) on the processor, through ncnn."""

from __future__ import annotations

import os
import threading

import ncnn
import numpy as np

from takebridge.errors import CancelledError, ProviderUnavailableError
from takebridge.providers.local.tiles import Picture, enlarge_tiled
from takebridge.providers.local.weights import WeightFiles

INPUT, OUTPUT = "data", "output"  # blob names in spanx2_ch48.param and spanx4_ch48.param


class Network:
    """One loaded network. Not for use from two threads at once; it takes all cores by itself."""

    def __init__(self, files: WeightFiles, threads: int | None = None) -> None:
        self.scale = files.scale
        self._net = ncnn.Net()
        self._net.opt.use_vulkan_compute = False
        self._net.opt.num_threads = threads or usable_cores()
        if self._net.load_param(str(files.param)) or self._net.load_model(str(files.bin)):
            raise ProviderUnavailableError(
                f"ncnn cannot load “{files.param.name}”.", hint="Install the ncnn version named in constraints.txt."
            )

    def enlarge(self, picture: Picture, stop: threading.Event | None = None) -> Picture:
        """Return ``picture`` (height x width x 3, RGB) ``scale`` times as large. Raises CancelledError at ``stop``."""

        def one(tile: Picture) -> Picture:
            if stop is not None and stop.is_set():
                raise CancelledError("Upscaling was stopped.", hint="Start it again when you like.")
            return self.enlarge_whole(tile)

        return enlarge_tiled(picture, self.scale, one)

    def enlarge_whole(self, picture: Picture) -> Picture:
        """Enlarge in one piece; memory grows with the picture."""
        # ncnn.Mat(array) keeps no reference: the array must outlive it, or the network reads freed memory.
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1), dtype=np.float32) / np.float32(255)
        extractor = self._net.create_extractor()
        extractor.input(INPUT, ncnn.Mat(planes))
        failed, blob = extractor.extract(OUTPUT)
        if failed:
            raise ProviderUnavailableError(
                "ncnn could not run the network.", hint="Close other programs: memory is short."
            )
        result = np.array(blob, dtype=np.float32, copy=True)
        del planes
        return np.clip(np.rint(result.transpose(1, 2, 0) * 255), 0, 255).astype(np.uint8)


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
