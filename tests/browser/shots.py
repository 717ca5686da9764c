"""Pictures of every page, in every state: 390, 1440 and 1600 px wide, light and dark.

python -m tests.browser.shots FOLDER [NAME …]: only the pages whose name begins so. --language he: in a made-up language
(tests/translation/pseudo.py) that is written from right to left.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.servers import ROOT, Site, program

PASSWORD = "correct horse battery"
ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
CLICKS = {
    "training-share": [".training-actions summary >> nth=0"],
    "training-more": [".training-actions summary >> nth=1"],
    "training-transcript": ["#tab-transcript"],
    "training-said": [".step-said summary >> nth=1"],
    "training-delete": [".training-actions summary >> nth=1", "[popovertarget=confirm-delete] >> nth=0"],
    "training-help": [],
    "training-quiz": ["#tab-quiz"],
    "training-quiz-checked": [
        "#tab-quiz",
        "#question-1 .option >> nth=1",
        "#question-1 button",
        "#question-2 .option >> nth=2",
        "#question-2 button",
    ],
    "training-quiz-done": [
        "#tab-quiz",
        *[
            selector
            for number in (1, 2, 3)
            for selector in (f"#question-{number} .option >> nth=1", f"#question-{number} button")
        ],
        "#question-3 button",
    ],
    "processing-delete": [".settled [popovertarget=confirm-delete]"],
}
"""What is clicked before the picture is taken, by the page's name."""

SCREENS = [(390, 844), (1440, 900), (1600, 1000)]


def pages(ids: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name, who, address) of everything there is to see."""
    found = [
        ("login", "", "/login/"),
        ("library", "ann.archer", "/"),
        ("library-empty", "newcomer", "/?show=mine"),
        ("library-newcomer", "newcomer", "/"),
        ("library-nothing", "ann.archer", "/?q=zebra"),
        ("upload", "ann.archer", "/upload/"),
        ("account", "ann.archer", "/account/"),
        ("404", "ann.archer", "/modules/00000000-0000-0000-0000-000000000000/"),
    ]
    for name in ("working", "queued", "failed", "cancelled", "rebuilt"):
        found.append((f"processing-{name}", "ann.archer", f"/modules/{ids[name]}/processing/"))
    for name in ("ready", "rebuilt", "preparing", "rtl", "long", "silent"):
        found.append((f"training-{name}", "ann.archer", f"/modules/{ids[name]}/"))
    found.append(("training-step", "ann.archer", f"/modules/{ids['ready']}/#step-5"))
    found.append(("edit", "ann.archer", f"/modules/{ids['ready']}/edit/?add=1"))
    for name in CLICKS:
        which = {"training-share": "rebuilt", "processing-delete": "failed"}.get(name, "ready")
        address = f"/modules/{ids[which]}/" + ("processing/" if name.startswith("processing") else "")
        found.append((name, "ann.archer", address))
    return found


def sign_in(browser: Browser, url: str, who: str) -> StorageState:
    """Sign in once; returns the state of the browser. Not by a file: another run would write its own over it."""
    page = browser.new_page()
    page.goto(f"{url}/login/")
    page.fill("input[name=username]", who)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{url}/")
    state = page.context.storage_state()
    page.context.close()
    return state


def shoot(page: Page, address: str, path: Path) -> None:
    """One picture of the whole page, and a word when it is wider than its window."""
    page.goto(address, wait_until="load")
    page.wait_for_timeout(350)
    name = path.name.rsplit("-", 2)[0]
    for selector in CLICKS.get(name, []):
        page.click(selector)
    if name == "training-help":
        page.keyboard.press("?")
    page.wait_for_timeout(200 if name in CLICKS else 0)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.viewport_size["width"]:
        print(f"{path.name}: {width} px wide")
    page.screenshot(path=path, full_page="training" not in path.name or page.viewport_size["width"] < 500)


def serve_seeded(site: Site) -> dict[str, str]:
    """Give a new site modules in every state, and start it; their ids by name."""
    site.manage("migrate", "--verbosity", "0")
    seed = [sys.executable, "-m", "tests.browser.seed", PASSWORD]
    made = subprocess.run(seed, cwd=ROOT, env=site.env, capture_output=True, text=True, check=True)
    site.serve()
    return json.loads(made.stdout)


def main(folder: Path, only: list[str], language: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        # As in production, so that the error pages are ours.
        production = {"DEBUG": "false", "HTTPS": "false", "SECRET_KEY": "for pictures", "ALLOWED_HOSTS": "127.0.0.1"}
        site = Site(Path(data), DJANGO_SETTINGS_MODULE="tests.translation.settings", **production)
        site.manage("collectstatic", "--noinput", "--verbosity", "0")
        ids = serve_seeded(site)
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=program("chromium"), args=ARGS)
                take(browser, site.url, ids, folder, only, language)
        finally:
            site.stop()


def take(browser: Browser, url: str, ids: dict[str, str], folder: Path, only: list[str], language: str) -> None:
    """Every page at every width, in both colour schemes."""
    states = {who: sign_in(browser, url, who) for who in ("ann.archer", "newcomer")}
    wanted = [page for page in pages(ids) if not only or any(page[0].startswith(name) for name in only)]
    for width, height in SCREENS:
        for scheme in ("light", "dark"):
            if width == 1600 and scheme == "dark":
                continue
            for who in {who for _, who, _ in wanted}:
                options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "locale": language}
                context = browser.new_context(**options, storage_state=states.get(who))
                page = context.new_page()
                for name, _, address in (page for page in wanted if page[1] == who):
                    shoot(page, url + address, folder / f"{name}-{width}-{scheme}.png")
                context.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*")
    parser.add_argument("--language", default="en")
    given = parser.parse_args()
    main(given.folder, given.only, given.language)
