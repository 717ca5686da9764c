"""The pages' scripts in a real browser: polling, the training page's keys and clicks, the upload page."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Response, StorageState, expect

from modules.views.serve_files import PIECE
from tests.servers import Site, children_of
from tests.videos import make_video

from .shots import serve_seeded, sign_in


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    site = Site(tmp_path_factory.mktemp("pages"))
    yield site, serve_seeded(site)
    site.stop()


@pytest.fixture(scope="module")
def state(browser: Browser, seeded) -> StorageState:
    return sign_in(browser, seeded[0].url, "ann.archer")


@pytest.fixture
def page(browser: Browser, seeded, state: StorageState) -> Iterator[Page]:
    """Signed in; an error in any script fails the test."""
    context = browser.new_context(storage_state=state, base_url=seeded[0].url)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def change(site: Site, pk: str, **fields: object) -> None:
    """Write to a module as a worker would."""
    code = f"from modules.models import Module; Module.objects.filter(pk={pk!r}).update(**{fields!r})"
    site.manage("shell", "-v", "0", "-c", code)


def test_the_processing_page_follows_the_work_and_stops_for_good(page: Page, seeded) -> None:
    site, ids = seeded
    page.goto(f"/modules/{ids['working']}/processing/")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "23")
    bar.evaluate("element => { element.kept = true }")
    change(site, ids["working"], progress=62, stage="enhance", message={"code": "enhancing", "params": {}})
    expect(bar).to_have_attribute("aria-valuenow", "62", timeout=6000)
    assert bar.evaluate("element => element.kept"), "morphed, not replaced: so the bar moves"
    expect(page.locator("#announcer")).to_have_text("Steps extracted, improving the wording")

    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible(timeout=6000)
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_be_hidden(timeout=6000)
    page.route("**/status/", lambda route: route.fulfill(status=503))
    expect(page.locator("#connection")).to_have_text(
        "The site is not available right now. This page tries again by itself.", timeout=6000
    )
    expect(bar).to_have_attribute("aria-valuenow", "62")
    page.unroute("**/status/")
    expect(page.locator("#connection")).to_be_hidden(timeout=6000)

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if request.url.endswith("/status/") else None)
    page.wait_for_timeout(3500)
    assert polls == []


def test_a_hidden_tab_does_not_poll_and_catches_up_when_shown(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['rebuilt']}/processing/")
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if request.url.endswith("/status/") else None)
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.wait_for_timeout(3500)
    assert polls == []
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    assert len(polls) == 1


def test_when_it_fails_while_watched_the_page_says_why(page: Page, seeded) -> None:
    site, ids = seeded
    page.goto(f"/modules/{ids['queued']}/processing/")
    expect(page.locator("#progress")).to_contain_text("Yours is next")
    change(site, ids["queued"], status="failed", stage="probe", error={"code": "no_video", "params": {}})
    expect(page.get_by_text("This file has no video in it.")).to_be_visible(timeout=6000)
    assert page.locator("[hx-trigger]").count() == 0


def test_the_library_follows_what_is_in_work(page: Page, seeded) -> None:
    site, ids = seeded
    page.goto("/")
    card = page.locator(f"#module-{ids['rebuilt']}")
    change(site, ids["rebuilt"], progress=77)
    expect(card).to_contain_text("77%", timeout=6000)


def test_clicks_and_keys_move_the_video_and_the_video_moves_the_steps(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['ready']}/")
    video = page.locator("#player")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    current = page.locator(".step[aria-current]")
    page.locator("#step-3 [data-seek]").click()
    expect(current).to_have_id("step-3")
    assert 16 <= video.evaluate("element => element.currentTime") < 25
    assert page.url.endswith("#step-3")
    video.evaluate("element => element.pause()")
    page.keyboard.press("j")
    expect(current).to_have_id("step-4")
    page.keyboard.press("k")
    expect(current).to_have_id("step-3")
    video.evaluate("element => { element.currentTime = 50 }")
    expect(current).to_have_id("step-7")
    expect(page.locator("#now-count")).to_have_text("7 of 8")
    page.keyboard.press("t")
    expect(page.locator("#panel-transcript")).to_be_visible()
    expect(page.locator("#panel-steps")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()


def test_the_transcript_can_be_searched(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['ready']}/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("TANK")
    expect(page.locator(".cue mark")).to_have_text(["tank", "tank"])
    expect(page.locator("#found")).to_have_text("1 of 2")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("2 of 2")
    page.locator(".cue-found").click()
    page.wait_for_function("document.getElementById('player').currentTime >= 50")


def test_the_quiz_says_what_is_right_and_leads_to_where_it_is_shown(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['ready']}/")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    page.keyboard.press("q")
    expect(page.locator("#panel-quiz")).to_be_visible()
    expect(page.locator("#panel-steps")).to_be_hidden()
    first = page.locator("#question-1")
    expect(first.locator(".question-why")).to_be_hidden()
    first.get_by_role("button", name="Check").click()
    expect(first.get_by_role("status")).to_have_text("Choose an answer first.")
    first.get_by_role("radio").nth(1).check()
    first.get_by_role("button", name="Check").click()
    expect(first.get_by_role("status")).to_have_text("That is right.")
    expect(first.locator(".option-right")).to_contain_text("Lift out the water tank")
    expect(first.get_by_role("radio").first).to_be_disabled()
    first.get_by_role("link", name="Show in the video").click()
    page.wait_for_function("document.getElementById('player').currentTime >= 15")
    page.locator("#player").evaluate("element => element.pause()")

    first.get_by_role("button", name="Next question").click()
    second = page.locator("#question-2")
    expect(second.get_by_role("radio").first).to_be_focused()
    for number in (2, 3):
        question = page.locator(f"#question-{number}")
        question.get_by_role("radio").first.check()
        question.get_by_role("button", name="Check").click()
        expect(question.get_by_role("status")).to_contain_text("Not quite. The right answer: ")
        expect(question.locator(".option-wrong")).to_have_count(1)
    page.get_by_role("button", name="See the result").click()
    expect(page.locator("#quiz-summary")).to_be_focused()
    expect(page.locator("#quiz-score")).to_have_text("1 of 3 right")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".option-right, .option-wrong")).to_have_count(0)
    expect(page.locator("#quiz-summary")).to_be_hidden()


def test_arrow_keys_go_round_the_three_tabs(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['ready']}/")
    page.locator("#tab-steps").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#tab-quiz")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-steps")).to_be_focused()
    for panel in ("transcript", "quiz", "steps"):
        page.keyboard.press("t")
        expect(page.locator(f"#panel-{panel}")).to_be_visible()


def test_on_paper_there_are_steps_and_questions_without_answers(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['ready']}/")
    page.keyboard.press("q")
    page.locator("#question-1 .option").nth(1).click()
    page.locator("#question-1 button").click()
    page.emulate_media(media="print")
    expect(page.locator("#step-2")).to_be_visible()
    expect(page.locator("#question-3 .question-text")).to_be_visible()
    for hidden in (".verdict", ".question-why", ".option-right .option-mark", ".question-foot"):
        expect(page.locator(f"#question-1 {hidden} >> visible=true")).to_have_count(0)
    expect(page.locator("#panel-transcript")).to_be_hidden()


def test_learners_go_on_where_they_were(page: Page, seeded) -> None:
    _, ids = seeded
    address = f"/modules/{ids['silent']}/"
    page.goto(address)
    page.wait_for_function("document.getElementById('player').readyState > 0")
    page.evaluate("document.getElementById('player').currentTime = 30")
    page.wait_for_function(f"localStorage.getItem('position:{ids['silent']}')")
    page.goto("/")
    page.goto(address)
    expect(page.locator("#resumed")).to_contain_text("0:30")
    page.get_by_role("button", name="Start over").click()
    page.wait_for_function("document.getElementById('player').currentTime < 1")


def test_deleting_asks_first(page: Page, seeded) -> None:
    _, ids = seeded
    page.goto(f"/modules/{ids['failed']}/processing/")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Delete this training?")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("status").first).to_contain_text("was deleted")


def test_uploading_shows_the_bytes_and_goes_to_the_processing_page(page: Page, seeded, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("This is no video. " * 100)
    page.goto("/upload/")
    expect(page.locator("#send")).to_be_disabled()
    page.set_input_files("input[name=file]", text)
    page.locator("#send").click()
    expect(page.locator("#upload-error")).to_contain_text("not a video")
    video = next((seeded[0].folder / "data" / "media" / "modules").glob("*/*.mp4"))
    page.set_input_files("input[name=file]", video)
    page.locator("#send").click()
    page.wait_for_url(re.compile(r"/modules/[0-9a-f-]+/processing/"))


@pytest.mark.parametrize("which", ["processing", "training"])
def test_without_javascript_the_pages_say_the_same(browser: Browser, seeded, state: StorageState, which: str) -> None:
    site, ids = seeded
    context = browser.new_context(storage_state=state, base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    if which == "training":
        page.goto(f"/modules/{ids['ready']}/")
        page.locator("#step-3 [data-seek]").click()
        page.wait_for_url(re.compile(r"\?t=16#step-3$"))
        assert page.get_attribute("#player", "src").endswith("#t=16")
        expect(page.locator("#panel-transcript")).to_be_visible()
        question = page.locator("#question-2")
        expect(question.locator(".question-why")).to_be_hidden()
        expect(question.get_by_role("button", name="Check")).to_be_hidden()
        question.get_by_text("Show the answer").click()
        expect(question.locator(".question-right")).to_have_text("five")
    else:
        page.goto(f"/modules/{ids['rebuilt']}/processing/")
        with page.expect_navigation(timeout=6000):
            pass  # the page loads itself anew
        expect(page.get_by_role("progressbar")).to_be_visible()
    context.close()


def test_what_is_all_sent_cannot_be_cancelled_any_more(page: Page, seeded) -> None:
    site, _ = seeded
    video = next((site.folder / "data" / "media" / "modules").glob("*/*.mp4"))
    page.goto("/upload/")
    page.set_input_files("input[name=file]", video)
    stopped = list(children_of(site.web.pid))
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        page.locator("#send").click()
        expect(page.locator("#sending-facts")).to_have_text("Sent. Checking the file…")
        expect(page.locator("#sending-cancel")).to_be_hidden()
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    page.wait_for_url(re.compile(r"/modules/[0-9a-f-]+/processing/"))


NEW_MODULE = """
from pathlib import Path
from django.core.files.base import ContentFile
from modules.models import Module
from trainingsite.accounts.models import User

