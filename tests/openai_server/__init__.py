"""A stand-in for OpenAI's server, driven over real HTTP by the real client.

It refuses what the real one refuses, answers transcriptions with the words truly spoken in the piece and chats with
steps that cite the cues it was shown, and fails on command. As a process: `python -m tests.openai_server --help`.
"""

from .server import CHAT, SPEECH, Fault, Logged, OpenAIServer
from .truth import Truth, decode

__all__ = ["CHAT", "SPEECH", "Fault", "Logged", "OpenAIServer", "Truth", "decode"]
