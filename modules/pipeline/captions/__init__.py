"""Captions files: read in every format of `formats.FORMATS`, written as WebVTT and text. Values in, values out."""

from .formats import FORMATS as FORMATS
from .markup import joined as joined
from .markup import plain as plain
from .reading import MAX_BYTES as MAX_BYTES
from .reading import MAX_CUE_CHARACTERS as MAX_CUE_CHARACTERS
from .reading import MAX_CUES as MAX_CUES
from .reading import CaptionsFile as CaptionsFile
from .reading import clip as clip
from .reading import in_order as in_order
from .reading import open_captions as open_captions
from .reading import parse as parse
from .reading import read as read
from .writing import chapters_vtt as chapters_vtt
from .writing import to_text as to_text
from .writing import to_vtt as to_vtt
