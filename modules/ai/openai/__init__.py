"""OpenAI and servers that speak its language: the only package that imports openai. No Django here."""

from .calls import Calls
from .speech import OpenAISpeech


__all__ = ["Calls", "OpenAISpeech"]
