"""The forms of the editing page."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Module, Step

CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,9})?)")


class ClockField(forms.Field):
    """Seconds, written as on a player: 1:05, 1:02:03.5 or 65.5."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 8, "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, float | int):
            return value
        minutes, seconds = divmod(round(float(value), 3), 60)
        hours, minutes = divmod(int(minutes), 60)
        rest = f"{seconds:06.3f}".rstrip("0").rstrip(".")
        return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"

    def to_python(self, value: Any) -> float | None:
        text = "" if value in self.empty_values else str(value).strip()
        if not text:
            return None
        found = CLOCK.fullmatch(text)
        if not found:
            raise ValidationError(_("Please write a time like 1:05."), code="bad_time")
        hours, minutes, seconds = found.groups()
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))


class OfWhatWasShown(forms.ModelForm):
    """A form that tells what a person changed from what the page showed them, not from what the row holds now.

    So a page that was open while a run wrote new steps, or while somebody else edited it, writes back
    only what was changed in it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
            # What people write about a video need not be in the language of the page.
            if isinstance(field, forms.CharField):
                field.widget.attrs["dir"] = "auto"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Browsers send every line's end as CR LF.
        return {name: text.replace("\r\n", "\n") if isinstance(text, str) else text for name, text in cleaned.items()}


class ModuleForm(OfWhatWasShown):
    class Meta:
        model = Module
        fields = ("title", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class StepForm(OfWhatWasShown):
    """One step. Its times lie within the video (`duration` of the module)."""

    start = ClockField(label=gettext_lazy("Starts"))
    end = ClockField(label=gettext_lazy("Ends"))

    class Meta:
        model = Step
        fields = ("kind", "title", "text", "start", "end")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, duration: float | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duration = duration
        # Django makes such a field of every column with choices.
        kinds = cast(forms.TypedChoiceField, self.fields["kind"])
        kinds.choices = [(kind, capfirst(label)) for kind, label in Step.Kind.choices]

    @property
    def changes(self) -> dict[str, Any]:
        """What the person changed. A step's times go together."""
        names = set(self.changed_data) & set(self.Meta.fields)
        if names & {"start", "end"}:
            names |= {"start", "end"}
        return {name: self.cleaned_data[name] for name in names}

    @property
    def added(self) -> bool:
        """Is it a step that there is not yet?"""
        return self.instance._state.adding

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start is None or end is None:
            return cleaned
        # A time shown to the player's precision may be a hair behind the video's own end.
        if self.duration and end > self.duration + 0.5:
            self.add_error("end", _("The video ends before that."))
        elif start >= end:
            self.add_error("end", _("A step must end after it starts."))
        return cleaned


class BaseStepFormSet(forms.BaseModelFormSet):
    """The steps of one module, and of no other."""

    def clean(self) -> None:
        super().clean()
        # The factories below make StepForms of them all.
        shown = cast(list[StepForm], self.initial_forms)
        # Not in the query: a run has written new steps meanwhile, or somebody made the id up.
        if any(form.added for form in shown):
            raise ValidationError(_("The steps have changed meanwhile. Please reload the page."), code="changed")


StepFormSet = forms.modelformset_factory(Step, StepForm, formset=BaseStepFormSet, can_delete=True, extra=0)
NewStepFormSet = forms.modelformset_factory(Step, StepForm, formset=BaseStepFormSet, can_delete=True, extra=1)
