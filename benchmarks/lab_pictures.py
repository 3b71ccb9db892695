"""Draws the pictures of the lab's views in docs/images.

    elman demo && python benchmarks/lab_pictures.py [RUN]

Opens `elman lab RUN` (runs/demo if none is named) in Chromium, does what a visitor does in each
view, and takes a picture. Nothing in them is made up.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chromium import chromium
from pictures import IMAGES

WIDTH, HEIGHT = 1080, 1000
PATIENCE_MS = 600_000


@contextlib.contextmanager
def lab(run: str) -> Iterator[str]:
    """The address of a lab that shows `run`; what is trained in it is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "elman", "lab", str(Path(run).resolve()), "--no-browser"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=folder, stdout=pipe, text=True) as process:
            assert process.stdout is not None
            try:
                yield process.stdout.readline().split()[-1]
            finally:
                process.terminate()


def unfold(tab: Any) -> None:
    """A sentence that was read."""
    tab.wait_for_selector(".copy .bar.came")


def remember(tab: Any) -> None:
    """All that is measured by itself."""
    for part in ("horizon", "gradient", "clipping"):
        tab.wait_for_selector(f"#{part}[data-state=done]")


def train(tab: Any) -> None:
    """A network that has learned for a while."""
    tab.click("#train-sentences")
    while len(tab.input_value("#train-text")) < 1000:  # the lab's policy forbids waiting by script
        tab.wait_for_timeout(100)
    tab.fill("#train-epochs", "2")
    tab.fill("#train-hidden_size", "48")
    tab.click("#train-go")
    tab.wait_for_selector("#training[data-state=finished]")


def inspect(tab: Any) -> None:
    """A report."""
    tab.click("#inspect-go")
    tab.wait_for_selector("#inspect-found:visible")
    tab.frame_locator("#inspect-report").locator(".unfold .copy .bar.came").first.wait_for()


def quiz(tab: Any) -> None:
    """A question that was answered."""
    tab.check("text=12 %")
    tab.click("#view-quiz button.go")
    tab.wait_for_selector("#view-quiz[data-state=done] .quiz-result h3")


VIEWS: dict[str, Callable[[Any], None]] = {
    "unfold": unfold,
    "remember": remember,
    "train": train,
    "inspect": inspect,
    "quiz/nine-tenths": quiz,
}


def main() -> None:
    """Visit each view and take its picture."""
    run = sys.argv[1] if len(sys.argv) > 1 else "runs/demo"
    with chromium() as browser, lab(run) as address:
        size = {"width": WIDTH, "height": HEIGHT}
        context = browser.new_context(viewport=size, reduced_motion="reduce")
        for view, act in VIEWS.items():
            tab = context.new_page()
            tab.set_default_timeout(PATIENCE_MS)
            tab.goto(f"{address}#{view}")
            tab.wait_for_selector("html[data-lab=awake]")
            act(tab)
            tab.mouse.move(0, 0)
            tab.evaluate("scrollTo(0, 0)")
            name = f"lab_{view.partition('/')[0]}.png"
            tab.screenshot(path=IMAGES / name, animations="disabled")
            print(f"docs/images/{name}  {(IMAGES / name).stat().st_size:,} bytes")
            tab.close()


if __name__ == "__main__":
    main()
