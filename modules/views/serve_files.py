"""Video, pictures, captions and transcript, for whoever may see the module.

Local files are served in ranges (RFC 9110 §14), or by nginx (X-Accel-Redirect); an object store's by a signed address.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from modules.models import Module, StageRun, Status, stages
from modules.models.outputs import picture_names
from modules.pipeline.containers import CONTAINERS
from trainingsite.language import same_in_every_language

from .access import visible_or_404

CHUNK = 256 * 1024
PIECE = 4 * 1024 * 1024
"""Bytes in one answer to a player, which then asks for more. A longer answer to a paused player would hold a thread."""

RANGE = re.compile(r"bytes=([0-9]{0,20})-([0-9]{0,20})")  # longer numbers are none that a browser sends


@require_safe
def video(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The video, or the copy of it that browsers play. ?original=1: as it was uploaded."""
    module = visible_or_404(request, pk, Module.objects.select_related("rendition"))
    rendition = getattr(module, "rendition", None)
    if rendition and rendition.status == Status.READY and not request.GET.get("original"):
        return serve(request, rendition.file, CONTAINERS["mp4"].content_type)
    name = module.video.name or ""
    container = CONTAINERS.get(module.container)
    content_type = container.content_type if container else guess_type(name)[0]
    download = ""
    if request.GET.get("original"):
        download = f"{slugify(module.title) or 'video'}.{name.rpartition('.')[2]}"
    return serve(request, name, content_type or "application/octet-stream", download)


@require_safe
def poster(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    return serve(request, visible_or_404(request, pk).poster, "image/jpeg")


@require_safe
def still(request: HttpRequest, pk: uuid.UUID, step: uuid.UUID) -> HttpResponseBase:
    """The picture of a step."""
    found = visible_or_404(request, pk).steps.shown().filter(pk=step).first()
    return serve(request, found.still if found else "", "image/jpeg")


@require_safe
def live_still(request: HttpRequest, pk: uuid.UUID, run: int) -> HttpResponseBase:
    """A picture found by a run that is still at work; run: key of its stage run."""
    # Only pieces of a run have one picture each.
    runs = visible_or_404(request, pk).stage_runs.filter(stage=stages.STILLS.name, outcome=StageRun.Outcome.PART)
    found = runs.filter(pk=run).first()
    names = picture_names(found.output) if found else set()
    return serve(request, names.pop() if names else "", "image/jpeg")


def guarded(response: HttpResponseBase, cache: str) -> HttpResponseBase:
    """The answer with how long it may be kept; browsers take its content type as it stands."""
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    return same_in_every_language(response)


def serve(request: HttpRequest, name: str, content_type: str, download: str = "") -> HttpResponseBase:
    """A file of the storage, whole or in part. download: the name to keep it under, in place of showing it.

    Raises Http404 when there is none.
    """
    if not name:
        raise Http404("No such file.")
    disposition = f'attachment; filename="{download}"' if download else ""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # an object store: it serves the file itself
        return guarded(HttpResponseRedirect(_signed(name, content_type, disposition)), "private, no-store")
    if settings.MEDIA_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = settings.MEDIA_ACCEL_PREFIX.rstrip("/") + "/" + quote(name)
    else:
        response = _local(request, path, content_type, None if download else PIECE)
    if disposition:
        response["Content-Disposition"] = disposition
    # What was cut short is not cached. Chromium would ask for the missing rest as a range with an end, and only a range
    # without one is cut short.
    kept = response.status_code in (200, 304) or download
    return guarded(response, "private, max-age=600" if kept else "private, no-store")


def _signed(name: str, content_type: str, disposition: str) -> str:
    """The address of a file in the object store, as browsers reach it, with what the store is to say of the file."""
    said = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
    # An S3Storage, which takes parameters; it is not imported where no object store is used.
    store = cast(Any, storages["browsers"])
    return store.url(name, parameters={key: value for key, value in said.items() if value})


def _local(request: HttpRequest, path: Path, content_type: str, most: int | None) -> HttpResponseBase:
    """most: bytes in the answer to a range without an end; None: all that was asked for."""
    try:
        facts = path.stat()
    except FileNotFoundError as error:
        raise Http404("No such file.") from error
    etag, modified, size = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"', http_date(facts.st_mtime), facts.st_size
    settled = get_conditional_response(request, etag=etag, last_modified=int(facts.st_mtime))
    if settled is not None:
        settled["ETag"] = etag
        return settled
    span = _span(request, size, (etag, modified))
    if span == ():
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span or (0, size - 1)
    if span and most and request.headers["Range"].strip().endswith("-"):
        # A part of the range is an answer too (RFC 9110 §15.3.7); the whole size is in Content-Range.
        last = min(last, first + most - 1)
    body = () if request.method == "HEAD" else _chunks(path, first, last)
    response: HttpResponseBase = StreamingHttpResponse(body, status=206 if span else 200, content_type=content_type)
    response["Content-Length"] = str(last - first + 1)
    if span:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = modified
    return response


def _span(request: HttpRequest, size: int, validators: tuple[str, str]) -> tuple[int, int] | tuple[()] | None:
    """First and last byte asked for; None: the whole file; (): nothing that there is.

    Several ranges, and ranges of another version (If-Range), get the whole file.
    """
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or asked[0] == "bytes=-" or request.headers.get("If-Range", validators[0]) not in validators:
        return None
    if not asked[1]:
        first, last = max(size - int(asked[2]), 0), size - 1
        return (first, last) if int(asked[2]) and size else ()
    first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if asked[2] and int(asked[2]) < first:
        return None  # not a range at all
    return (first, last) if first < size else ()


def _chunks(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
