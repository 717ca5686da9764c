"""The local writer: segmenting, titles and wording by rule, with a table for each language."""

from .local_writer import LocalWriter

__all__ = ["LocalWriter"]
