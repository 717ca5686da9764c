"""The local writer: it finds steps, titles and questions by rule, with a table of words for each language."""

from .local_writer import LocalWriter

__all__ = ["LocalWriter"]
