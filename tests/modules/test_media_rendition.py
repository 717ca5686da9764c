"""What browsers cannot play becomes an MP4 that they can."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from modules import media
from modules.pipeline.types import SAMPLE_RATE, MediaError, Probe
from tests.videos import cached, damage, make_video, tone, truncate

CONTAINERS = {"mov": "mp4", "webm": "webm", "mkv": "mkv", "avi": "avi", "ts": "mpegts"}


def rendered(path: Path, folder: Path) -> tuple[Probe, Path]:
    out = folder / "rendition.mp4"
    media.make_rendition(path, CONTAINERS[path.suffix[1:]], out)
    return media.probe(out, "mp4", max_pixels=10**8, max_hours=12), out


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("copied.mkv", {"audio": "tone"}),
        ("copied.ts", {"audio": "tone"}),
        ("copied.mov", {"audio": "tone", "codec": "hevc"}),
        ("encoded.avi", {"audio": "tone"}),
        ("encoded.webm", {"audio": "tone"}),
        ("silent.mkv", {"codec": "mpeg4"}),
        ("full.mkv", {"pixels": "yuv444p", "audio": "tone", "audio_codec": "libopus"}),
    ],
)
def test_the_rendition_plays_and_is_as_long(tmp_path, name, options):
    path = cached(f"rendition-{name}", seconds=3, size=(320, 180), **options)
    found, out = rendered(path, tmp_path)
    assert found.playable
    assert (found.width, found.height) == (320, 180)
    assert found.duration == pytest.approx(3, abs=0.15)
    assert found.audio_codec == ("aac" if "audio" in options else None)
    assert out.read_bytes()[:200].find(b"moov") > 0, "the index comes first, so that it plays while it loads"


def test_tracks_that_suit_are_copied(tmp_path):
    path = cached("rendition-copied.mkv", seconds=3, size=(320, 180), audio="tone")
    _, out = rendered(path, tmp_path)
    assert abs(out.stat().st_size - path.stat().st_size) < 0.25 * path.stat().st_size


@pytest.mark.parametrize(("ending", "audio_codec"), [("mkv", "aac"), ("mkv", "libopus"), ("ts", "aac")])
def test_sound_and_pictures_stay_together(tmp_path, ending, audio_codec):
    path = make_video(
        tmp_path / f"late.{ending}",
        seconds=4,
        size=(320, 180),
        scenes=[2.0],
        audio=tone(2),
        audio_start=1.5,
        audio_codec=audio_codec,
    )
    _, out = rendered(path, tmp_path)
    samples = np.concatenate([block.samples for block in media.audio_blocks(out, "mp4")])
    assert np.flatnonzero(np.abs(samples) > 0.05)[0] / SAMPLE_RATE == pytest.approx(1.5, abs=0.05)
    assert [scene.time for scene in media.scenes(out, "mp4", 4)] == pytest.approx([2.0], abs=0.1)


def test_odd_sizes_and_large_ones_are_made_to_fit(tmp_path):
    large = make_video(tmp_path / "large.avi", seconds=0.4, size=(2560, 1440), fps=5)
    found, _ = rendered(large, tmp_path)
    assert (found.width, found.height) == (1920, 1080)
    odd = make_video(tmp_path / "odd.mkv", seconds=1, size=(321, 181), codec="h264", pixels="yuv444p")
    found, _ = rendered(odd, tmp_path)
    assert (found.width % 2, found.height % 2) == (0, 0)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_phones_rotation_is_kept(tmp_path, codec):
    path = make_video(tmp_path / "phone.mkv", seconds=1, size=(320, 180), rotation=90, codec=codec)
    found, _ = rendered(path, tmp_path)
    assert (found.width, found.height) == (180, 320)


@pytest.mark.parametrize("ending", ["mkv", "ts", "avi", "webm"])
def test_damaged_files_give_what_can_be_read(tmp_path, ending):
    whole = cached(f"long.{ending}", seconds=12, size=(320, 180), audio="tone")
    path = truncate(damage(Path(shutil.copy(whole, tmp_path)), at=0.2), keep=0.8)
    found, _ = rendered(path, tmp_path)
    assert 5 < found.duration < 12


def test_nothing_is_left_of_a_rendition_that_was_stopped(tmp_path):
    class Ended(BaseException):
        pass

    def end(done, code=None, /, **params):
        raise Ended

    out = tmp_path / "rendition.mp4"
    with pytest.raises(Ended):
        media.make_rendition(cached("usual.avi", seconds=3, size=(320, 180), audio="tone"), "avi", out, end)
    assert not out.exists()


def test_a_file_without_pictures_has_no_rendition(tmp_path):
    path = tmp_path / "text.avi"
    path.write_text("not a video")
    with pytest.raises(MediaError):
        rendered(path, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["text.avi"]
