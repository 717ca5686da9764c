"""What the upload form takes, and what of it can be checked without decoding anything."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from modules.messages import MESSAGES, captions_format_names, format_names, message_for
from modules.pipeline import captions
from modules.pipeline.containers import CONTAINERS, HEAD_SIZE, sniff
from modules.pipeline.types import PipelineError

MB = 1024 * 1024


def _invalid(code: str, **params: Any) -> forms.ValidationError:
    return forms.ValidationError(message_for(code, params), code=code, params=params)


def new_key() -> str:
    """An idempotency key for a form that is about to be shown."""
    return uuid.uuid4().hex


class UploadForm(forms.Form):
    """A video, with a title and captions if there are any. Error codes are those of `modules.messages`."""

    file = forms.FileField(
        label=_("Video"),
        allow_empty_file=True,
        error_messages={"required": MESSAGES["no_file"], "invalid": MESSAGES["no_file"]},
    )
    title = forms.CharField(label=_("Title"), required=False)
    captions = forms.FileField(label=_("Captions"), required=False, allow_empty_file=True)
    # The form's own, so that a second click or a reload of the answer does not upload twice.
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        endings = [f".{ending}" for container in CONTAINERS.values() for ending in container.endings]
        self.fields["file"].widget.attrs["accept"] = ",".join(["video/*", *endings])
        self.fields["captions"].widget.attrs["accept"] = ",".join(
            ["text/vtt", *(f".{ending}" for one in captions.FORMATS for ending in one.endings)]
        )
        self.fields["title"].widget.attrs["maxlength"] = 200

    @classmethod
    def rejected(cls, sentence: str) -> Self:
        """An empty form that says why the last one was rejected before it was read."""
        form = cls()
        form.full_clean()
        form.cleaned_data = {}
        form.add_error("file", sentence)
        return form

    @property
    def rejection(self) -> tuple[str, dict[str, Any]]:
        """The first error: a code of `modules.messages`, and its parameters."""
        field, errors = next(iter(self.errors.as_data().items()))
        if errors[0].code in MESSAGES:
            return errors[0].code, errors[0].params or {}
        # What Django itself finds fault with: a field that is missing, or holds what no text may.
        return {"file": "no_file", "captions": "bad_captions"}.get(field, "bad_form"), {}

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if not file.size:
            raise _invalid("empty_file")
        if file.size > settings.MAX_UPLOAD_MB * MB:
            raise _invalid("too_big", limit=settings.MAX_UPLOAD_MB)
        if read_container(file) is None:
            raise _invalid("not_a_video")
        return file

    def clean_title(self) -> str:
        title = self.cleaned_data["title"]
        if len(title) > 200:
            raise _invalid("bad_title", limit=200)
        return title

    def clean_captions(self) -> UploadedFile | None:
        """Only that it is a captions file: the worker reads it closely."""
        sent = self.cleaned_data["captions"]
        if sent and (sent.size > settings.MAX_CAPTIONS_KB * 1024 or captions_ending(sent) is None):
            raise _invalid("bad_captions")
        return sent


def read_container(file: Any) -> str | None:
    """The container of an open file, by its first bytes; the file stands at its beginning again afterwards."""
    file.seek(0)
    container = sniff(file.read(HEAD_SIZE))
    file.seek(0)
    return container


def captions_ending(file: Any) -> str | None:
    """The ending for an open captions file, by its content; None for what is none. It stands at its beginning again."""
    file.seek(0)
    data = file.read(captions.MAX_BYTES + 1)
    file.seek(0)
    try:
        found, _ = captions.open_captions(data)
    except PipelineError:
        return None
    return found.endings[0]


def form_context(form: UploadForm) -> dict[str, Any]:
    """What templates/uploads/upload.html shows."""
    return {
        "form": form,
        "formats": format_names(CONTAINERS.values()),
        "captions_formats": captions_format_names(),
        "max_upload_mb": settings.MAX_UPLOAD_MB,
        "max_upload_bytes": settings.MAX_UPLOAD_MB * MB,
        "sample_available": settings.SAMPLE_VIDEO.is_file(),
        "sample_key": new_key(),
    }
