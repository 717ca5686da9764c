"""Makes real video files for tests: quick, small, with known changes of picture, sounds and captions.

Everything is encoded by PyAV; nothing is downloaded and nothing on the PATH is needed, but for `narrated`.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

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
COLOURS = [(236, 240, 245), (40, 60, 90), (250, 214, 165), (30, 110, 80), (120, 40, 90), (210, 225, 120), (70, 70, 70)]

Caption = tuple[float, float, str]
Draw = Callable[[float], np.ndarray]


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
    captions: (start, end, text) for a text track. scenes: the times at which the picture becomes another one.
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
    path = _cache() / name
    if not path.exists():
        half = path.with_name(f"half-{name}")
        make_video(half, **options)  # type: ignore[arg-type]
        half.rename(path)
    return path


_folders: list[tempfile.TemporaryDirectory[str]] = []


def _cache() -> Path:
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="videos-"))
    return Path(_folders[0].name)


# Pictures


def scene_pictures(size: tuple[int, int], scenes: Sequence[float]) -> Draw:
    """A picture for each stretch between scenes, with a small pointer that wanders over it."""
    width, height = size
    bases = [scene_picture(size, number) for number in range(len(scenes) + 1)]

    def draw(time: float) -> np.ndarray:
        image = bases[sum(time >= change - 1e-6 for change in scenes)].copy()
        x, y = int(width * (0.1 + 0.8 * (time * 0.13 % 1))), int(height * (0.2 + 0.6 * (time * 0.07 % 1)))
        image[y : y + 12, x : x + 8] = (255, 0, 80)
        return image

    return draw


def scene_picture(size: tuple[int, int], number: int) -> np.ndarray:
    """One still picture like a screen: a background, a window, and lines that look like text."""
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    image[:] = COLOURS[number % len(COLOURS)]
    chance = np.random.default_rng(number)
    left, top = int(width * chance.uniform(0.05, 0.35)), int(height * chance.uniform(0.05, 0.3))
    image[top : top + height // 2, left : left + width // 2] = 255 - np.array(COLOURS[number % len(COLOURS)])
    ink = chance.integers(0, 2, (height // 4, width // 4, 1), np.uint8).repeat(2, 0).repeat(2, 1)
    area = image[top + 8 : top + 8 + height // 3, left + 8 : left + 8 + width // 3]
    shade = ink[: area.shape[0], : area.shape[1]] * 90
    shade[(np.arange(area.shape[0]) // 8) % 2 == 0] = 0
    area[:] = np.where(area > 127, area - shade, area + shade)
    return image


# Sound


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


# Streams


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


# Speech


def narrated(
    path: Path | str, sentences: Sequence[str], *, pause: float = 0.8, voice: str = "en", **options: object
) -> list[Caption]:
    """A video in which espeak-ng (which must be on the PATH) speaks the sentences.

    Returns the truth: (start, end, text) of each. A change of picture comes with every sentence but the first.
    """
    pieces, truth, time = [np.zeros(int(0.5 * SAMPLE_RATE), "f4")], [], 0.5
    for sentence in sentences:
        speech = say(sentence, voice)
        length = len(speech) / SAMPLE_RATE
        truth.append((time, time + length, sentence))
        pieces += [speech, np.zeros(int(pause * SAMPLE_RATE), "f4")]
        time += length + int(pause * SAMPLE_RATE) / SAMPLE_RATE
    options.setdefault("scenes", [start - pause / 2 for start, _, _ in truth[1:]])
    make_video(path, seconds=time, audio=np.concatenate(pieces), **options)  # type: ignore[arg-type]
    return truth


def say(text: str, voice: str = "en") -> np.ndarray:
    """Speech by espeak-ng as mono samples at 16 kHz, without silence at its ends."""
    program = shutil.which("espeak-ng") or "espeak-ng"
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/speech.wav"
        subprocess.run([program, "-v", voice, "-s", "150", "-w", wav, "--", text], check=True, timeout=30)
        with av.open(wav) as source:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
            frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
            frames += resampler.resample(None)
    samples = np.concatenate([frame.to_ndarray().ravel() for frame in frames])
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1]


# Harm


def damage(path: Path, at: float = 0.5, length: int = 2000) -> Path:
    """Overwrite bytes in the file; at: where, as a share of its size."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        file.write(np.random.default_rng(1).bytes(length))
    return path


