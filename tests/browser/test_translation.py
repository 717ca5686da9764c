"""The pages in a made-up language: what scripts say, and from right to left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.servers import Site
from tests.translation.pseudo import LEFT_TO_RIGHT, RIGHT_TO_LEFT, untranslated

from .shots import CLICKS, pages, serve_seeded, sign_in

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    """A site with modules in every state, which knows the made-up languages."""
    site = Site(tmp_path_factory.mktemp("translated"), DJANGO_SETTINGS_MODULE="tests.translation.settings")
    yield site, serve_seeded(site)
    site.stop()


@pytest.fixture(scope="module")
def state(browser: Browser, translated) -> StorageState:
    return sign_in(browser, translated[0].url, "ann.archer")


@pytest.fixture
def page(browser: Browser, translated, state: StorageState, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Signed in; the language is the test's parameter, or the one from left to right."""
    language = getattr(request, "param", LEFT_TO_RIGHT)
    options = {"base_url": translated[0].url, "locale": language, "viewport": PHONE}
    context = browser.new_context(storage_state=state, **options)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def said(page: Page, selector: str) -> str:
    """What an element says, which a script has written; something, and nothing untranslated."""
    text = page.locator(selector).inner_text()
    assert "⟦" in text and untranslated(text) == [], f"{selector}: {text}"
    return text


def test_the_upload_page_s_script_speaks_the_language_of_the_page(page: Page, tmp_path: Path) -> None:
    page.goto("/upload/")
    said(page, ".drop-title")
    assert "⟦" in page.get_attribute("input[name=file]", "aria-label")
    empty, whole = tmp_path / "0.mp4", tmp_path / "1.mp4"
    empty.touch()
    whole.write_bytes(b"0" * 1_500_000)
    page.set_input_files("input[name=file]", empty)
    said(page, "#upload-error-text")
    page.set_input_files("input[name=file]", whole)
    assert said(page, "#chosen-size") == "⟦1,4 ＭＢ⟧", "with the comma of the language"
    page.context.set_offline(True)
    page.click("#send")
    expect(page.locator("#upload-error")).to_be_visible()
    said(page, "#upload-error-text")


def test_the_time_left_is_counted_as_the_language_counts(page: Page) -> None:
    page.goto("/upload/")
    counted = page.evaluate(
        """() => {
            const forms = JSON.parse(document.getElementById("upload").dataset.timeLeft);
            return [1, 2, 21].map((n) => window.words.plural(forms.minutes, n));
        }"""
    )
    assert counted == [
        "⟦ａｂｏｕｔ 1 ｍｉｎｕｔｅ ｌｅｆｔ⟧",
        "⟦ａｂｏｕｔ 2 ｍｉｎｕｔｅｓ ｌｅｆｔ⟧",
        "⟦ａｂｏｕｔ 21 ｍｉｎｕｔｅｓ ｌｅｆｔ⟧",
    ]


def test_the_training_page_s_scripts_speak_the_language_of_the_page(page: Page, translated) -> None:
    page.goto(f"/modules/{translated[1]['ready']}/")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    said(page, "#now-count")
    page.keyboard.press("/")
    page.keyboard.type("tank")
    said(page, "#found")
    page.keyboard.type("xyz")
    said(page, "#found")
    page.click("#tab-quiz")
    for number in (1, 2, 3):
        button = f"#question-{number} .question-foot button"
        said(page, button)
        if number == 1:
            page.click(button)
            said(page, "#question-1 .verdict")
        page.locator(f"#question-{number} input").nth(1).check()
        page.click(button)
        verdict = page.locator(f"#question-{number} .verdict").inner_text()
        assert verdict.startswith("⟦") and verdict.endswith("⟧")
        said(page, button)
        page.click(button)
    said(page, "#quiz-score")
    said(page, "#quiz-words")


def test_a_copy_button_speaks_the_language_of_the_page(page: Page) -> None:
    page.goto("/account/")
    page.locator("form[action$='/tokens/'] button").click()
    page.wait_for_selector("[data-copy]")
    before = said(page, "[data-copy-label]")
    page.click("[data-copy]")
    expect(page.locator("[data-copy-label]")).not_to_have_text(before)
    said(page, "[data-copy-label]")


@pytest.mark.parametrize("page", [RIGHT_TO_LEFT], indirect=True)
def test_from_right_to_left_no_page_is_wider_than_a_phone(page: Page, translated) -> None:
    wide = []
    for name, who, address in pages(translated[1]):
        # With DEBUG the page for a 404 is Django's own.
        if who == "newcomer" or name in CLICKS or name == "404":
            continue
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl", name
        # Where the words run to the left, what is too wide sticks out on the left.
        first, last = page.evaluate(
            """() => {
                const seen = [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility());
                const boxes = seen.map((one) => one.getBoundingClientRect()).filter((box) => box.width > 1);
                return [Math.min(...boxes.map((box) => box.left)), document.documentElement.scrollWidth];
            }"""
        )
        if first < -20 or last > PHONE["width"]:
            wide.append((name, first, last))
    assert wide == []


@pytest.mark.parametrize("page", [LEFT_TO_RIGHT, RIGHT_TO_LEFT], indirect=True)
def test_bars_and_arrows_go_with_the_words_and_the_player_does_not(page: Page, translated) -> None:
    ids = translated[1]
    page.goto(f"/modules/{ids['working']}/processing/")
    turned = page.evaluate("getComputedStyle(document.documentElement).direction") == "rtl"
    bar = page.locator(".bar").first.bounding_box()
    fill = page.locator(".bar-fill").first.bounding_box()
    gap_left, gap_right = fill["x"] - bar["x"], bar["x"] + bar["width"] - fill["x"] - fill["width"]
    assert (gap_right < 1 < gap_left) if turned else (gap_left < 1 < gap_right)
    scale = "element => getComputedStyle(element).scale"
    assert page.locator(".crumb .icon").evaluate(scale) == ("-1 1" if turned else "none")
    page.goto(f"/modules/{ids['ready']}/")
    assert page.locator("#player").evaluate("element => getComputedStyle(element).direction") == "ltr"
    # The steps of an English video run as English does, whatever the reader's language.
    assert page.locator(".step-said .icon").first.evaluate(scale) == "none"
    page.locator("#tab-steps").focus()
    page.keyboard.press("ArrowLeft" if turned else "ArrowRight")
    expect(page.locator("#tab-transcript")).to_be_focused()
