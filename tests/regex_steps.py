"""Counts the steps that a backtracking engine takes for a pattern, and makes the texts that are hardest for it.

A clock says more of the machine than of the pattern. So this walks the parsed pattern as `re` does (greedy, leftmost,
backtracking; single letters repeated in one go) and counts what it tries. It knows the syntax that our patterns use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Tail = Callable[[int], bool]

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
BOUND, FOR_EVER = 250, 1_000_000
SINGLE = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)


class TooManySteps(Exception):
    """The pattern took more steps than it may."""


class Engine:
    """One search in one text. most: steps after which it gives up; anchored: looks at its beginning alone."""

    def __init__(self, pattern: re.Pattern[str], text: str, most: int, *, anchored: bool = False) -> None:
        self.tree = parser.parse(pattern.pattern, pattern.flags)
        self.flags, self.text, self.most, self.steps = pattern.flags, text, most, 0
        self.starts = range(1 if anchored else len(text) + 1)
        self.groups: dict[int, tuple[int, int]] = {}

    def search(self) -> tuple[int, int] | None:
        """Where the leftmost match lies."""
        for start in self.starts:
            end: list[int] = []
            if self.match(list(self.tree), 0, start, lambda at, end=end: end.append(at) or True):  # type: ignore[misc]
                return start, end[0]
        return None

    def step(self) -> None:
        self.steps += 1
        if self.steps > self.most:
            raise TooManySteps

    def match(self, nodes: list[Any], index: int, at: int, tail: Tail) -> bool:
        """Whether nodes[index:] match from `at`, and then the tail."""
        self.step()
        if index == len(nodes):
            return tail(at)
        kind, value = nodes[index]
        if kind in SINGLE:
            return at < len(self.text) and self.fits(kind, value, at) and self.match(nodes, index + 1, at + 1, tail)
        rest: Tail = lambda end: self.match(nodes, index + 1, end, tail)  # noqa: E731
        if kind in REPEATS:
            return self.repeat(kind, value, at, rest)
        return self.other(kind, value, at, rest)

    def other(self, kind: Any, value: Any, at: int, rest: Tail) -> bool:
        """Groups, branches, and what takes no letter."""
        if kind is op.BRANCH:
            return any(self.match(list(branch), 0, at, rest) for branch in value[1])
        if kind is op.SUBPATTERN:
            return self.group(value, at, rest)
        if kind is op.ATOMIC_GROUP:
            end = self.once(list(value), at)
            return end is not None and rest(end)
        if kind is op.GROUPREF:
            start, end = self.groups.get(value, (0, 0))
            said = self.text[start:end]
            return self.text.startswith(said, at) and rest(at + len(said))
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return self.look(value, at) == (kind is op.ASSERT) and rest(at)
        if kind is op.AT:
            return self.place(value, at) and rest(at)
        raise NotImplementedError(kind)

    def group(self, value: Any, at: int, rest: Tail) -> bool:
        number, body = value[0], list(value[3])

        def closed(end: int) -> bool:
            before = self.groups.get(number)
            self.groups[number] = (at, end)
            if rest(end):
                return True
            self.groups[number] = before or (0, 0)
            return False

        return self.match(body, 0, at, closed if number else rest)

    def repeat(self, kind: Any, value: Any, at: int, rest: Tail) -> bool:
        low, high, body = value[0], value[1], list(value[2])
        if len(body) == 1 and body[0][0] in SINGLE:
            return self.run(kind, (low, high, body[0]), at, rest)

        def more(count: int, here: int) -> bool:
            def again(end: int) -> bool:
                return (end > here or count < low) and more(count + 1, end)

            if kind is op.MIN_REPEAT and count >= low and rest(here):
                return True
            if count < high and self.match(body, 0, here, again):
                return True
            return kind is not op.MIN_REPEAT and count >= low and rest(here)

        return more(0, at)

    def run(self, kind: Any, value: tuple[int, int, Any], at: int, rest: Tail) -> bool:
        """One letter repeated: counted in one go, and given back letter by letter."""
        low, high, (letter, what) = value
        end = at
        while end < len(self.text) and end - at < high and self.fits(letter, what, end):
            self.step()
            end += 1
        ends = range(at + low, end + 1)
        if kind is op.POSSESSIVE_REPEAT:
            return end >= at + low and rest(end)
        return any(rest(one) for one in (ends if kind is op.MIN_REPEAT else reversed(ends)))

    def once(self, body: list[Any], at: int) -> int | None:
        ends: list[int] = []
        return ends[0] if self.match(body, 0, at, lambda end: ends.append(end) or True) else None  # type: ignore[func-returns-value]

    def look(self, value: Any, at: int) -> bool:
        direction, body = value
        if direction > 0:
            return self.once(list(body), at) is not None
        width = body.getwidth()[0]
        return at >= width and self.once(list(body), at - width) is not None

    def place(self, where: Any, at: int) -> bool:
        text, lines = self.text, self.flags & re.MULTILINE
        if where is op.AT_BEGINNING_STRING or (where is op.AT_BEGINNING and not lines):
            return at == 0
        if where is op.AT_BEGINNING:
            return at == 0 or text[at - 1] == "\n"
        if where is op.AT_END_STRING:
            return at == len(text)
        if where is op.AT_END:
            return at == len(text) or (text[at] == "\n" and (bool(lines) or at == len(text) - 1))
        before, after = at > 0 and _word(text[at - 1]), at < len(text) and _word(text[at])
        return (before != after) == (where is op.AT_BOUNDARY)

    def fits(self, kind: Any, value: Any, at: int) -> bool:
        letter = self.text[at]
        if kind is op.ANY:
            return letter != "\n" or bool(self.flags & re.DOTALL)
        letters = {letter, letter.lower(), letter.upper()} if self.flags & re.IGNORECASE else {letter}
        return any(_fits(kind, value, one) for one in letters)


def _fits(kind: Any, value: Any, letter: str) -> bool:
    if kind is op.LITERAL:
        return ord(letter) == value
    if kind is op.NOT_LITERAL:
        return ord(letter) != value
    if kind is op.RANGE:
        return value[0] <= ord(letter) <= value[1]
    if kind is op.CATEGORY:
        return _in_category(value, letter)
    negated = bool(value) and value[0][0] is op.NEGATE
    return any(_fits(inner, what, letter) for inner, what in value[negated:]) != negated


def _in_category(category: Any, letter: str) -> bool:
    positive = {
        op.CATEGORY_DIGIT: str.isdecimal,
        op.CATEGORY_SPACE: str.isspace,
        op.CATEGORY_WORD: _word,
    }
    negative = {op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT, op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE}
    negative[op.CATEGORY_NOT_WORD] = op.CATEGORY_WORD
    return positive[category](letter) if category in positive else not positive[negative[category]](letter)


def _word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def is_bounded(pattern: re.Pattern[str]) -> bool:
    """Whether no part of it may repeat more than BOUND times: such a pattern is linear whatever the text."""
    return _most(list(parser.parse(pattern.pattern, pattern.flags))) <= BOUND


def _most(nodes: list[Any]) -> int:
    """How often the innermost part of these nodes may repeat."""
    return max((_most_of(kind, value) for kind, value in nodes), default=1)


def _most_of(kind: Any, value: Any) -> int:
    times = min(int(value[1]), FOR_EVER) if kind in REPEATS else 1
    return times * max(map(_most, _inside(kind, value)), default=1)


def attacks(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Texts of about this length that repeat what an endless part of the pattern matches, and then break it off."""
    tree = list(parser.parse(pattern.pattern, pattern.flags))
    made = {(_sample(before, taken), _sample(part, taken)) for before, part in _endless_parts(tree) for taken in (0, 1)}
    made |= {("", pump) for _, pump in made}
    for (first, pump), last in product(sorted(made), ("", "\x00")):
        if pump:
            yield first + pump * (length // len(pump)) + last


def _endless_parts(nodes: list[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """What may repeat without end, with up to three nodes before it, or one behind it; each with all before that."""
    for at, (kind, value) in enumerate(nodes):
        if kind in REPEATS and _most_of(kind, value) > BOUND:
            yield from ((nodes[:first], nodes[first : at + 1]) for first in range(max(0, at - 3), at + 1))
            yield nodes[:at], nodes[at : at + 2]
        for inner in _inside(kind, value):
            yield from _endless_parts(inner)


def _inside(kind: Any, value: Any) -> list[list[Any]]:
    """The sequences of nodes that a node is made of."""
    if kind in REPEATS:
        return [list(value[2])]
    if kind is op.BRANCH:
        return [list(branch) for branch in value[1]]
    if kind is op.SUBPATTERN:
        return [list(value[3])]
    return [list(value)] if kind is op.ATOMIC_GROUP else []


def _sample(nodes: list[Any], taken: int) -> str:
    """A text that the nodes match, more or less. taken: which of several letters or branches to take."""
    return "".join(_sample_of(kind, value, taken) for kind, value in nodes)


def _sample_of(kind: Any, value: Any, taken: int) -> str:
    if kind in (op.LITERAL, op.RANGE):
        return chr(value if kind is op.LITERAL else value[0])
    if kind in REPEATS:
        return _sample(list(value[2]), taken) * max(1, min(value[0], 3))
    if kind is op.SUBPATTERN:
        return _sample(list(value[3]), taken)
    if kind is op.ATOMIC_GROUP:
        return _sample(list(value), taken)
    if kind is op.BRANCH:
        return _sample(list(value[1][-taken]), taken)
    if kind in (op.ANY, op.NOT_LITERAL, op.IN):
        letters = [letter for letter in LETTERS if kind is op.ANY or _fits(kind, value, letter)]
        return letters[min(taken, len(letters) - 1)] if letters else _first(value)
    return ""


LETTERS = "a1 .,-\\{<&_:\nÄé。中"


def _first(value: Any) -> str:
    """Some letter of a set that none of the usual ones is in."""
    return next((_sample_of(kind, what, 0) for kind, what in value if kind in (op.LITERAL, op.RANGE)), "")
