"""Monitoring: what each module is doing, what was done to it, and by whom."""

from __future__ import annotations

from typing import Any, Protocol, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from modules.storage.files import deleting_files_of

from . import jobs
from .messages import message_for
from .models import (
    AICall,
    LeaseQuerySet,
    Module,
    Rendition,
    StageRun,
    Status,
    Step,
    Transcript,
    Worker,
    database_clock,
    stages,
)
from .models.runs import StageRunQuerySet
from .templatetags.formatting import clock, dollars, percent, tenths


def queued(count: int) -> str:
    """What an action says that sent so many modules to the workers."""
    return ngettext("{n} put in the queue.", "{n} put in the queue.", count).format(n=count)


class StageFilter(admin.SimpleListFilter):
    """By stage. The names come from the table, so that no list is read to find out which there are."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.name, str(stage.label)) for stage in stages.STAGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() else queryset


class StageLabel:
    """Shows the stage's label in a column, for rows that hold its name."""

    @admin.display(description=_("stage"), ordering="stage")
    def stage_label(self, row: Module | StageRun | AICall) -> str:
        return stages.label_of(row.stage) or "–"


class ReadOnlyInline(admin.TabularInline):
    """Rows that the machine writes: people read them, and change them by actions only."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return flatten(self.fields or ())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def without_pieces(runs: QuerySet[StageRun]) -> StageRunQuerySet:
    """The stage runs that a person reads."""
    # Admin takes its rows from the model's own manager, whose rows have our verbs.
    return cast(StageRunQuerySet, runs).whole()


class StageRunInline(StageLabel, ReadOnlyInline):
    model = StageRun
    fields = ["started_at", "stage_label", "outcome", "attempt", "took", "provider", "worker", "code", "trace"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StageRun]:
        return without_pieces(super().get_queryset(request)).defer("output")

    @admin.display(description=_("took"))
    def took(self, run: StageRun) -> str:
        return tenths(run.seconds) if run.seconds else ""

    @admin.display(description=_("traceback"))
    def trace(self, run: StageRun) -> str:
        return (
            format_html("<details><summary>{}</summary><pre>{}</pre></details>", gettext("show"), run.traceback)
            if run.traceback
            else ""
        )


class AICallInline(StageLabel, ReadOnlyInline):
    model = AICall
    fields = ["at", "stage_label", "model", "took", "audio_seconds", "tokens_in", "tokens_out", "dollars", "outcome"]

    @admin.display(description=_("took"))
    def took(self, call: AICall) -> str:
        return tenths(call.seconds)

    @admin.display(description=_("cost"))
    def dollars(self, call: AICall) -> str:
        return dollars(call.cost)


class StepInline(ReadOnlyInline):
    model = Step
    fields = ["order", "kind", "title", "start", "end", "deleted"]


class TranscriptInline(ReadOnlyInline):
    model = Transcript
    fields = ["language", "origin", "created_at"]


class WithCost(Protocol):
    """A module as ModuleAdmin's list has it. spent: US dollars for AI; None where it was not called."""

    spent: float | None


