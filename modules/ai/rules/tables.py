"""How the file of a language writes its tables: as plain texts, so that a table fits on a screen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .language import Weighted, folded


def words(text: str) -> frozenset[str]:
    """A set from a text of words with spaces between."""
    return frozenset(text.split())


def weights(text: str) -> dict[str, float]:
    """Weights from a text such as "okay 0.9 | all right 1.1"."""
    entries = (entry.rsplit(maxsplit=1) for entry in text.split("|"))
    return {" ".join(said.split()): float(weight) for said, weight in entries}


def patterns(text: str, parts: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Regular expressions from a text, one a line.

    A line that begins with "|" goes on with the line before, because some are longer than a line. `<name>` stands for
    the pattern of that name in parts; an unknown name raises KeyError.
    """
    found: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("|"):
            found[-1] += line
        else:
            found.append(line)
    known = parts or {}
    return tuple(re.sub(r"<(\w+)>", lambda name: known[name[1]], pattern) for pattern in found)


def weighted(text: str, parts: Mapping[str, str] | None = None) -> Weighted:
    """Patterns (see `patterns`) with weights, each line beginning with its weight: "1.2 as for|in terms of"."""
    lines = (line.split(maxsplit=1) for line in patterns(text, parts))
    return tuple((pattern, float(weight)) for weight, pattern in lines)


def whole_numbers(ones: str, tens: str, **more: int) -> dict[str, int]:
    """The values of number words, folded. ones: from 1 on; tens: from 20 on; more: what does not fit in a row."""
    table = {word: value for value, word in enumerate(ones.split(), 1)}
    table |= {word: 10 * value for value, word in enumerate(tens.split(), 2)}
    return {folded(word): value for word, value in (table | more).items()}
