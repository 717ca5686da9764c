"""Encodes and writes the files."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from .drawing import Draw, scene_pictures

SAMPLE_RATE = 16_000

# container → (video codec, audio codec, caption codec)
USUAL = {
    "mp4": ("h264", "aac", "mov_text"),
    "m4v": ("h264", "aac", "mov_text"),
    "mov": ("h264", "aac", "mov_text"),
    "mkv": ("h264", "aac", "subrip"),
    "webm": ("vp8", "libopus", "webvtt"),
    "avi": ("mpeg4", "mp3", None),
    "ts": ("h264", "aac", None),
}
MUXERS = {"mkv": "matroska", "ts": "mpegts", "m4v": "mp4"}
ENCODERS = {
    "h264": ("libx264", {"preset": "ultrafast", "crf": "28"}),
    "hevc": ("libx265", {"preset": "ultrafast", "x265-params": "log-level=none"}),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8"}),
    "vp9": ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "row-mt": "1"}),
    "av1": ("libsvtav1", {"preset": "12"}),
    "mpeg4": ("mpeg4", {}),
    "prores": ("prores_ks", {}),
}
PIXELS = {"prores": "yuv422p10le"}

Caption = tuple[float, float, str]


def make_video(
    path: Path | str,
    *,
    seconds: float = 6,
    size: tuple[int, int] = (640, 360),
    fps: int = 25,
    codec: str | None = None,
    audio: str | np.ndarray | None = None,
    audio_codec: str | None = None,
    audio_start: float = 0,
    audio_gap: tuple[float, float] | None = None,
    captions: Sequence[Caption] | None = None,
    language: str = "",
    scenes: Sequence[float] = (),
    draw: Draw | None = None,
    keyframe_interval: int | None = None,
    rotation: int = 0,
    pixels: str | None = None,
    faststart: bool = False,
) -> Path:
    """Write a video; the container follows the path's ending (mp4, m4v, mov, webm, mkv, avi, ts).

    audio: "silence", "tone", or mono samples in -1..1 at 16 kHz; audio_start: seconds of nothing before it.
    audio_gap: from when to when no sound is written at all.
    captions: (start, end, text) for a text track; language: of that track, as ISO 639-2.
    scenes: the times at which the picture becomes another one.
    draw: instead of scenes, gives the RGB picture (height, width, 3) for a time. keyframe_interval: in frames.
    rotation: degrees, counter-clockwise, for the display matrix. pixels: another pixel format.
    """
    path = Path(path)
    ending = path.suffix.lstrip(".")
    video_codec, usual_audio, text_codec = USUAL[ending]
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", format=MUXERS.get(ending, ending), options=options) as out:
        video = _video_stream(out, codec or video_codec, size, fps, keyframe_interval, pixels)
        if rotation:
            video.set_display_rotation(rotation)
        samples = _samples(audio, seconds)
        sound = None if samples is None else out.add_stream(audio_codec or usual_audio, rate=SAMPLE_RATE, layout="mono")
        text = out.add_stream(text_codec) if captions else None
        if text is not None:
            text.time_base = Fraction(1, 1000)
            if language:
                text.metadata["language"] = language
            text.codec_context.subtitle_header = _ASS_HEADER
        out.start_encoding()
        if text is not None:
            _write_captions(out, text, captions or ())
        picture = draw or scene_pictures(size, scenes)
        blocks = _audio_packets(sound, samples, audio_start, audio_gap)
        for number in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(picture(number / fps), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            out.mux(video.encode(frame))
            for packets in _until(blocks, number / fps):
                out.mux(packets)
        out.mux(video.encode(None))
        for _, packets in blocks:
            out.mux(packets)
    return path


def cached(name: str, **options: object) -> Path:
    """A video that all tests of one session share; options as for `make_video`. Copy it before changing it."""
    # The same name with other options is another video.
    path = _cache() / hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()[:12] / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        half = path.with_name(f"half-{name}")
        make_video(half, **options)  # type: ignore[arg-type]
        half.rename(path)
    return path


_folders: list[tempfile.TemporaryDirectory[str]] = []


def _cache() -> Path:
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="videos-"))
    return Path(_folders[0].name)


def tone(seconds: float, pitch: float = 440, loudness: float = 0.3) -> np.ndarray:
    """A sine as mono samples at 16 kHz."""
    return (loudness * np.sin(2 * np.pi * pitch * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype("f4")


def _samples(audio: str | np.ndarray | None, seconds: float) -> np.ndarray | None:
    if audio is None or isinstance(audio, np.ndarray):
        return audio
    return {"silence": np.zeros(int(seconds * SAMPLE_RATE), "f4"), "tone": tone(seconds)}[audio]


def _audio_packets(
    stream: av.AudioStream | None, samples: np.ndarray | None, start: float, gap: tuple[float, float] | None = None
) -> Iterator:
    """Pairs of (time, packets), so that sound and pictures are interleaved."""
    if stream is None or samples is None:
        return
    step = 1024
    for at in range(0, len(samples), step):
        if gap and gap[0] <= at / SAMPLE_RATE < gap[1]:
            continue
        block = np.clip(samples[at : at + step], -1, 1).astype("f4")
        frame = av.AudioFrame.from_ndarray((block * 32767).astype("i2")[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = at + round(start * SAMPLE_RATE), Fraction(1, SAMPLE_RATE)
        yield start + at / SAMPLE_RATE, stream.encode(frame)
    yield start + len(samples) / SAMPLE_RATE, stream.encode(None)


def _until(blocks: Iterator, time: float) -> Iterator:
    for at, packets in blocks:
        yield packets
        if at >= time:
            return


def _video_stream(
    out: av.container.OutputContainer,
    codec: str,
    size: tuple[int, int],
    fps: int,
    keyframe_interval: int | None,
    pixels: str | None,
) -> av.VideoStream:
    name, options = ENCODERS[codec]
    stream = out.add_stream(name, rate=fps, options=dict(options))
    stream.width, stream.height = size
    stream.pix_fmt = pixels or PIXELS.get(codec, "yuv420p")
    if keyframe_interval:
        stream.gop_size = keyframe_interval
        if codec == "h264":
            stream.codec_context.options = {**options, "sc_threshold": "0"}
    return stream


_ASS_HEADER = (
    b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\nFormat: Name, Fontname\r\nStyle: Default,Arial\r\n\r\n"
    b"[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)


def _write_captions(out: av.container.OutputContainer, stream: av.Stream, captions: Sequence[Caption]) -> None:
    for number, (start, end, text) in enumerate(captions):
        body = text.replace("\n", "\\N").encode()
        cue = av.subtitles.subtitle.SubtitleSet.create(
            text=b"%d,0,Default,,0,0,0,,%s" % (number, body),
            start=0,
            end=round((end - start) * 1000),
            pts=round(start * 1_000_000),
        )
        packet = stream.codec_context.encode_subtitle(cue)
        packet.pts = packet.dts = round(start * 1000)
        packet.duration = round((end - start) * 1000)
        packet.time_base = Fraction(1, 1000)
        packet.stream = stream
        out.mux(packet)


def audio_only(path: Path | str, *, seconds: float = 3) -> Path:
    """A file of the path's container with sound and no pictures."""
    path = Path(path)
    ending = path.suffix.lstrip(".")
    with av.open(str(path), "w", format=MUXERS.get(ending, ending)) as out:
        stream = out.add_stream(USUAL[ending][1], rate=SAMPLE_RATE, layout="mono")
        for _, packets in _audio_packets(stream, tone(seconds), 0):
            out.mux(packets)
    return path
