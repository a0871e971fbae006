"""Media files: the only floor that imports ffmpeg and PyAV."""
