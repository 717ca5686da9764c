"""The track and the channel in which somebody speaks are listened to."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from modules import media
from modules.pipeline.types import SAMPLE_RATE, SoundSource, ignore_progress
from modules.processing.sound import spoken
from tests.narration import narrate
from tests.videos import tone
from tests.videos.tracks import with_tracks

SAID = [("Open the settings menu.", 0.8), ("Then click on Save.", 1.2), ("Now close the window.", 0.5)]
SECONDS = 12


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    samples = narrate(SAID).samples[: SECONDS * SAMPLE_RATE]
    return np.pad(samples, (0, SECONDS * SAMPLE_RATE - len(samples)))


def noise(loudness: float = 0.02) -> np.ndarray:
    return np.random.default_rng(0).normal(0, loudness, SECONDS * SAMPLE_RATE).astype("f4")


def heard(path: Path, container: str = "mp4") -> float:
    """Seconds of speech."""
    windows = list(spoken(path, container, ignore_progress))
    return sum(span.duration for window in windows for span in window.voiced)


SILENCE = np.zeros(SECONDS * SAMPLE_RATE, "f4")
MUSIC = tone(SECONDS, 220, 0.1) + tone(SECONDS, 331, 0.1)
Tracks = Callable[[np.ndarray], list[list[np.ndarray]]]
HEARD: dict[str, Tracks] = {
    "the usual": lambda voice: [[voice, voice]],
    "one channel": lambda voice: [[voice]],
    "one turned over": lambda voice: [[voice, -voice]],
    "one turned over and quieter": lambda voice: [[0.9 * voice, -voice]],
    "one turned over amid music": lambda voice: [[voice + MUSIC, MUSIC - voice]],
    "on the left alone": lambda voice: [[voice, SILENCE]],
    "on the right alone": lambda voice: [[SILENCE, voice]],
    "in the middle of six": lambda voice: [[MUSIC, MUSIC, voice, SILENCE, SILENCE, SILENCE]],
    "on a side of six, and turned over": lambda voice: [[voice, -voice, SILENCE, SILENCE, SILENCE, SILENCE]],
    "on the second track": lambda voice: [[SILENCE, SILENCE], [voice]],
    "on the second track, behind music": lambda voice: [[MUSIC, MUSIC], [voice]],
    "on the third track, turned over": lambda voice: [[SILENCE], [MUSIC, MUSIC], [voice, -voice]],
    "by a quiet microphone": lambda voice: [[voice * 0.02, voice * 0.02]],
    "by a quiet microphone on the second track": lambda voice: [[noise(), noise()], [voice * 0.03]],
}


@pytest.mark.parametrize("case", HEARD)
def test_whoever_speaks_is_heard(tmp_path: Path, voice: np.ndarray, case: str) -> None:
    usual = heard(with_tracks(tmp_path / "usual.mp4", [np.stack([voice])]))
    path = with_tracks(tmp_path / "case.mp4", [np.stack(track) for track in HEARD[case](voice)])
    assert usual > 2
    assert heard(path) == pytest.approx(usual, rel=0.25)


@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_whoever_speaks_on_another_track_is_heard_in_other_containers(
    tmp_path: Path, voice: np.ndarray, container: str
) -> None:
    path = with_tracks(tmp_path / f"tracks.{container}", [np.stack([SILENCE]), np.stack([voice, voice])])
    assert heard(path, {"ts": "mpegts"}.get(container, container)) > 2


def test_where_nobody_speaks_on_any_track_nothing_is_heard(tmp_path: Path) -> None:
    path = with_tracks(tmp_path / "music.mp4", [np.stack([MUSIC, MUSIC]), np.stack([noise()]), np.stack([SILENCE])])
    assert heard(path) == 0


def test_the_track_that_is_played_stays_where_the_others_say_the_same(tmp_path: Path, voice: np.ndarray) -> None:
    path = with_tracks(tmp_path / "mix.mp4", [np.stack([voice + MUSIC, voice + MUSIC]), np.stack([voice, voice])])
    (first, *_) = spoken(path, "mp4", ignore_progress)
    assert strongest(first.samples) in (220, 331), "the music of the first track"


def test_each_source_is_what_its_name_says(tmp_path: Path) -> None:
    pitches = [[300, 500], [700], [900, 1100, 1300]]
    tracks = [np.stack([tone(4, pitch) for pitch in track]) for track in pitches]
    path = with_tracks(tmp_path / "pitches.mp4", tracks)
    sources = media.sound_sources(path, "mp4")
    assert {source.track for source in sources} == {1, 2, 3}
    assert [source.channel for source in sources[:3]] == [None] * 3, "each as a whole, before the channels"
    for source in sources:
        block = next(media.audio_blocks(path, "mp4", heard=source))
        track = pitches[source.track - 1]
        assert strongest(block.samples) in (track if source.channel is None else [track[source.channel]])
    assert SoundSource(2, 0) not in sources, "the only channel of a track is the whole of it"


def strongest(samples: np.ndarray) -> int:
    """The pitch (Hz) that is loudest."""
    spectrum = np.abs(np.fft.rfft(samples[SAMPLE_RATE : 3 * SAMPLE_RATE]))
    return round(float(np.argmax(spectrum[20:]) + 20) / 2)
