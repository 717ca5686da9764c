"""MEDIA SEAM: the only package that imports av (PyAV). Paths in, values of `pipeline.types` out; no Django.

Every failure that the file itself causes is a MediaError whose code has words in `modules.messages`.
Decoders may crash on hostile files: call these only in a worker's work-horse or in a child process.
"""

from .audio import audio_blocks, sound_sources
from .encode import encode_audio, shrink_jpeg
from .probe import probe
from .scenes import scenes
from .stills import distinct, grab, poster
from .subtitles import subtitles
from .transcode import make_rendition

__all__ = [
    "audio_blocks",
    "distinct",
    "encode_audio",
    "grab",
    "make_rendition",
    "poster",
    "probe",
    "scenes",
    "shrink_jpeg",
    "sound_sources",
    "subtitles",
]
