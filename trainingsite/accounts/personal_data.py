"""What other apps hold of a person. Each registers its part in its `ready()`; accounts itself knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

from django.utils.module_loading import import_string

DeletionHook = Callable[[Sequence[int]], AbstractContextManager[None]]
"""Gets the keys of the users who are about to be deleted; entered before their rows go, and left after."""

_deletion_hooks: list[str] = []


def on_deletion(hook: str) -> None:
    """Let a DeletionHook (its dotted path) clear up what no row holds, such as files, whenever people are deleted."""
    _deletion_hooks.append(hook)


@contextmanager
def deleting(users: Sequence[int]) -> Iterator[None]:
    """Around the deletion of these users: every hook sees their rows before they go."""
    with ExitStack() as stack:
        for hook in _deletion_hooks:
            stack.enter_context(import_string(hook)(users))
        yield
