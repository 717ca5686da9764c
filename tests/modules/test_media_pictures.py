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


def lettering(ink: int, ground: int, *, strokes: int = 1, lines: int = 1, size: tuple[int, int] = (1280, 720)):
    """A screen of one colour with lines that look like small text."""
    width, height = size
    image = np.full((height, width, 3), ground, np.uint8)
    chance = np.random.default_rng(3)
    for line in range(lines):
        for letter in range(24):
            x, y = 40 + letter * 11, 40 + line * 24
            for _ in range(4):
                across, down = chance.integers(0, 8), chance.integers(0, 13)
                if chance.integers(2):
                    image[y : y + 13, x + across : x + across + strokes] = ink
                else:
                    image[y + down : y + down + strokes, x : x + 8] = ink
    return image


def night() -> np.ndarray:
    """A street at night with the grain of a camera: nothing is brighter than 38."""
    across, down = np.meshgrid(np.arange(640), np.arange(360))
    light = 8 + 22 * np.exp(-(((across - 200) / 90) ** 2) - ((down - 120) / 60) ** 2)
    grain = np.random.default_rng(0).normal(0, 2, (360, 640))
    return np.clip(light + grain, 0, 38).round().astype(np.uint8)[..., None].repeat(3, 2)


@pytest.mark.parametrize(
    ("ink", "ground", "strokes", "lines"),
    [(255, 0, 1, 1), (255, 0, 2, 30), (80, 0, 1, 1), (64, 0, 2, 4), (255, 12, 1, 1), (0, 255, 1, 1), (200, 255, 1, 2)],
)
def test_thin_lettering_on_a_dark_or_light_screen_is_a_picture(tmp_path, ink, ground, strokes, lines):
    page = lettering(ink, ground, strokes=strokes, lines=lines)
    empty = np.full_like(page, ground)
    path = make_video(
        tmp_path / "screen.mp4", seconds=8, fps=5, size=(1280, 720), draw=lambda time: page if 3 <= time < 6 else empty
    )
    stills = [still for _, still in media.grab(path, "mp4", dict(enumerate([0.5, 1.5, 4.2, 6.8])), tmp_path)]
    assert [4.1 < still.time < 5.9 for still in stills] == [True], "the empty ones are left out"
    assert 3 <= media.poster(path, "mp4", tmp_path / "poster.jpg", 8).time < 6


def test_each_line_that_a_terminal_adds_is_another_picture(tmp_path):
    pages = [lettering(220, 0, lines=lines) for lines in (1, 2, 3)]
    path = make_video(
        tmp_path / "terminal.mp4", seconds=9, fps=5, size=(1280, 720), draw=lambda time: pages[min(int(time / 3), 2)]
    )
    stills = [still for _, still in media.grab(path, "mp4", dict(enumerate([1.2, 2.0, 4.2, 7.2])), tmp_path)]
    stills = list(media.distinct(sorted(stills, key=lambda still: still.time)))
    assert [int(still.time / 3) for still in stills] == [0, 1, 2]


def test_a_scene_at_night_is_a_picture(tmp_path):
    black = np.zeros((360, 640, 3), np.uint8)
    path = make_video(tmp_path / "night.mp4", seconds=6, fps=5, draw=lambda time: night() if time >= 3 else black)
    stills = [still for _, still in media.grab(path, "mp4", dict(enumerate([0.5, 4])), tmp_path)]
    assert [still.time >= 3 for still in stills] == [True]


def test_of_pictures_that_fade_in_the_clearest_is_shown(tmp_path):
    page = scene_picture(SIZE, 1)
    path = make_video(
        tmp_path / "fade.mp4", seconds=6, fps=10, draw=lambda time: (page * min(time / 2, 1)).astype(np.uint8)
    )
    stills = [still for _, still in media.grab(path, "mp4", dict(enumerate([0.7, 3.0])), tmp_path)]
    assert stills[0].time >= 1.4
    assert media.poster(path, "mp4", tmp_path / "poster.jpg", 6).time >= 1.5


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (192, 64, 32)])
def test_where_nothing_is_on_any_picture_one_is_shown_all_the_same(tmp_path, colour):
    path = make_video(
        tmp_path / "plain.mp4", seconds=30, fps=2, draw=lambda time: np.full((360, 640, 3), colour, np.uint8)
    )
    times = dict(enumerate(range(0, 30, 2)))
    ((_, still),) = media.grab(path, "mp4", times, tmp_path)
    assert np.abs(pixels_of(still.path).astype(int) - colour).mean() < 6
    assert list(media.grab(path, "mp4", times, tmp_path, else_empty=False)) == []


def test_the_grain_of_a_camera_with_its_cap_on_is_nothing(tmp_path):
    chance, page = np.random.default_rng(0), scene_picture(SIZE, 1)

    def draw(time: float) -> np.ndarray:
        return page if time >= 4 else np.clip(chance.normal(6, 2, (360, 640, 3)), 0, 255).astype(np.uint8)

    path = make_video(tmp_path / "cap.mp4", seconds=7, fps=5, draw=draw)
    stills = [still for _, still in media.grab(path, "mp4", dict(enumerate([0.5, 2, 5])), tmp_path)]
    assert [still.time >= 4 for still in stills] == [True]
