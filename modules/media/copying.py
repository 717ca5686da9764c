"""Copies a track's packets into another file as they are, with times of decoding that its players can follow."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from .reading import best, open_video, packets, read_only, time_base, video_stream

DEEPEST = 16
"""Pictures that may wait for one that is shown before them, in H.264 and HEVC (ITU-T H.264 §A.3.1)."""


def decode_times(path: Path, container: str, kind: Literal["video", "audio"]) -> Sequence[int] | None:
    """For each packet of the track from the first keyframe on, when it is to be decoded, in the track's ticks.

    Matroska tells times of presentation alone, from which the others follow. None: they cannot be had, or some
    packets are not to be shown, so that the track must be encoded again.
    """
    pts, dts = array("q"), array("q")
    untold = False
    with open_video(path, container) as source:
        stream = video_stream(source) if kind == "video" else best(source, kind)
        if stream is None:
            return None
        read_only(source, stream)
        for packet in from_keyframe(packets(source, stream)):
            if packet.pts is None or (kind == "video" and packet.is_discard):
                return None
            pts.append(packet.pts)
            untold = untold or packet.dts is None
            dts.append(packet.dts or 0)
    if not pts:
        return None
    return dts if not untold and _can_be_followed(dts, pts) else times_from_order(pts)


def from_keyframe(found: Iterator[Packet]) -> Iterator[Packet]:
    """Without what comes before the first keyframe, for it cannot be decoded."""
    started = False
    for packet in found:
        started = started or packet.is_keyframe
        if started:
            yield packet


def times_from_order(pts: Sequence[int]) -> Sequence[int] | None:
    """Times of decoding for packets in that order: those of presentation, sorted, and as much earlier as must be.

    None where they jump, so that this much is more than any decoder waits.
    """
    order = np.argsort(pts, kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = places = np.arange(len(order))
    depth = int((places - ranks).max(initial=0))
    if depth > DEEPEST:
        return None
    shown = np.asarray(pts)[order].tolist()
    step = max((shown[-1] - shown[0]) // max(len(shown) - 1, 1), 1)
    times = [shown[0] - number * step for number in range(depth, 0, -1)] + shown[: len(shown) - depth]
    return times if _can_be_followed(times, pts) else None


def _can_be_followed(dts: Sequence[int], pts: Sequence[int]) -> bool:
    """Whether each packet is decoded after the one before it, and none after it is shown."""
    rising = all(later > time for time, later in pairwise(dts))
    return rising and all(decoded <= shown for decoded, shown in zip(dts, pts, strict=True))


def copied(
    out: Stream, source: InputContainer, stream: Stream, zero: float, times: Sequence[int]
) -> Iterator[tuple[float, Packet]]:
    """The packets from the first keyframe on with the second at which each is to be decoded; times: `decode_times`."""
    tick = time_base(stream)
    shift = round(zero / tick)
    for packet, dts in zip(from_keyframe(packets(source, stream)), times, strict=False):
        if packet.pts is None:
            continue
        packet.pts, packet.dts = packet.pts - shift, dts - shift
        packet.stream = out
        yield float(packet.dts * tick), packet
