"""Speech to cues: audio is cut at pauses, each piece is transcribed, and its text gets times from where we cut."""

from .cue_timing import cues_of, join
from .hallucinations import plausible
from .recognition import transcribe
from .windows import LONGEST, windows

__all__ = ["LONGEST", "cues_of", "join", "plausible", "transcribe", "windows"]
