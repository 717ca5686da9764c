"""Pictures that are decoded in another order than they are shown in: each is found, shown and copied at its time.

Every picture shows its number, and what a decoder shows that reads the whole file from its beginning is the truth.
"""

from pathlib import Path

import av
import pytest

from modules import media
from modules.media import copying, reading
from modules.media.copying import times_from_order
from modules.media.picture_track import open_pictures_of
from modules.pipeline.types import Probe, Still
from tests.videos.numbered import number_at, number_in, numbered, shown_in

CONTAINERS = {"mp4": "mp4", "mkv": "mkv", "webm": "webm", "ts": "mpegts", "m2ts": "mpegts"}
FROM_ZERO = ("mp4", "webm")
"""Containers of which players show the file's own times."""

EVEN = [number / 25 for number in range(300)]
UNEVEN = [0.0, 0.04, 0.08, 0.3, 0.34, 2.2, 2.24, 2.28, 2.4, 4.9, 4.94, 5.3, 5.34, 9.0, 9.04, 9.08, 9.4, 11.9, 12.0]
SLIDES = [0.0, 7.0, 14.0, 21.0, 28.0, 35.0]
WRAP = 2**33 / 90_000


def x264(more: str = "bframes=3:b-adapt=0") -> dict[str, str]:
    return {"preset": "veryfast", "x264-params": more}


def x265(more: str) -> dict[str, object]:
    return {"encoder": "libx265", "options": {"preset": "ultrafast", "x265-params": f"log-level=none:{more}"}}


def mpeg2(**options: str) -> dict[str, object]:
    return {"encoder": "mpeg2video", "options": {"bf": "2", "b": "2000000", **options}}


OPEN_GOP = x264("open-gop=1:keyint=48:min-keyint=48:scenecut=0:bframes=3")
M2TS = {"mpegts_m2ts_mode": "1"}
# Each file is made, and decoded from its beginning, which is the truth for what every seek shows.
pytestmark = pytest.mark.long

FILES: dict[str, dict[str, object]] = {
    "usual.mkv": {},
    "usual.mp4": {},
    "usual.ts": {"keyframe_interval": 120},
    "one_group.ts": {"keyframe_interval": 1000},
    "two_groups.ts": {"keyframe_interval": 200},
    "short_groups.mp4": {"keyframe_interval": 2},
    "short_groups.ts": {"keyframe_interval": 3},
    "pyramid.ts": {"options": x264("bframes=8:b-adapt=0:b-pyramid=normal"), "keyframe_interval": 100},
    "open_groups.ts": {"options": OPEN_GOP},
    "open_groups.mkv": {"options": OPEN_GOP},
    "refresh.ts": {"options": x264("intra-refresh=1:keyint=60:bframes=0")},
    "refresh.mkv": {"options": x264("intra-refresh=1:keyint=60")},
    "camera.m2ts": {"options": x264("tff=1:bframes=2"), "muxer_options": M2TS, "keyframe_interval": 80},
    "interlaced.ts": {**mpeg2(flags="+ildct+ilme"), "keyframe_interval": 15},
    "mpeg2.ts": {**mpeg2(), "keyframe_interval": 150},
    "mpeg2.mkv": {**mpeg2(), "keyframe_interval": 15},
    "hevc.mkv": x265("bframes=3"),
    "hevc.ts": x265("bframes=4:b-adapt=0"),
    "nine.webm": {"encoder": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "16"}},
    "three_hours.ts": {"start": 3 * 3600.0},
    "three_hours.mkv": {"start": 3 * 3600.0},
    "wraps_soon.ts": {"start": WRAP - 5, "keyframe_interval": 100},
    "wraps_late.ts": {"start": WRAP - 65},
    "early.mkv": {"start": -0.1},
    "early.mp4": {"start": -0.5},
    "fragments.mp4": {"muxer_options": {"movflags": "frag_keyframe+empty_moov"}},
    "uneven.mkv": {"times": UNEVEN},
    "uneven.mp4": {"times": UNEVEN},
    "uneven.ts": {"times": UNEVEN},
    "slides.mp4": {"times": SLIDES},
    "slides.ts": {"times": SLIDES},
    "two_pictures.mkv": {"times": [0.0, 0.04]},
    "two_pictures.ts": {"times": [0.0, 0.04]},
    "one_picture.ts": {"times": [0.0]},
}


@pytest.fixture(scope="module", params=FILES)
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = {"times": EVEN, "options": x264(), **FILES[request.param]}
    return numbered(tmp_path_factory.mktemp("order") / request.param, **options)  # type: ignore[arg-type]


def container_of(path: Path) -> str:
    return CONTAINERS[path.suffix[1:]]


def truth_of(path: Path) -> list[tuple[float, int]]:
    with av.open(str(path)) as source:
        zero = 0 if path.suffix[1:] in FROM_ZERO else (source.start_time or 0) / av.time_base
    return shown_in(path, zero)


def probe(path: Path) -> Probe:
    return media.probe(path, container_of(path), max_pixels=10**7, max_hours=12)


def number_of(still: Still) -> int:
    with av.open(still.path) as source:
        return number_in(next(source.decode(video=0)).to_ndarray(format="rgb24"))


def test_a_whole_file_is_not_called_damaged_and_has_a_poster(video: Path, tmp_path: Path) -> None:
    found, truth = probe(video), truth_of(video)
    assert not found.damaged
    assert truth[-1][0] + 0.01 < found.duration < truth[-1][0] + 1.01
    poster = media.poster(video, container_of(video), tmp_path / "poster.jpg", found.duration)
    assert number_of(poster) == number_at(truth, poster.time)


def test_a_still_is_of_the_time_that_was_asked_for(video: Path, tmp_path: Path) -> None:
    truth = truth_of(video)
    wanted = {place: round(place * 0.37, 3) for place in range(int(truth[-1][0] / 0.37) + 1)}
    stills = dict(media.grab(video, container_of(video), wanted, tmp_path))
    assert len(stills) >= min(len(truth), len(wanted)) * 0.5
    for place, still in stills.items():
        assert wanted[place] - 0.001 <= still.time <= wanted[place] + 1.001
        assert number_of(still) == number_at(truth, still.time)


def test_the_copy_for_browsers_shows_every_picture_at_its_time(video: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.mp4"
    media.make_rendition(video, container_of(video), out)
    truth, copy = truth_of(video), shown_in(out)
    assert [number for _, number in copy] == [number for _, number in truth]
    assert [time for time, _ in copy] == pytest.approx([time for time, _ in truth], abs=0.002)
    found = probe(out)
    assert found.playable and not found.damaged


@pytest.mark.parametrize("name", ["usual.mkv", "two_pictures.mkv", "uneven.mkv", "usual.ts", "three_hours.mkv"])
def test_what_has_times_of_presentation_is_copied_and_not_encoded(tmp_path: Path, name: str) -> None:
    options = {"times": EVEN, "options": x264(), **FILES[name]}
    video = numbered(tmp_path / name, **options)  # type: ignore[arg-type]
    assert copying.decode_times(video, container_of(video), "video") is not None


@pytest.mark.parametrize("fault", ["seeks_are_refused", "seeks_go_nowhere"])
@pytest.mark.parametrize("name", ["usual.ts", "usual.mkv"])
def test_where_no_seek_can_be_trusted_the_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    """As with damaged indexes: the decoder's own seeks fail, or leave it standing where it is."""
    monkeypatch.setattr("modules.media.picture_track.seek", lambda *_: fault == "seeks_go_nowhere")
    video = numbered(tmp_path / name, EVEN, options=x264(), keyframe_interval=50)
    test_a_still_is_of_the_time_that_was_asked_for(video, tmp_path)


def test_forward_the_file_is_read_on_and_not_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = numbered(tmp_path / "usual.ts", EVEN, options=x264(), keyframe_interval=50)
    monkeypatch.setattr("modules.media.picture_track.seek", lambda *_: False)
    opened = []
    monkeypatch.setattr(
        "modules.media.picture_track.open_video", lambda *args: opened.append(args) or reading.open_video(*args)
    )
    with open_pictures_of(video, "mpegts") as track:
        for time in (2.1, 4.3, 6.5, 8.7):
            first = next(track.pictures_from(time))
            assert track.time(first) == pytest.approx(time // 2 * 2, abs=0.001)
    assert len(opened) == 2, "to find the keyframes, and to read"


@pytest.mark.parametrize("more", ["keyint=250", "keyint=80:intra-refresh=1", "keyint=20:intra-refresh=1:bframes=0"])
@pytest.mark.parametrize("ending", ["mp4", "ts", "mkv"])
def test_changes_are_found_where_they_are_in_parts_of_a_long_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, more: str
) -> None:
    changes = [20.0, 61.0, 63.5, 90.0]
    times = [number / 10 for number in range(1300)]
    numbers = [sum(time >= change for change in changes) * 731 % 4096 for time in times]
    options = x264(f"bframes=3:scenecut=0:{more}")
    video = numbered(tmp_path / f"long.{ending}", times, numbers=numbers, options=options)
    found = {}
    for threads in (1, 3):
        monkeypatch.setattr("modules.media.parallel_reading.at_once", lambda threads=threads: threads)
        found[threads] = [scene.time for scene in media.scenes(video, CONTAINERS[ending], 130)]
        assert found[threads] == pytest.approx(changes, abs=0.35)


@pytest.mark.parametrize(
    ("shown", "decoded"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3]),
        ([0, 3, 1, 2, 6, 4, 5], [-1, 0, 1, 2, 3, 4, 5]),
        ([10, 50, 20, 40, 30], None),
        ([0], [0]),
        ([0, 40, 20], [-20, 0, 20]),
        ([0, 0, 0], None),
        (list(range(100, 200)) + list(range(100)), None),
    ],
)
def test_times_of_decoding_follow_from_those_of_presentation(shown: list[int], decoded: list[int] | None) -> None:
    times = times_from_order(shown)
    if decoded is None and times is not None:
        assert all(early <= late for early, late in zip(times, shown, strict=True))
        assert times == sorted(set(times))
    else:
        assert times == decoded
