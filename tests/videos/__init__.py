"""Makes real video files for tests: quick, small, with known changes of picture, sounds and captions.

Everything is encoded by PyAV; nothing is downloaded and nothing on the PATH is needed, but for `narrated`.
"""

from .drawing import scene_picture, scene_pictures
from .harm import claim_duration, claim_size, damage, truncate
from .making import SAMPLE_RATE, audio_only, cached, make_video, tone
from .speech import narrated, say

__all__ = [
    "SAMPLE_RATE", "audio_only", "cached", "claim_duration", "claim_size", "damage", "make_video", "narrated", "say",
    "scene_picture", "scene_pictures", "tone", "truncate",
]  # fmt: skip