@admin.register(Module)
class ModuleAdmin(StageLabel, admin.ModelAdmin):
    list_display = ["title", "owner", "status", "stage_label", "bar", "attempts", "length", "cost", "age", "open_page"]
    list_filter = ["status", StageFilter, "queue", "visibility", "created_at"]
    search_fields = ["title", "owner__username", "owner__email", "id"]
    list_select_related = ["owner"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    actions = ["try_again", "rebuild_steps", "transcribe_again", "cancel", "recover"]
    inlines = [StageRunInline, AICallInline, StepInline, TranscriptInline]
    fieldsets = [
        (None, {"fields": ["title", "description", "owner", "language", "visibility"]}),
        (
            _("State"),
            {
                "fields": [
                    "status",
                    "stage_label",
                    "bar",
                    "doing",
                    "went_wrong",
                    "attempts",
                    "queue",
                    "waits_until",
                    "cost",
                ]
            },
        ),
        (_("Times"), {"fields": ["created_at", "queued_at", "claimed_at", "heartbeat_at", "published_at", "worker"]}),
        (_("Video"), {"fields": ["video", "captions_file", "container", "length", "size_in_pixels", "codecs"]}),
    ]
    # The machine's columns have verbs, not form fields: a saved form would write stale values back.
    editable = {"title", "description", "owner", "language", "visibility"}

    def get_readonly_fields(self, request: HttpRequest, obj: Module | None = None) -> list[str]:
        return [name for name in flatten_fieldsets(self.fieldsets) if name not in self.editable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The dashboard answers 500 when Redis is down: it is offered only where it works.
        dashboard = reverse("django_rq:home") if jobs.reachable() else ""
        return super().changelist_view(request, {"queue_dashboard": dashboard, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Module, form: Any, change: bool) -> None:
        changed = self.editable & set(form.changed_data)
        obj.save(update_fields=changed - {"visibility"})
        if "visibility" in changed:
            Module.objects.share(obj.pk, obj.visibility)

    def delete_model(self, request: HttpRequest, obj: Module) -> None:
        with deleting_files_of(Module.objects.filter(pk=obj.pk)):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        with deleting_files_of(Module.objects.filter(pk__in=[module.pk for module in queryset])):
            super().delete_queryset(request, queryset)

    @admin.display(description=_("progress"), ordering="progress")
    def bar(self, module: Module) -> str:
        return format_html('<progress max="100" value="{}"></progress> {}', module.progress, percent(module.progress))

    @admin.display(description=_("doing"))
    def doing(self, module: Module) -> str:
        return message_for(module.message["code"], module.message.get("params")) if module.message else "–"

    @admin.display(description=_("error"))
    def went_wrong(self, module: Module) -> str:
        return message_for(module.error["code"], module.error.get("params")) if module.error else "–"

    @admin.display(description=_("waits until"), ordering="not_before")
    def waits_until(self, module: Module) -> Any:
        return module.not_before or "–"

    @admin.display(description=_("duration"), ordering="duration")
    def length(self, module: Module) -> str:
        return clock(module.duration) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Module]:
        # The sum is a subquery, because a join would group by each column and so read every transcript.
        calls = AICall.objects.filter(module=OuterRef("pk")).order_by().values("module").annotate(sum=Sum("cost"))
        return super().get_queryset(request).annotate(spent=Subquery(calls.values("sum")))

    @admin.display(description=_("AI cost"), ordering="spent")
    def cost(self, module: WithCost) -> str:
        return dollars(module.spent) if module.spent else "–"

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, module: Module) -> str:
        return timesince(module.created_at, timezone.now())

    @admin.display(description=_("pixels"))
    def size_in_pixels(self, module: Module) -> str:
        return f"{module.width} × {module.height}" if module.width else "–"

    @admin.display(description=_("codecs"))
    def codecs(self, module: Module) -> str:
        return " + ".join(filter(None, [module.video_codec, module.audio_codec])) or "–"

    @admin.display(description=_("page"))
    def open_page(self, module: Module) -> str:
        page = "modules:training" if module.published_at else "modules:processing"
        return format_html('<a href="{}">{}</a>', reverse(page, args=[module.pk]), gettext("open"))

    def _requeue(self, request: HttpRequest, queryset: QuerySet[Module], **what: bool) -> None:
        at, count = database_clock(), 0
        for module in queryset:
            with transaction.atomic():
                if Module.objects.requeue(module.pk, at, **what):
                    count += 1
                    module.refresh_from_db()
                    jobs.enqueue_after_commit(module)
        self.message_user(request, queued(count), messages.SUCCESS if count else messages.WARNING)

    @admin.action(description=_("Try again (from what was saved)"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        self._requeue(request, queryset)

    @admin.action(description=_("Rebuild steps (the transcript stays)"))
    def rebuild_steps(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        self._requeue(request, queryset, steps=True)

    @admin.action(description=_("Transcribe again"))
    def transcribe_again(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        self._requeue(request, queryset, speech=True)

    @admin.action(description=_("Cancel processing"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        count = sum(Module.objects.cancel(module.pk) for module in queryset)
        text = ngettext("{n} cancelled.", "{n} cancelled.", count)
        self.message_user(request, text.format(n=count))

    @admin.action(description=_("Put right what was lost (all modules)"))
    def recover(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        count = jobs.sweep()
        text = ngettext("{n} put back to work.", "{n} put back to work.", count)
        self.message_user(request, text.format(n=count))


@admin.register(Rendition)
class RenditionAdmin(admin.ModelAdmin):
    list_display = ["module", "status", "progress", "attempts", "worker", "heartbeat_at"]
    list_filter = ["status"]
    list_select_related = ["module"]
    actions = ["try_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, queryset: LeaseQuerySet) -> None:
        count = queryset.filter(status=Status.FAILED).reset_to_queued(database_clock(), progress=0)
        self.message_user(request, queued(count))


@admin.register(StageRun)
class StageRunAdmin(StageLabel, admin.ModelAdmin):
    list_display = [
        "started_at",
        "module",
        "stage_label",
        "outcome",
        "seconds",
        "media_seconds",
        "provider",
        "worker",
        "code",
    ]
    list_filter = [StageFilter, "outcome", "code", "provider"]
    list_select_related = ["module"]
    date_hierarchy = "started_at"
    ordering = ["-started_at"]
    search_fields = ["module__title", "module__id", "worker"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StageRun]:
        # A row may hold a transcript; the page of one run fetches what it shows.
        return without_pieces(super().get_queryset(request)).defer("output", "traceback")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "host", "pid", "queues", "working_on", "started_at", "heartbeat_at", "listening"]
    list_filter = ["kind"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("working on"))
    def working_on(self, worker: Worker) -> str:
        titles = Module.objects.filter(status=Status.PROCESSING, worker=worker.name).values_list("title", flat=True)
        return ", ".join(titles) or "–"

    @admin.display(description=_("listening"), boolean=True)
    def listening(self, worker: Worker) -> bool:
        return Worker.objects.alive(database_clock()).filter(pk=worker.pk).exists()
