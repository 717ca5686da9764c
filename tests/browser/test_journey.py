"""A newcomer's way: sign in, try the sample, watch it being worked on, arrive at the training."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.samples import how_to
from tests.servers import Site, wait_for

PASSWORD = "correct horse battery"


def sign_in(page: Page, site: Site, name: str = "ben") -> None:
    page.goto(site.url)
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(f"{site.url}/")


@pytest.fixture
def working_site(site: Site) -> Site:
    site.start("localworker")
    wait_for(lambda: site.rows("SELECT 1 FROM modules_worker"), "the worker")
    return site


@pytest.mark.parametrize("width", [1440, 390])
def test_a_newcomer_tries_the_sample_and_lands_on_the_training(browser: Browser, working_site: Site, width: int):
    page = browser.new_page(viewport={"width": width, "height": 800})
    sign_in(page, working_site)
    page.get_by_role("button", name="Try it with a sample").click()
    page.wait_for_url("**/processing/")
    page.evaluate(
        """() => {
            window.seen = [];
            const look = () => {
                const bar = document.querySelector("[role=progressbar]");
                if (bar) window.seen.push(Number(bar.getAttribute("aria-valuenow")));
                sessionStorage.setItem("seen", JSON.stringify(window.seen));
            };
            look();
            new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
        }"""
    )
    page.wait_for_url(lambda url: url.split("#")[0].count("/") == 5 and "processing" not in url, timeout=60_000)
    seen = page.evaluate("JSON.parse(sessionStorage.getItem('seen'))")
    assert seen == sorted(seen), f"the bar went back: {seen}"
    expect(page.locator("video")).to_be_visible()
    assert page.locator(".step").count() >= 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    page.close()


def test_a_video_is_uploaded_with_the_form_and_no_javascript(browser: Browser, working_site: Site, tmp_path: Path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, working_site)
    page.goto(f"{working_site.url}/upload/")
    page.set_input_files("[name=file]", str(how_to(tmp_path / "how-to.mp4")))
    page.fill("[name=title]", "Change the filter")
    page.click("#send")
    # The page refreshes itself; when the module is ready it goes on to the training.
    page.wait_for_url(lambda url: "/modules/" in url and "/processing/" not in url, timeout=60_000)
    expect(page.get_by_role("heading", name="Change the filter", exact=True)).to_be_visible()
    assert page.locator(".step").count() >= 4
    context.close()


def test_the_bar_moves_while_a_worker_works_and_the_page_survives_a_restart_of_the_site(
    browser: Browser, site: Site, tmp_path: Path
):
    page = browser.new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/upload/")
    page.set_input_files("[name=file]", str(how_to(tmp_path / "how-to.mp4")))
    page.click("#send")
    page.wait_for_url("**/processing/")
    expect(page.get_by_text("Nothing is working on videos right now")).to_be_visible()
    site.web.stop()
    expect(page.get_by_text("Connection lost")).to_be_visible(timeout=10_000)
    site.serve()
    site.start("localworker")
    page.wait_for_url(lambda url: "/modules/" in url and "/processing/" not in url, timeout=60_000)
    page.close()


def test_a_session_that_ends_leads_to_sign_in_and_back(browser: Browser, site: Site, tmp_path: Path):
    page = browser.new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/upload/")
    page.set_input_files("[name=file]", str(how_to(tmp_path / "how-to.mp4")))
    page.click("#send")
    page.wait_for_url("**/processing/")
    processing = page.url
    page.context.clear_cookies()
    page.wait_for_url("**/login/**", timeout=10_000)
    page.fill("[name=username]", "ben")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(processing)
    page.close()
