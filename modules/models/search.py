"""What the library's search looks at, beside the module: a whole transcript must not be read with each row."""

from __future__ import annotations

import uuid

from django.db import models

from .content import Step, Transcript
from .module import Module


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def refresh(self, pk: uuid.UUID) -> None:
        """Write the entry of a module from its rows as they are now."""
        self.update_or_create(module_id=pk, defaults={"text": searchable_text(Module.objects.get(pk=pk))})


class SearchEntry(models.Model):
    """One module's words. text: case-folded, because SQLite knows upper and lower case in ASCII alone."""

    module = models.OneToOneField(Module, on_delete=models.CASCADE, primary_key=True, related_name="search_entry")
    text = models.TextField(blank=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return f"words of {self.module_id}"


def searchable_text(module: Module) -> str:
    """Title, description, steps and transcript of a module."""
    steps = Step.objects.shown().filter(module=module).values_list("title", "text")
    transcript = Transcript.objects.filter(module=module).first()
    cues = transcript.cues.values_list("text", flat=True) if transcript else []
    told = [f"{title} {text}" for title, text in steps]
    return "\n".join([module.title, module.description, *told, *cues]).casefold()
