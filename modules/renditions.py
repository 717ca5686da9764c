"""`render`, by the name under which version 0.1 put its jobs into Redis."""

from modules.processing.rendition import render

__all__ = ["render"]
