"""Changes of picture, stills and posters of real videos."""

from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from modules import media
from tests.videos import cached, make_video, scene_picture

SIZE = (640, 360)
CONTAINERS = {"mp4": "mp4", "webm": "webm", "avi": "avi", "ts": "mpegts"}
CHANGES = [3.0, 7.2, 12.0]


def times_of(path: Path, duration: float, container: str = "mp4") -> list[float]:
    return [scene.time for scene in media.scenes(path, container, duration)]


def pixels_of(path: str) -> np.ndarray:
    with av.open(path) as source:
        return next(source.decode(video=0)).to_ndarray(format="rgb24")


@pytest.mark.parametrize("ending", CONTAINERS)
def test_each_new_picture_is_a_scene(ending):
    path = cached(f"scenes.{ending}", seconds=15, scenes=CHANGES)
    assert times_of(path, 15, CONTAINERS[ending]) == pytest.approx(CHANGES, abs=0.35)


@pytest.mark.parametrize("interval", [25, 40, 250])
def test_scenes_are_found_however_far_apart_the_keyframes_are(interval):
    path = cached(f"scenes{interval}.mp4", seconds=15, scenes=CHANGES, keyframe_interval=interval)
    assert times_of(path, 15) == pytest.approx(CHANGES, abs=0.35)


@pytest.mark.parametrize("interval", [25, 250])
def test_a_dialog_that_opens_is_a_scene(tmp_path, interval):
    page = scene_picture(SIZE, 1)

    def draw(time: float) -> np.ndarray:
        image = page.copy()
        if 4 <= time < 8:
            image[100:220, 200:360] = 250
        return image

    path = make_video(tmp_path / "dialog.mp4", seconds=12, fps=10, draw=draw, keyframe_interval=interval)
    assert times_of(path, 12) == pytest.approx([4, 8], abs=0.35)


@pytest.mark.parametrize("interval", [25, 250])
def test_a_camera_that_pans_makes_no_scenes(tmp_path, interval):
    wide = np.kron(np.random.default_rng(0).integers(0, 255, (60, 300, 3)), np.ones((12, 12, 1))).astype(np.uint8)

    def draw(time: float) -> np.ndarray:
        left = int(time * 80)
        return np.ascontiguousarray(wide[:360, left : left + 640])

    path = make_video(tmp_path / "pan.mp4", seconds=30, fps=10, draw=draw, keyframe_interval=interval)
    assert len(times_of(path, 30)) <= 2


def test_a_still_picture_has_no_scenes():
    assert times_of(cached("usual.mp4", seconds=3, size=(320, 180), audio="tone"), 3) == []


def test_progress_is_told_and_an_end_is_obeyed(tmp_path):
    class Ended(BaseException):
        pass

    told = []

    def report_progress(done, code=None, /, **params):
        told.append(done)

    def end(done, code=None, /, **params):
        raise Ended

    path = cached("scenes.mp4", seconds=15, scenes=CHANGES)
    media.scenes(path, "mp4", 15, report_progress)
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == 1
    with pytest.raises(Ended):
        media.scenes(path, "mp4", 15, end)
    with pytest.raises(Ended):
        list(media.grab(path, "mp4", {0: 1}, tmp_path, end))


@pytest.mark.parametrize("ending", CONTAINERS)
def test_a_still_shows_what_was_to_be_seen_then(tmp_path, ending):
    path = cached(f"scenes.{ending}", seconds=15, scenes=CHANGES)
    stills = [still for _, still in media.grab(path, CONTAINERS[ending], dict(enumerate([1, 5, 9, 13])), tmp_path)]
    assert [still.time for still in stills] == pytest.approx([1.5, 5.5, 9.5, 13.5], abs=0.6)
    for number, still in enumerate(stills):
        assert (still.width, still.height) == SIZE
        assert still.sharpness > 100
        shown, truth = pixels_of(still.path).astype(int), scene_picture(SIZE, number).astype(int)
        assert np.abs(shown - truth).mean() < 12


def test_a_still_near_a_change_is_of_the_picture_before_it(tmp_path):
    path = cached("scenes.mp4", seconds=15, scenes=CHANGES)
    ((_, still),) = media.grab(path, "mp4", {0: 6.8}, tmp_path)
    assert 6.8 <= still.time < 7.2


def test_stills_are_small_enough_and_upright(tmp_path):
    path = make_video(tmp_path / "phone.mp4", seconds=1, size=(1920, 1080), fps=5, rotation=-90)
    ((_, still),) = media.grab(path, "mp4", {0: 0.2}, tmp_path)
    assert (still.width, still.height) == (720, 1280)
    picture = pixels_of(still.path)
    assert picture.shape == (1280, 720, 3)
    upright = np.rot90(scene_picture((1920, 1080), 0), -1)[::3, ::3].astype(int)
    assert np.abs(picture[::2, ::2][: upright.shape[0]].astype(int) - upright[:640, :360]).mean() < 25


def test_black_and_repeated_pictures_are_left_out(tmp_path):
    page, black = scene_picture(SIZE, 1), np.zeros((360, 640, 3), np.uint8)
    path = make_video(tmp_path / "dark.mp4", seconds=8, fps=10, draw=lambda time: page if time > 3 else black)
    stills = [still for _, still in media.grab(path, "mp4", dict(enumerate([0.5, 1.5, 4, 5, 6, 99])), tmp_path)]
    assert [still.time for still in stills] == pytest.approx([4.5], abs=0.6)
    assert media.poster(path, "mp4", tmp_path / "poster.jpg", 8).time > 3
    assert pixels_of(str(tmp_path / "poster.jpg")).mean() > 20


def test_the_sharp_picture_is_taken_rather_than_the_blurred(tmp_path):
    sharp = scene_picture(SIZE, 1)
    blurred = sum(np.roll(sharp, shift, 1).astype(int) // 9 for shift in range(9)).astype(np.uint8)
    path = make_video(tmp_path / "blur.mp4", seconds=4, fps=10, draw=lambda time: sharp if time >= 1.45 else blurred)
    ((_, still),) = media.grab(path, "mp4", {0: 1.0}, tmp_path)
    assert still.time >= 1.45


def test_a_video_of_one_color_still_has_a_poster(tmp_path):
    path = make_video(tmp_path / "plain.mp4", seconds=1, draw=lambda time: np.zeros((360, 640, 3), np.uint8))
    still = media.poster(path, "mp4", tmp_path / "poster.jpg", 1)
    assert (still.width, still.height) == SIZE


def test_the_parts_of_a_long_video_looked_at_side_by_side_give_what_one_look_gives(tmp_path, monkeypatch):
    path = cached("long.mp4", seconds=130, scenes=[20.0, 61.0, 63.5, 90.0], size=(320, 180), keyframe_interval=100)
    times = dict(enumerate(range(0, 130, 4)))
    found = {}
    for threads in (1, 3):
        monkeypatch.setattr("modules.media.parallel_reading.at_once", partial(int, threads))
        stills = sorted(media.grab(path, "mp4", times, tmp_path), key=lambda pair: pair[0])
        distinct = [still.time for still in media.distinct(still for _, still in stills)]
        found[threads] = (media.scenes(path, "mp4", 130), distinct)
    assert found[1] == found[3]
    assert [scene.time for scene in found[1][0]] == pytest.approx([20, 61, 63.5, 90], abs=0.35)
    assert len(found[1][1]) >= 5
