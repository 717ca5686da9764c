"""The sound of real files: in time, in blocks, and past damage."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from modules import media
from modules.pipeline.types import SAMPLE_RATE, MediaError
from tests.videos import cached, damage, make_video, tone


def samples_of(path: Path, container: str) -> np.ndarray:
    return np.concatenate([block.samples for block in media.audio_blocks(path, container)])


def loud_span(samples: np.ndarray) -> tuple[float, float]:
    loud = np.flatnonzero(np.abs(samples) > 0.05) / SAMPLE_RATE
    return float(loud[0]), float(loud[-1])


@pytest.mark.parametrize(("ending", "container"), [("mp4", "mp4"), ("webm", "webm"), ("mkv", "mkv"), ("ts", "mpegts")])
def test_sound_that_starts_late_is_where_it_is_heard(tmp_path, ending, container):
    path = make_video(tmp_path / f"late.{ending}", seconds=4, size=(160, 90), audio=tone(2), audio_start=1.5)
    assert loud_span(samples_of(path, container)) == pytest.approx((1.5, 3.5), abs=0.05)


def test_a_gap_in_the_sound_is_silence(tmp_path):
    sound = np.concatenate([tone(1), np.zeros(SAMPLE_RATE * 2, "f4"), tone(1)])
    path = make_video(tmp_path / "gap.mkv", seconds=4, size=(160, 90), audio=sound, audio_gap=(1.2, 2.8))
    samples = samples_of(path, "mkv")
    assert loud_span(samples) == pytest.approx((0, 4), abs=0.05)
    assert np.abs(samples[int(1.3 * SAMPLE_RATE) : int(2.7 * SAMPLE_RATE)]).max() == 0
    assert loud_span(samples[2 * SAMPLE_RATE :])[0] == pytest.approx(1, abs=0.08)


def test_blocks_follow_each_other_with_their_overlap():
    path = cached("tone.mp4", audio="tone")
    whole = samples_of(path, "mp4")
    blocks = list(media.audio_blocks(path, "mp4", seconds=2.5, overlap=0.5))
    assert [block.start for block in blocks] == [0, 2, 4]
    assert blocks[-1].end == pytest.approx(len(whole) / SAMPLE_RATE)
    for block in blocks:
        start = round(block.start * SAMPLE_RATE)
        assert block.samples.dtype == np.float32
        np.testing.assert_array_equal(block.samples, whole[start : start + len(block.samples)])


def test_a_block_of_nothing_but_overlap_is_not_given():
    path = cached("tone.mp4", audio="tone")
    seconds = len(samples_of(path, "mp4")) / SAMPLE_RATE
    assert len(list(media.audio_blocks(path, "mp4", seconds=seconds, overlap=1))) == 1


@pytest.mark.parametrize(("ending", "container"), [("mp4", "mp4"), ("mkv", "mkv"), ("ts", "mpegts")])
def test_the_sound_behind_damage_keeps_its_time(tmp_path, ending, container):
    sound = np.concatenate([tone(8), np.zeros(SAMPLE_RATE * 3, "f4"), tone(1)])
    whole = cached(f"pause.{ending}", seconds=12, size=(160, 90), audio=sound)
    before = samples_of(whole, container)
    after = samples_of(damage(Path(shutil.copy(whole, tmp_path)), at=0.35), container)
    late = 10 * SAMPLE_RATE
    assert loud_span(after[late:]) == pytest.approx(loud_span(before[late:]), abs=0.07)


def test_a_video_without_sound_says_so():
    with pytest.raises(MediaError) as raised:
        next(media.audio_blocks(cached("silent.mp4"), "mp4"))
    assert raised.value.code == "no_audio"
