"""Videos with several tracks of sound, and with sound on several channels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from .drawing import scene_picture
from .making import MUXERS, SAMPLE_RATE

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 6: "5.1", 8: "7.1"}


def with_tracks(path: Path | str, tracks: Sequence[np.ndarray], codec: str = "aac") -> Path:
    """A still picture with each of the tracks, of shape (channels, samples) in -1..1 at SAMPLE_RATE."""
    path = Path(path)
    ending = path.suffix[1:]
    with av.open(str(path), "w", format=MUXERS.get(ending, ending)) as out:
        video = out.add_stream("libx264", rate=1, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 160, 90, "yuv420p"
        sounds = [out.add_stream(codec, rate=SAMPLE_RATE, layout=LAYOUTS[len(track)]) for track in tracks]
        for number in range(max(track.shape[1] for track in tracks) // SAMPLE_RATE):
            frame = av.VideoFrame.from_ndarray(scene_picture((160, 90), 0), format="rgb24")
            frame.pts = number
            out.mux(video.encode(frame))
            for sound, track in zip(sounds, tracks, strict=True):
                piece = np.ascontiguousarray(track[:, number * SAMPLE_RATE : (number + 1) * SAMPLE_RATE], "f4")
                block = av.AudioFrame.from_ndarray(piece, format="fltp", layout=LAYOUTS[len(track)])
                block.sample_rate, block.pts = SAMPLE_RATE, number * SAMPLE_RATE
                out.mux(sound.encode(block))
        for stream in (video, *sounds):
            out.mux(stream.encode(None))
    return path