def truncate(path: Path, keep: float = 0.5) -> Path:
    """Cut the file off; keep: the share of it that stays."""
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * keep))
    return path


def claim_size(path: Path, width: int, height: int, *, decoder_only: bool = False) -> Path:
    """Make an MP4 with H.264 claim another size: in tkhd, in stsd, and in the decoder's own header (SPS).

    decoder_only: in the last alone. The moov must be at the file's end, as `make_video` puts it.
    """
    data = bytearray(path.read_bytes())
    tkhd = data.index(b"tkhd") + 4
    entry = data.index(b"avc1", data.index(b"stsd")) - 4
    if not decoder_only:
        data[tkhd + 76 : tkhd + 84] = struct.pack(">II", width << 16, height << 16)
        data[entry + 32 : entry + 36] = struct.pack(">HH", width, height)
    config = data.index(b"avcC", entry) + 4
    length = int.from_bytes(data[config + 6 : config + 8], "big")
    sps = _resized_sps(bytes(data[config + 8 : config + 8 + length]), width, height)
    data[config + 6 : config + 8 + length] = len(sps).to_bytes(2, "big") + sps
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"avcC"):
        box = data.index(b"avc1", data.index(b"stsd")) if kind == b"avc1" else data.index(kind)
        grown = int.from_bytes(data[box - 4 : box], "big") + len(sps) - length
        data[box - 4 : box] = grown.to_bytes(4, "big")
    path.write_bytes(data)
    return path


def claim_duration(path: Path, hours: float) -> Path:
    """Make an MP4's headers (mvhd and every mdhd and tkhd) claim another length."""
    data = bytearray(path.read_bytes())
    movie = data.index(b"mvhd") + 4
    movie_scale = int.from_bytes(data[movie + 12 : movie + 16], "big")
    for kind, scale_at, duration_at in ((b"mvhd", 12, 16), (b"mdhd", 12, 16), (b"tkhd", None, 20)):
        box = data.find(kind)
        while box >= 0:
            body = box + 4
            scale = movie_scale if scale_at is None else int.from_bytes(data[body + scale_at : body + scale_at + 4])
            ticks = min(round(hours * 3600 * scale), 0xFFFFFFFE)
            data[body + duration_at : body + duration_at + 4] = ticks.to_bytes(4, "big")
            box = data.find(kind, body)
    path.write_bytes(data)
    return path


def _resized_sps(sps: bytes, width: int, height: int) -> bytes:
    """The H.264 sequence parameter set with another size in macroblocks (ITU-T H.264 §7.3.2.1.1)."""
    bits = "".join(f"{byte:08b}" for byte in sps.replace(b"\0\0\3", b"\0\0"))
    at = 32

    def number() -> int:
        nonlocal at
        zeros = bits.index("1", at) - at
        at += 2 * zeros + 1
        return int(bits[at - zeros - 1 : at], 2) - 1

    number()  # seq_parameter_set_id
    if sps[1] in (100, 110, 122, 244):
        number(), number(), number()  # chroma_format_idc and both bit depths
        at += 2
    number()  # log2_max_frame_num_minus4
    if number() == 0:  # pic_order_cnt_type
        number()
    number()  # max_num_ref_frames
    at += 1
    start = at
    number(), number()
    sides = "".join(_golomb(-(-side // 16) - 1) for side in (width, height))
    bits = bits[:start] + sides + bits[at:]
    bits += "0" * (-len(bits) % 8)
    plain = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", plain)


def _golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits
