"""OpenAI and servers that speak its language: the only package that imports openai. Only `factories` reads settings."""

from .calls import Calls
from .openai_speech import OpenAISpeech
from .openai_writer import OpenAIWriter

__all__ = ["Calls", "OpenAISpeech", "OpenAIWriter"]
