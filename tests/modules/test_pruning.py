"""Files that no row owns go, and nothing else does."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import time
import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from modules.models import Module, Rendition, StageRun, Status, Step, database_clock
from modules.storage.orphans import Orphan, prune, prune_and_log, prune_if_due, remove_scratch, remove_stale_scratch
from modules.workers.subprocesses import fork

from .factories import make_module

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WORK_DIR = tmp_path / "work"
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "incoming"
    for folder in (settings.WORK_DIR, settings.FILE_UPLOAD_TEMP_DIR):
        folder.mkdir(parents=True)


def put(name: str, *, hours: float = 2) -> str:
    """A file in the storage of this age."""
    default_storage.save(name, ContentFile(b"12345"))
    aged(Path(default_storage.path(name)), hours)
    return name


def aged(path: Path, hours: float = 2) -> Path:
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


def written(path: Path, hours: float = 2) -> Path:
    path.write_bytes(b"1")
    return aged(path, hours)


def settled(**fields: object) -> Module:
    """A ready module whose video was stored long ago."""
    module = make_module(status=Status.READY, content=b"video", **fields)
    aged(Path(module.video.path), 48)
    return module


def removed(**options: object) -> list[str]:
    return [orphan.name for orphan in prune(timezone.now(), **options)]


def test_what_rows_name_stays():
    module = settled()
    module.poster = put(f"{module.folder}/poster.jpg")
    module.captions_file = put(f"{module.folder}/captions.vtt")
    module.save()
    Rendition.objects.create(module=module, status=Status.READY, file=put(f"{module.folder}/rendition.mp4"))
    Step.objects.create(
        module=module, order=1, title="Open", start=0, end=1, still=put(f"{module.folder}/stills/step.jpg")
    )
    part, whole = put(f"{module.folder}/stills/part.jpg"), put(f"{module.folder}/stills/whole.jpg")
    stills = {"module": module, "lease_token": "r", "stage": "stills"}
    StageRun.objects.create(**stills, outcome="part", part=0, output={"time": 0, "name": part})
    StageRun.objects.create(**stills, outcome="done", output=[{"time": 0, "path": whole, "width": 1}])
    StageRun.objects.create(**stills, outcome="done", output=[{"time": 3.0, "score": 0.5}])
    assert removed() == []
    assert default_storage.exists(part) and default_storage.exists(module.poster)


def test_a_file_that_no_row_names_goes_from_a_module_that_stays():
    module = settled()
    lost = put(f"{module.folder}/stills/lost.jpg")
    assert list(prune(timezone.now())) == [Orphan("storage", lost, 5)]
    assert not default_storage.exists(lost)
    assert default_storage.exists(module.video.name)


def test_the_folder_of_a_module_that_is_gone_goes_whole():
    folder = f"modules/{uuid.uuid4()}"
    names = {put(f"{folder}/video.mp4"), put(f"{folder}/stills/1.jpg")}
    assert set(removed()) == names
    assert not default_storage.exists(folder)


def test_a_file_younger_than_an_hour_stays():
    folder = f"modules/{uuid.uuid4()}"
    young = put(f"{folder}/video.mp4", hours=0.9)
    assert removed() == []
    assert default_storage.exists(young)
    assert removed(older_than=timedelta(minutes=30)) == [young]


@pytest.mark.parametrize("status", [Status.QUEUED, Status.PROCESSING])
def test_a_module_in_work_is_left_alone(status):
    module = settled()
    Module.objects.update(status=status)
    put(f"{module.folder}/stills/not-yet-named.jpg")
    assert removed() == []


def test_a_module_whose_rendition_is_made_is_left_alone():
    module = settled()
    Rendition.objects.create(module=module, status=Status.PROCESSING)
    put(f"{module.folder}/almost.mp4")
    assert removed() == []


def test_what_is_not_a_modules_folder_is_not_ours():
    names = [put("modules/notes/readme.txt"), put("elsewhere/file.txt"), put("modules/file.txt")]
    assert removed() == []
    assert all(default_storage.exists(name) for name in names)


def test_scratch_of_a_run_that_is_not_held_goes_and_of_one_that_is_held_stays(settings):
    module = settled()
    Module.objects.update(status=Status.QUEUED)
    run = Module.objects.claim(module.pk, database_clock(), "w1")
    for name in (f"{module.pk}-{run}", f"{module.pk}-{'0' * 32}", f"rendition-{'1' * 32}"):
        (settings.WORK_DIR / name).mkdir()
        written(settings.WORK_DIR / name / "picture.jpg")
        aged(settings.WORK_DIR / name)
    assert len(removed()) == 2
    assert [path.name for path in settings.WORK_DIR.iterdir()] == [f"{module.pk}-{run}"]


def test_the_scratch_of_one_run_goes_at_once_and_no_other(settings):
    for name in (f"{uuid.uuid4()}-{'a' * 32}", f"{uuid.uuid4()}-{'b' * 32}"):
        (settings.WORK_DIR / name).mkdir()
        written(settings.WORK_DIR / name / "picture.jpg")
    remove_scratch("a" * 32)
    assert [path.name[-1] for path in settings.WORK_DIR.iterdir()] == ["b"]


def test_a_worker_drops_the_scratch_of_dead_runs_and_of_no_other(settings):
    module, rendered = settled(), settled()
    Rendition.objects.create(module=rendered)
    Module.objects.filter(pk=module.pk).update(status=Status.QUEUED)
    run = Module.objects.claim(module.pk, database_clock(), "w1")
    render = Rendition.objects.claim(rendered.pk, database_clock(), "w1")
    dead, ending = f"rendition-{'1' * 32}", f"{module.pk}-{'2' * 32}"
    alive = {f"{module.pk}-{run}", f"rendition-{render}"}
    for name in (dead, ending, *alive):
        (settings.WORK_DIR / name).mkdir()
        written(settings.WORK_DIR / name / "picture.jpg", hours=0 if name == ending else 2)
        aged(settings.WORK_DIR / name)
    remove_stale_scratch(timezone.now())
    assert {path.name for path in settings.WORK_DIR.iterdir()} == {ending, *alive}


def test_scratch_that_was_just_written_to_stays(settings):
    folder = settings.WORK_DIR / f"rendition-{'1' * 32}"
    folder.mkdir()
    (folder / "half.mp4").write_bytes(b"1")
    aged(folder)
    assert removed() == []


def test_uploads_that_broke_off_go_after_a_day(settings):
    for name, hours in (("old.upload", 25), ("new.upload", 23)):
        written(settings.FILE_UPLOAD_TEMP_DIR / name, hours)
    assert removed() == ["old.upload"]
    assert [path.name for path in settings.FILE_UPLOAD_TEMP_DIR.iterdir()] == ["new.upload"]


def test_a_dry_run_removes_nothing_and_says_what_would_go():
    lost = put(f"modules/{uuid.uuid4()}/video.mp4")
    out = StringIO()
    call_command("prune_storage", dry_run=True, verbosity=2, stdout=out)
    assert f"storage: {lost} (5 bytes)" in out.getvalue()
    assert "Would remove 1 file (5 bytes): 1 in the storage." in out.getvalue()
    assert default_storage.exists(lost)


def test_the_command_counts_what_it_removed():
    put(f"modules/{uuid.uuid4()}/video.mp4")
    out = StringIO()
    call_command("prune_storage", stdout=out)
    assert "Removed 1 file" in out.getvalue()
    call_command("prune_storage", stdout=out)
    assert "Nothing to remove." in out.getvalue()


def test_the_daily_round_says_in_the_log_what_went(caplog):
    logging.getLogger("modules").addHandler(caplog.handler)
    lost = put(f"modules/{uuid.uuid4()}/video.mp4")
    with caplog.at_level("INFO", logger="modules"):
        assert prune_and_log() == 1
        assert prune_and_log() == 0
    logging.getLogger("modules").removeHandler(caplog.handler)
    assert lost in caplog.text


def test_one_process_of_a_machine_prunes_at_a_time_and_no_more_often_than_asked(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    first, second = (put(f"modules/{uuid.uuid4()}/video.mp4") for _ in range(2))
    reader, writer = os.pipe()
    busy = fork(lambda: (holding(tmp_path / "prune.lock"), os.write(writer, b"1"), signal.pause()))
    os.read(reader, 1)
    prune_if_due(3600)
    assert default_storage.exists(first)
    os.kill(busy, signal.SIGKILL)
    os.waitpid(busy, 0)
    prune_if_due(3600)
    assert not default_storage.exists(first)
    default_storage.save(second, ContentFile(b"12345"))
    aged(Path(default_storage.path(second)))
    prune_if_due(3600)
    assert default_storage.exists(second)
    prune_if_due(0)
    assert not default_storage.exists(second)


def holding(path: Path) -> None:
    """Take a lock, and keep it."""
    fcntl.lockf(os.open(path, os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)


def test_with_an_object_store_too(object_store: str, settings):
    options = {"bucket_name": "trainings", "endpoint_url": object_store, "region_name": "us-east-1"}
    keys = {"access_key": "test", "secret_key": "test", "addressing_style": "path"}
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options | keys}
    settings.S3_BUCKET = "trainings"
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    module = make_module(status=Status.READY, content=b"video")
    lost = default_storage.save(f"{module.folder}/stills/lost.jpg", ContentFile(b"12345"))
    gone = default_storage.save(f"modules/{uuid.uuid4()}/video.mp4", ContentFile(b"123"))
    assert removed() == []  # too young
    assert set(removed(older_than=timedelta(0), dry_run=True)) == {lost, gone}
    assert set(removed(older_than=timedelta(0))) == {lost, gone}
    assert removed(older_than=timedelta(0)) == []
    assert default_storage.exists(module.video.name)
