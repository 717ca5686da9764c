"""What a writer paid for, saved as soon as it is there: a retry does not buy it again."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from modules.models import stages
from modules.models.outputs import SavedAnswer

from .attempt import Attempt


class SavedAnswers(MutableMapping[str, str]):
    """The answers to questions, by the question's key; behind it are saved parts of the stage "enhance".

    "Rebuild steps" asks again, because an answer belongs to its round.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._key = attempt.key("answers", attempt.module.steps_round)
        parts = attempt.saved_parts(stages.ENHANCE, self._key)
        self._known = {one.key: one.answer for one in map(SavedAnswer.from_json, parts.values())}
        self._next = max(parts, default=-1) + 1

    def __getitem__(self, key: str) -> str:
        return self._known[key]

    def __setitem__(self, key: str, answer: str) -> None:
        self._attempt.save_part(stages.ENHANCE, self._key, self._next, SavedAnswer(key, answer).to_json())
        self._known[key] = answer
        self._next += 1

    def __delitem__(self, key: str) -> None:
        raise TypeError("what was paid for is kept")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
