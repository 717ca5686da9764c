"""One decoded frame as a thumbnail, as a measure of its sharpness, or as a JPEG on disk."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .probe import shown_size

THUMBNAIL = (64, 36)
MEASURED = (640, 360)
JPEG_SCALE = 4
"""The encoder's scale of 1 (best) to 31; 4 looks like quality 82."""

THIN = 12
"""Levels (0..255) by which the points of a thin line differ from the ground that it is drawn on, at least."""

FEW = 12
"""So many of them are more than chance: a short word."""

BLOCK = 4
CHANGED = 10.0
"""Levels (0..255) by which a block of a thumbnail must differ to count as changed."""

NOTICED = 4.0
"""Levels by which one block must differ to be seen at all."""


def thumbnail(frame: VideoFrame) -> np.ndarray:
    """The frame as (36, 64, 3) uint8: luma and both chromas, each pixel the mean of its area."""
    small = frame.reformat(*THUMBNAIL, format="yuv444p", dst_color_range="JPEG", interpolation="AREA", threads=1)
    return small.to_ndarray(channel_last=True)


def changed_share(old: np.ndarray, new: np.ndarray) -> float:
    """The share (0..1) of blocks of the picture that differ between two thumbnails."""
    return float((_block_changes(old, new) > CHANGED).mean())


def look_of(thumb: np.ndarray) -> str:
    """What a picture shows, small enough to keep: luma by halves and chromas by quarters of a thumbnail, as base64."""
    parts = [_means(thumb[..., 0], BLOCK // 2), _means(thumb[..., 1], BLOCK), _means(thumb[..., 2], BLOCK)]
    return b64encode(b"".join(part.round().astype(np.uint8).tobytes() for part in parts)).decode()


def same_look(old: str, new: str) -> bool:
    """Whether a viewer would see no difference anywhere between two pictures; see `look_of`."""
    levels = (np.frombuffer(b64decode(look), np.uint8).astype(np.int16) for look in (old, new))
    apart = np.abs(np.subtract(*levels))
    width, height = THUMBNAIL
    fine = width * height // (BLOCK // 2) ** 2
    # No more means: a line of text that appears on an empty screen is little of it.
    return int(apart[:fine].max()) < NOTICED and int(apart[fine:].max()) < NOTICED


def _means(plane: np.ndarray, block: int) -> np.ndarray:
    height, width = plane.shape
    return plane.reshape(height // block, block, width // block, block).mean(axis=(1, 3))


def _block_changes(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    return _means(np.abs(old.astype(np.int16) - new.astype(np.int16)).max(axis=2), BLOCK)


def colours_moved(old: np.ndarray, new: np.ndarray) -> float:
    """How different the colours are, wherever they are (0..1): motion changes little here, a cut much."""
    return float(np.abs(_histogram(old) - _histogram(new)).sum() / 2)


def _histogram(thumb: np.ndarray) -> np.ndarray:
    bins = (thumb[..., 0].astype(np.int32) >> 5) * 16 + (thumb[..., 1] >> 6) * 4 + (thumb[..., 2] >> 6)
    return np.bincount(bins.ravel(), minlength=128) / bins.size


def likeness(old: np.ndarray, new: np.ndarray) -> float:
    """How alike two thumbnails are (up to 1), however bright each is; 1 when there is nothing on one to be unlike."""
    one, other = (thumb[..., 0].astype(np.float32) - thumb[..., 0].mean() for thumb in (old, new))
    strength = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / strength if min(np.ptp(one), np.ptp(other)) >= NOTICED else 1.0


def is_empty(frame: VideoFrame, thumb: np.ndarray) -> bool:
    """Whether nothing is on the picture, however dark or light it is: one even colour. thumb: its thumbnail.

    A thumbnail averages the grain of a camera away, and thin lettering with it, which is looked for by itself.
    """
    planes = thumb.reshape(-1, 3)
    if (np.ptp(planes, axis=0) >= NOTICED).any():
        return False
    luma = _luma(frame)
    return int((np.abs(luma - np.median(luma)) > THIN).sum()) < FEW


def sharpness(frame: VideoFrame) -> float:
    """Variance of the Laplacian of the luma, at one size for all videos, so that values can be compared."""
    luma = _luma(frame)
    edges = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * luma[1:-1, 1:-1]
    return float(edges.var())


def _luma(frame: VideoFrame) -> np.ndarray:
    return frame.reformat(*MEASURED, format="gray", interpolation="AREA", threads=1).to_ndarray().astype(np.float32)


def save_jpeg(frame: VideoFrame, stream: VideoStream, path: Path, longest: int) -> tuple[int, int]:
    """Write the frame as it is shown (square pixels, rotated), at most `longest` on its long side; its size."""
    width, height = shown_size(frame, stream)
    scale = min(1.0, longest / max(width, height))
    width, height = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
    turns = round(frame.rotation / 90) % 4
    across, down = (height, width) if turns % 2 else (width, height)
    picture = frame.reformat(across, down, format="rgb24", interpolation="AREA", threads=1)
    if turns:
        turned = np.ascontiguousarray(np.rot90(picture.to_ndarray(), turns), np.uint8)
        picture = VideoFrame.from_ndarray(turned, format="rgb24")
    picture.save(path, qmin=JPEG_SCALE, qmax=JPEG_SCALE)
    return width, height
