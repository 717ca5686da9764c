"""Text tracks inside real files."""

import sys

import pytest

from modules import media
from modules.media.subtitles import plain_text
from modules.pipeline.captions import MAX_CUE_CHARACTERS
from modules.pipeline.types import Cue, MediaError, Probe, SubtitleTrack
from tests.videos import cached, make_video

SAID = [(0.5, 2, "<i>Open</i> the &amp; menu"), (2.5, 4, "Press\nSave"), (4.2, 5, "  ")]


def probe(path, container) -> Probe:
    return media.probe(path, container, max_pixels=10**7, max_hours=12)


@pytest.mark.parametrize(("ending", "container"), [("mp4", "mp4"), ("mkv", "mkv"), ("webm", "webm")])
def test_cues_are_plain_numbered_text_in_order(ending, container):
    path = cached(f"captions.{ending}", captions=SAID)
    (track,) = probe(path, container).subtitles
    assert media.subtitles(path, container, track) == (
        Cue(1, 0.5, 2.0, "Open the & menu"),
        Cue(2, 2.5, 4.0, "Press\nSave"),
    )


def test_a_track_that_is_not_there_is_refused():
    path = cached("captions.mp4", captions=SAID)
    with pytest.raises(MediaError) as raised:
        media.subtitles(path, "mp4", SubtitleTrack(0, "subrip"))
    assert raised.value.code == "captions_unreadable"


def test_the_language_of_a_track_is_told(tmp_path):
    path = make_video(tmp_path / "german.mkv", seconds=2, size=(160, 90), captions=[(0, 1, "Hallo")], language="ger")
    assert probe(path, "mkv").subtitles == (SubtitleTrack(1, "subrip", "de"),)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (r"{\an8}Top{\i1} line\Nnext", "Top line\nnext"),
        (r"{\p1}m 0 0 l 10 0 10 10{\p0}Word", "Word"),
        ("<v Anna>Hello <00:01.000><c.loud>there</c></v>", "Hello there"),
        ("if a < b and b > c", "if a < b and b > c"),
        ("type &lt;b&gt; here", "type <b> here"),
        (r"one\htwo   three", "one two three"),
        (r"{\fs20}", ""),
        (r"Look: {\an5\p1}m 0 0 l 1 1{\i1} m 2 2", "Look:"),
        (r"{\p2}m 0 0{\p0\p1} m 1 1{\p0}end", "end"),
        (r"{\pos(3,4)}at {\pbo2}a place", "at a place"),
        ("caf&eacute; &#x41; &#66;", "café A B"),
    ],
)
def test_markup_is_taken_off(raw, plain):
    assert plain_text(raw) == plain


def test_a_number_of_thousands_of_digits_is_no_character_and_no_error():
    assert plain_text("&#" + "9" * 5000 + "; open &eacute;").endswith("; open é")


def test_a_block_that_never_ends_is_read_in_one_pass():
    """Two megabytes of it held every worker for good, with a pattern that began anew at each of its parts."""
    hostile = "Hello {" + r"\p1" * 700_000
    assert plain_text(hostile) == hostile


def test_what_is_too_long_for_a_caption_is_left_out(tmp_path):
    said = [(0.2, 0.6, "Open it"), (0.8, 1.2, "x" * (MAX_CUE_CHARACTERS + 1)), (1.4, 1.8, "Close it")]
    path = make_video(tmp_path / "long.mkv", seconds=2, size=(160, 90), captions=said)
    (track,) = probe(path, "mkv").subtitles
    assert [cue.text for cue in media.subtitles(path, "mkv", track)] == ["Open it", "Close it"]


def test_more_captions_than_anybody_wrote_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[plain_text.__module__], "MAX_CUES", 2)
    path = cached("three.mkv", seconds=2, captions=[(0, 0.5, "One"), (0.6, 1, "Two"), (1.2, 1.5, "Three")])
    (track,) = probe(path, "mkv").subtitles
    with pytest.raises(MediaError) as raised:
        media.subtitles(path, "mkv", track)
    assert raised.value.code == "captions_unreadable"
