"""Speech to cues: audio is cut at pauses, each piece is transcribed, and its text gets times from where we cut."""

from .doubt import plausible
from .listen import transcribe
from .timing import cues_of, join
from .windows import LONGEST, windows

__all__ = ["LONGEST", "cues_of", "join", "plausible", "transcribe", "windows"]