module = Module(owner=User.objects.get(username="ann.archer"), title="Noise", container="mp4", status="ready")
module.video.save("video.mp4", ContentFile(Path({path!r}).read_bytes()), save=False)
module.save()
print(module.pk)
"""


def test_a_video_that_comes_piece_by_piece_plays_to_its_end_and_back(page: Page, seeded, tmp_path: Path) -> None:
    site, _ = seeded
    chance = np.random.default_rng(1)
    noise = make_video(
        tmp_path / "noise.mp4",
        seconds=20,
        size=(320, 180),
        faststart=True,
        keyframe_interval=25,
        draw=lambda time: chance.integers(0, 256, (180, 320, 3), "uint8"),
    )
    size = noise.stat().st_size
    assert size > 2 * PIECE
    pk = site.manage("shell", "-v", "0", "-c", NEW_MODULE.format(path=str(noise))).strip()
    answers: list[tuple[int, str]] = []

    def note(answer: Response) -> None:
        if answer.url.endswith(f"{pk}/video"):
            answers.append((answer.status, answer.headers.get("content-range", "")))

    page.on("response", note)
    page.goto("/")
    page.evaluate(
        """async (address) => {
            const video = Object.assign(document.createElement("video"), {src: address, muted: true});
            document.body.append(video);
            video.playbackRate = 8;
            const ended = new Promise((resolve, reject) => { video.onended = resolve; video.onerror = reject; });
            await video.play();
            await ended;
            const seeked = new Promise((resolve) => { video.onseeked = resolve; });
            video.currentTime = 3;
            await seeked;
        }""",
        f"/modules/{pk}/video",
    )
    assert {status for status, _ in answers} == {206}
    spans = [tuple(map(int, re.findall(r"\d+", said))) for _, said in answers]
    assert all(last - first < PIECE and whole == size for first, last, whole in spans)
    assert max(last for _, last, _ in spans) == size - 1
