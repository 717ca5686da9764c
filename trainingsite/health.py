"""`/healthz`: the process is alive. `/readyz`: each part it needs, and how to mend it. Neither needs sign-in."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from modules import jobs
from modules.ai.registry import provider_for
from modules.models import Module, Rendition, Status, Worker, database_clock


@dataclass(frozen=True)
class Part:
    """ok: it does what is asked of it; message: how it is, and what to do when it is not."""

    ok: bool
    message: str


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


# For operators, who search for these words and paste them into reports: in English, whatever a browser prefers.
@require_safe
@never_cache
@translation.override(None)
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when uploads are accepted and processed, else 503. AI is never the reason: local means take its place."""
    parts = {"database": database()}
    listening = listeners() if parts["database"].ok else []
    parts |= {"queue": queue(listening), "workers": workers(listening), "storage": storage(), "ai": ai()}
    ready = all(part.ok for name, part in parts.items() if name != "ai")
    answer = {"ready": ready} | {name: asdict(part) for name, part in parts.items()}
    return JsonResponse(answer, status=200 if ready else 503)


def database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Part(False, "The database cannot be reached. Check DATABASE_URL, and that the server runs.")
    return Part(True, connection.vendor)


def listeners() -> list[Worker]:
    """The workers that QUEUE lets work and that were heard of lately; none where no table has been made yet."""
    try:
        return list(Worker.objects.working(database_clock()))
    except DatabaseError:
        return []


def waiting() -> set[str]:
    """The queues in which something waits."""
    found = set(Module.objects.filter(status=Status.QUEUED).order_by().values_list("queue", flat=True).distinct())
    return found | ({Rendition.queue} if Rendition.objects.filter(status=Status.QUEUED).exists() else set())


def queue(listening: list[Worker]) -> Part:
    if settings.QUEUE == "local":
        return Part(True, "No queue is needed: the local worker takes modules from the database.")
    if jobs.reachable():
        return Part(True, "Redis answers.")
    if settings.QUEUE == "auto" and any(worker.kind == Worker.Kind.LOCAL for worker in listening):
        return Part(True, "Redis does not answer; the local worker takes modules from the database.")
    return Part(False, "Redis does not answer. Start it, or set REDIS_HOST and REDIS_PORT; what waits is not lost.")


def workers(listening: list[Worker]) -> Part:
    """Somebody listens; and where something waits, somebody serves that queue."""
    command = "manage.py localworker" if settings.QUEUE == "local" else "manage.py rqworker"
    if not listening:
        return Part(False, f"No worker listens, so uploads wait. Start one: {command}")
    said = f"Listening: {', '.join(sorted({worker.get_kind_display() for worker in listening}))}."
    served = {name for worker in listening for name in worker.queues}
    unserved = [name for name in jobs.QUEUES if name not in served]
    if not unserved:
        return Part(True, said)
    starved = [name for name in unserved if name in waiting()]
    if starved:
        return Part(False, f"{said} What waits in {', '.join(starved)} is served by nobody. Start: {command}")
    return Part(True, f"{said} Nobody serves {', '.join(unserved)}, where nothing waits yet. To serve all: {command}")


def storage() -> Part:
    if not isinstance(storages["default"], FileSystemStorage):
        # A call to a remote store may take long, and this answer must be quick.
        return Part(True, "Files go to the object store.")
    try:
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR):
            return Part(True, "Files can be written.")
    except OSError:
        return Part(False, "The media folder cannot be written to. Check DATA_DIR, its owner, and the free disk space.")


def ai() -> Part:
    speech, writer = provider_for("speech"), provider_for("writer")
    for provider in (speech, writer):
        if not provider.is_configured:
            return Part(
                False, f"{provider.label} is chosen, but {provider.key_setting} is not set; the local means are used."
            )
    return Part(True, f"Speech: {speech.name}. Steps: {writer.name}.")
