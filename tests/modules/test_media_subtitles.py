"""Text tracks inside real files."""

import pytest

from modules import media
from modules.media.subtitles import plain_text
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
    ],
)
def test_markup_is_taken_off(raw, plain):
    assert plain_text(raw) == plain
