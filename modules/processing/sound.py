"""Which of a video's tracks and channels is listened to: the one in which somebody speaks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from modules import media
from modules.ai import providers
from modules.pipeline.speech import windows
from modules.pipeline.types import ReportProgress, SoundSource, Window

AT_ONCE = 60.0
"""Seconds of sound that are decoded at a time, so that the first window is sent when the first minute is."""

COMPARED = 600.0
"""Seconds of each of several tracks that are heard to find the one in which more is said."""

CLEARLY_MORE = 1.25
"""So many times more must be said in another track than in the one that a player plays."""


def spoken(path: Path, container: str, report_progress: ReportProgress) -> Iterator[Window]:
    """The windows of the first source in which somebody speaks; none where nobody does in any.

    Raises MediaError as `media.audio_blocks` does.
    """
    for source in _in_turn(path, container, report_progress):
        found = windows(media.audio_blocks(path, container, heard=source, seconds=AT_ONCE), providers.voiced)
        first = next(found, None)
        if first is not None:
            return chain([first], found)
        report_progress(0.0)
    return iter(())


def _in_turn(path: Path, container: str, report_progress: ReportProgress) -> list[SoundSource]:
    """All sources, first the track in which clearly more is said than in the one that is played."""
    sources = list(media.sound_sources(path, container))
    tracks = [source for source in sources if source.channel is None]
    if len(tracks) > 1:
        said = {source: _seconds_said(path, container, source, report_progress) for source in tracks}
        most = max(tracks, key=lambda source: said[source])
        if said[most] > CLEARLY_MORE * said[tracks[0]]:
            sources.sort(key=lambda source: source != most)
    return sources


def _seconds_said(path: Path, container: str, source: SoundSource, report_progress: ReportProgress) -> float:
    said = 0.0
    for block in media.audio_blocks(path, container, heard=source, seconds=AT_ONCE):
        report_progress(0.0)
        said += sum(span.duration for span in providers.voiced(block))
        if block.end >= COMPARED:
            break
    return said
