"""OpenAI and servers that speak its language: the only package that imports openai. Only `factories` reads settings."""

from .calls import Calls
from .speech import OpenAISpeech
from .writer import OpenAIWriter

__all__ = ["Calls", "OpenAISpeech", "OpenAIWriter"]
