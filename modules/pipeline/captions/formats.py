"""All formats of captions files in one table: a new one is an entry here, its reader and its test.

A file's format is known by its content, never by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .sami import is_sami, read_sami
from .sbv import is_sbv, read_sbv
from .shown import Content
from .substation import is_substation, read_substation
from .timed_lines import is_subrip, is_webvtt, read_subrip, read_webvtt
from .ttml import is_ttml, read_ttml


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format of captions files."""

    label: str
    """What people call it, as sentences list it."""

    endings: tuple[str, ...]
    """Without a dot. The first is that of the stored file; file dialogs offer them all."""

    sniff: Callable[[str], bool]
    """Whether a text, without mark and white space before it, is such a file."""

    read: Callable[[str], Content]
    """The captions as they stand in the file; raises PipelineError("captions_unreadable") where it cannot be read."""


FORMATS = (
    Format(label="WebVTT", endings=("vtt",), sniff=is_webvtt, read=read_webvtt),
    Format(label="SubStation", endings=("ass", "ssa"), sniff=is_substation, read=read_substation),
    Format(label="TTML", endings=("ttml", "dfxp", "xml"), sniff=is_ttml, read=read_ttml),
    Format(label="SAMI", endings=("smi", "sami"), sniff=is_sami, read=read_sami),
    Format(label="SBV", endings=("sbv",), sniff=is_sbv, read=read_sbv),
    # Last, because it has no first line of its own: whatever holds its times is one.
    Format(label="SubRip", endings=("srt",), sniff=is_subrip, read=read_subrip),
)


def format_of(text: str) -> Format | None:
    """The format of a file with this text, or None for what is no captions file."""
    return next((one for one in FORMATS if one.sniff(text)), None)
