"""What the probe finds in real files, whole and broken."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import av
import pytest

from modules import media
from modules.media import extent
from modules.messages import message_for
from modules.pipeline.types import MediaError, Probe, SubtitleTrack
from tests.videos import audio_only, cached, claim_duration, claim_size, damage, make_video, tone, truncate
from tests.videos.making import MUXERS

CONTAINERS = {"mp4": "mp4", "mov": "mp4", "webm": "webm", "mkv": "mkv", "avi": "avi", "ts": "mpegts"}
CAPTIONS = [(0.5, 2, "Hello"), (2.5, 4, "Bye")]


def probe(path: Path, container: str = "") -> Probe:
    container = container or CONTAINERS[path.suffix[1:]]
    return media.probe(path, container, max_pixels=8192 * 4320, max_hours=12)


def code_of(path: Path, container: str = "") -> str:
    with pytest.raises(MediaError) as raised:
        probe(path, container)
    assert message_for(raised.value.code, raised.value.params)
    return raised.value.code


@pytest.mark.parametrize(
    ("name", "options", "video", "audio", "playable"),
    [
        ("usual.mp4", {"audio": "tone"}, "h264", "aac", True),
        ("silent.mp4", {}, "h264", None, True),
        ("usual.mov", {"audio": "tone"}, "h264", "aac", True),
        ("mp3.mp4", {"audio": "tone", "audio_codec": "mp3"}, "h264", "mp3", True),
        ("usual.webm", {"audio": "tone"}, "vp8", "opus", True),
        ("nine.webm", {"codec": "vp9"}, "vp9", None, True),
        ("one.webm", {"codec": "av1"}, "av1", None, True),
        ("usual.mkv", {"audio": "tone"}, "h264", "aac", False),
        ("usual.avi", {"audio": "tone"}, "mpeg4", "mp3", False),
        ("usual.ts", {"audio": "tone"}, "h264", "aac", False),
        ("phone.mov", {"codec": "hevc"}, "hevc", None, False),
        ("old.mp4", {"codec": "mpeg4"}, "mpeg4", None, False),
        ("wide.mp4", {"pixels": "yuvj420p"}, "h264", None, True),
        ("full.mp4", {"pixels": "yuv444p"}, "h264", None, False),
    ],
)
def test_a_file_is_described_as_it_is(name, options, video, audio, playable):
    path = cached(name, seconds=3, size=(320, 180), **options)
    found = probe(path)
    assert (found.video_codec, found.audio_codec, found.playable) == (video, audio, playable)
    assert (found.width, found.height, found.damaged) == (320, 180, False)
    assert found.duration == pytest.approx(3, abs=0.12)
    assert found.fps == pytest.approx(25, abs=1)
    assert found.size == path.stat().st_size


def test_the_size_is_that_on_the_screen(tmp_path):
    turned = probe(make_video(tmp_path / "phone.mp4", seconds=1, size=(320, 180), rotation=90))
    assert (turned.width, turned.height) == (180, 320)


def test_text_tracks_are_listed():
    assert probe(cached("said.mp4", audio="tone", captions=CAPTIONS)).subtitles == (SubtitleTrack(2, "mov_text"),)
    assert probe(cached("said.mkv", audio="tone", captions=CAPTIONS)).subtitles == (SubtitleTrack(2, "subrip"),)


def test_sound_that_runs_on_counts_to_the_length(tmp_path):
    path = make_video(tmp_path / "slide.mp4", seconds=1, audio=tone(4))
    assert probe(path).duration == pytest.approx(4, abs=0.1)


def test_a_truncated_mp4_without_its_index_is_called_damaged(tmp_path):
    path = truncate(make_video(tmp_path / "cut.mp4", seconds=2))
    assert code_of(path) == "damaged_video"


@pytest.mark.parametrize("ending", ["mp4", "webm", "mkv", "avi"])
def test_what_is_left_of_a_file_whose_end_is_missing_is_measured(tmp_path, ending):
    whole = cached(f"long.{ending}", seconds=12, size=(320, 180), audio="tone", faststart=ending == "mp4")
    path = truncate(Path(shutil.copy(whole, tmp_path)), keep=0.6)
    found = probe(path)
    assert found.damaged
    assert 4 < found.duration < 9


def test_an_avi_is_called_damaged_where_only_its_header_tells_that_the_end_is_missing(tmp_path):
    whole = cached("long.avi", seconds=12, size=(320, 180), audio="tone")
    assert probe(truncate(Path(shutil.copy(whole, tmp_path)), keep=0.95)).damaged


@pytest.mark.parametrize(("ending", "seconds"), [("mp4", 7), ("webm", 7), ("mkv", 2), ("ts", 2)])
def test_pictures_that_begin_late_are_timed_as_a_player_times_them(tmp_path, ending, seconds):
    prompt = cached(f"prompt.{ending}", seconds=2, size=(160, 90), fps=10)
    late_path, muxer = tmp_path / f"late.{ending}", MUXERS.get(ending, ending)
    with av.open(str(prompt)) as source, av.open(str(late_path), "w", format=muxer) as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        for packet in (packet for packet in source.demux(stream) if packet.size):
            late = round(5 / packet.time_base)
            packet.pts, packet.dts, packet.stream = packet.pts + late, packet.dts + late, copy
            out.mux(packet)
    assert probe(late_path).duration == pytest.approx(seconds, abs=0.2)


def test_a_long_file_whose_end_is_missing_is_measured_too(tmp_path):
    path = make_video(tmp_path / "long.mp4", seconds=40, fps=5, size=(160, 90), faststart=True)
    assert probe(path).duration == pytest.approx(40, abs=0.1)
    found = probe(truncate(path, keep=0.5))
    assert found.damaged
    assert 10 < found.duration < 30


@pytest.mark.parametrize("ending", CONTAINERS)
def test_damage_in_the_middle_leaves_a_video(tmp_path, ending):
    whole = cached(f"long.{ending}", seconds=12, size=(320, 180), audio="tone", faststart=ending == "mp4")
    path = damage(Path(shutil.copy(whole, tmp_path)), at=0.35)
    found = probe(path)
    assert found.duration == pytest.approx(12, abs=0.5)
    assert found.damaged or ending in ("avi", "ts"), "these two hold nothing by which it could be told"


def test_sound_alone_is_no_video(tmp_path):
    for ending in ("mp4", "mkv", "webm", "ts", "avi"):
        assert code_of(audio_only(tmp_path / f"song.{ending}")) == "no_video"


def test_a_video_without_a_single_picture_is_called_empty(tmp_path):
    path = make_video(tmp_path / "none.mp4", seconds=0)
    assert code_of(path) in ("empty_video", "no_video")
    (tmp_path / "zero.mp4").touch()
    assert code_of(tmp_path / "zero.mp4") == "empty_video"


def test_an_absurd_size_is_refused_before_a_picture_is_made_room_for(tmp_path):
    path = claim_size(make_video(tmp_path / "huge.mp4", seconds=1), 60000, 60000)
    with pytest.raises(MediaError) as raised:
        probe(path)
    assert (raised.value.code, raised.value.params) == ("too_many_pixels", {"width": 60000, "height": 60000})


def test_a_size_that_only_the_decoder_is_told_makes_no_room_either(tmp_path):
    path = claim_size(make_video(tmp_path / "hidden.mp4", seconds=1), 16000, 16000, decoder_only=True)
    script = (
        "import resource, sys; from pathlib import Path; from modules import media\n"
        "from modules.pipeline.types import MediaError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: media.probe(Path(sys.argv[1]), 'mp4', max_pixels=8192 * 4320, max_hours=12)\n"
        "except MediaError as error: print(error.code)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True, timeout=30)
    code, grown = done.stdout.split()
    assert code in ("damaged_video", "too_many_pixels")
    assert int(grown) < 300_000, "KiB: one such picture alone would take 384 MB"


def test_an_absurd_length_is_refused(tmp_path):
    path = claim_duration(make_video(tmp_path / "endless.mp4", seconds=1), hours=1000)
    with pytest.raises(MediaError) as raised:
        probe(path)
    assert (raised.value.code, raised.value.params) == ("too_long", {"hours": 1000.0, "limit": "12"})


def test_playlists_and_scripts_open_no_other_file_and_no_connection(tmp_path):
    inside = make_video(tmp_path / "inside.ts", seconds=1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        scripts = [
            f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXTINF:1,\n{inside}\n",
            f"ffconcat version 1.0\nfile '{inside}'\nfile 'http://127.0.0.1:{port}/a.ts'\n",
            f"[InternetShortcut]\nURL=http://127.0.0.1:{port}/\n",
        ]
        for text in scripts:
            for container in (*set(CONTAINERS.values()), "hls", "concat"):
                path = tmp_path / "list.mp4"
                path.write_text(text)
                assert code_of(path, container) in ("damaged_video", "no_video", "not_a_video")
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_end_of_a_large_file_is_found_without_reading_it_whole(monkeypatch, tmp_path):
    monkeypatch.setattr(extent, "WHOLE", 0)
    for ending in CONTAINERS:
        whole = cached(f"far.{ending}", seconds=30, fps=5, size=(160, 90), audio="tone", faststart=ending == "mp4")
        found = probe(whole)
        assert (found.duration, found.damaged) == (pytest.approx(30, abs=0.3), False)
        cut = probe(truncate(Path(shutil.copy(whole, tmp_path)))) if ending != "mov" else found
        assert cut.duration < 20 or ending == "mov"


def test_a_missing_file_is_no_fault_of_the_video(tmp_path):
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "gone.mp4")


FUZZ = """
import random, sys
from pathlib import Path
from modules import media
from modules.pipeline.types import MediaError
chance, path = random.Random(7), Path(sys.argv[1])
for source, container in zip(sys.argv[2::2], sys.argv[3::2]):
    whole = Path(source).read_bytes()
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(chance.choice([len(data), 2000]))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            media.probe(path, container, max_pixels=10**7, max_hours=12)
        except MediaError:
            pass
print("whole")
"""


def test_flipped_bytes_raise_nothing_but_media_errors(tmp_path):
    arguments = [str(tmp_path / "flipped")]
    for ending, container in CONTAINERS.items():
        path = cached(f"flip.{ending}", seconds=1, size=(160, 90), audio="tone", faststart=ending == "mp4")
        arguments += [str(path), container]
    done = subprocess.run([sys.executable, "-c", FUZZ, *arguments], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr
