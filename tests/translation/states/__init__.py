"""Pages in every state: `STATES` has one function for each, which makes its rows and returns the answer."""

from . import admin, library, others, processing, training  # noqa: F401  each fills STATES
from .world import FAILURE, STATES, World

__all__ = ["FAILURE", "STATES", "World"]
