"""What the library's search looks at, beside the module: a whole transcript must not be read with each row."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .content import Step, Transcript
from .module import Module


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def refresh(self, pk: uuid.UUID) -> None:
        """Write the entry of a module from its rows as they are now."""
        self.update_or_create(module_id=pk, defaults={"text": searchable_text(Module.objects.get(pk=pk))})


class SearchEntry(models.Model):
    """One module's words. text: case-folded, because SQLite knows upper and lower case in ASCII alone."""

    module = models.OneToOneField(
        Module, verbose_name=_("module"), on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    text = models.TextField(_("text"), blank=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return gettext("words of {module}").format(module=self.module_id)


def searchable_text(module: Module) -> str:
    """Title, description, steps and transcript of a module."""
    steps = Step.objects.shown().filter(module=module).values_list("title", "text")
    transcript = Transcript.objects.filter(module=module).first()
    cues = transcript.cues.values_list("text", flat=True) if transcript else []
    told = [f"{title} {text}" for title, text in steps]
    return "\n".join([module.title, module.description, *told, *cues]).casefold()
