"""`make sample`: the sample video, made from the product's own pages: Chromium's pictures, a moving pointer, captions.

Made twice: the first film has a plain test video on the training page; the second has the first film there.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import Page, Playwright, sync_playwright

from .browser.shots import ARGS
from .samples import how_to
from .servers import ROOT, Site, program, wait_for
from .videos import make_video

OUT = ROOT / "static" / "sample" / "how-to.mp4"
SIZE = (1280, 720)
FPS = 12
MAX_BYTES = 3_000_000


@dataclass(frozen=True)
class Shot:
    """One picture, what is said over it (seconds, text), and where the pointer goes (x, y in pixels)."""

    picture: np.ndarray
    seconds: float
    text: str
    target: tuple[float, float]


def film(site: Site, video: Path, page: Page) -> list[Shot]:
    """Walk through the product as a newcomer does."""
    shots: list[Shot] = []

    def shoot(seconds: float, text: str, target: str) -> None:
        box = page.locator(target).first.bounding_box()
        middle = (box["x"] + min(box["width"] / 2, 300), box["y"] + min(box["height"] / 2, 120))
        with av.open(io.BytesIO(page.screenshot())) as png:
            picture = next(png.decode(video=0)).to_ndarray(format="rgb24")
        shots.append(Shot(picture, seconds, text, middle))

    page.goto(f"{site.url}/")
    shoot(6.5, "Hello, in this video you learn how to make a training from a video.", "h2")
    shoot(4.5, "First, click Upload at the top of the page.", ".site-nav a.button")
    page.goto(f"{site.url}/upload/")
    shoot(5.0, "Then drag your video into the box, or click Choose a file.", "#choose")
    page.set_input_files("input[type=file] >> nth=0", str(video))
    page.fill("#id_title", "Make a training from a video")
    shoot(5.0, "Type a title, so that people find the training later.", "#id_title")
    shoot(6.0, "If you have captions, add them here. Without captions, the speech is turned into text.", "#id_captions")
    shoot(3.5, "Next, click Upload.", "#send")
    worker = site.start("localworker")
    wait_for(lambda: site.rows("SELECT 1 FROM modules_worker"), "the worker")
    page.click("#send")
    page.wait_for_url("**/processing/")
    page.wait_for_selector(".bar")
    shoot(7.5, "Now wait while the video is processed. You can close this page, and come back later.", ".bar")
    module = page.url.split("/")[-3]
    page.wait_for_url(f"**/modules/{module}/", timeout=60_000)
    page.wait_for_timeout(1500)
    shoot(5.0, "When the training is ready, it opens by itself.", "video")
    steps = page.locator(".step")
    shoot(5.5, "Click a step, and the video jumps to it.", ".step >> nth=2")
    steps.nth(2).locator("a").first.click()
    page.wait_for_timeout(800)
    shoot(5.0, "Press the T key to read the transcript.", "#tab-transcript")
    page.keyboard.press("t")
    page.wait_for_timeout(500)
    shoot(5.5, "Search the transcript to find a word, and click a line to hear it.", "input[type=search]")
    shoot(4.5, "That's it. Thanks for watching.", "video")
    worker.stop()
    return shots


def render(shots: list[Shot], out: Path) -> None:
    """Draw the pointer over the pictures and write the film, with what is said as a text track."""
    starts = np.cumsum([0.0, *(shot.seconds for shot in shots)])
    arrow = pointer()

    def draw(time: float) -> np.ndarray:
        at = min(int(np.searchsorted(starts, time, side="right")) - 1, len(shots) - 1)
        before = shots[at - 1].target if at else (SIZE[0] * 0.6, SIZE[1] * 0.9)
        moved = float(np.clip((time - starts[at]) / min(1.6, shots[at].seconds / 2), 0, 1))
        eased = moved * moved * (3 - 2 * moved)
        x, y = (a + (b - a) * eased for a, b in zip(before, shots[at].target, strict=True))
        return stamped(shots[at].picture, arrow, int(x), int(y))

    captions = [
        (start + 0.2, start + shot.seconds - 0.2, shot.text) for start, shot in zip(starts, shots, strict=False)
    ]
    make_video(out, seconds=float(starts[-1]), size=SIZE, fps=FPS, draw=draw, captions=captions, scenes=starts[1:-1])


def pointer() -> np.ndarray:
    """A pointer as a mask, 2 = white inside, 1 = black edge."""
    rows = [18 * n // 26 if n < 19 else max(0, 8 - abs(n - 19)) for n in range(27)]
    mask = np.zeros((27, 20), dtype=np.uint8)
    for y, width in enumerate(rows):
        mask[y, : width + 2] = 1
        mask[y, 1 : width + 1] = 2
    return mask


def stamped(picture: np.ndarray, mask: np.ndarray, x: int, y: int) -> np.ndarray:
    out = picture.copy()
    x, y = min(max(x, 0), SIZE[0] - 1), min(max(y, 0), SIZE[1] - 1)
    room = mask[: SIZE[1] - y, : SIZE[0] - x]
    area = out[y : y + room.shape[0], x : x + room.shape[1]]
    area[room == 1] = 20
    area[room == 2] = 255
    return out


def main() -> None:
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        shown = how_to(folder / "change-the-filter.mp4", seconds=48)
        for turn in (1, 2):
            here = folder / str(turn)
            here.mkdir()
            shown = make(here, shown, playwright)
        size = shown.stat().st_size
        assert size < MAX_BYTES, f"the sample has {size} bytes"
        OUT.write_bytes(shown.read_bytes())
        print(f"{OUT.relative_to(ROOT)}: {size / 1e6:.1f} MB")


def make(folder: Path, shown: Path, playwright: Playwright) -> Path:
    """One film, in which the video `shown` is uploaded."""
    site = Site(folder).setup()
    site.serve()
    browser = playwright.chromium.launch(executable_path=program("chromium", "chromium-browser"), args=ARGS)
    try:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce")
        page.context.add_cookies([{"name": "sessionid", "value": site.session, "url": site.url}])
        out = folder / "turn-a-video-into-a-training.mp4"
        render(film(site, shown, page), out)
        return out
    finally:
        browser.close()
        site.stop()


if __name__ == "__main__":
    main()
