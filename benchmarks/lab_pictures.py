"""Draws the pictures of the lab's views in docs/images.

    elman demo && python benchmarks/lab_pictures.py
    python benchmarks/lab_pictures.py RUN

Opens `elman lab RUN` (runs/demo if none is named) in Chromium, does what a visitor does in each
view, and takes a picture. Of a tagger it is the view Tag alone, of a classifier Classify. The runs
in the pictures are left by

    elman train tagging brown --epochs 1 --out runs/brown
    elman train classification basic-motions --pooling last --hidden-size 48 --out runs/motions

Nothing in them is made up.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chromium import chromium
from elman.runs import Run
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


def tag(tab: Any) -> None:
    """Sentences, the last of them read again when its end came."""
    tab.fill("#tag-text", TEXT)
    tab.wait_for_selector(".tagged-line:nth-child(3) button:nth-child(5)")
    tab.type("#tag-text", ".")
    tab.wait_for_selector(".tagged-line:nth-child(3) button:nth-child(6)")
    tab.focus(".tagged-line:nth-child(3) button:has-text('duck')")


def classify(tab: Any) -> None:
    """The first series that could have been decided early, of which three fifths were read."""
    tab.wait_for_selector("[data-stop]")
    while tab.get_attribute("[data-stop]", "data-stop") == "never":
        tab.click("#classify-next")
        tab.wait_for_timeout(500)
    steps = int(tab.get_attribute("#classify-scrub", "max"))
    tab.fill("#classify-scrub", str(round(0.6 * steps)))
    tab.wait_for_selector("#view-classify[data-playing=false]")


TEXT = (
    "Time flies like an arrow; fruit flies like a banana.\n"
    "Grabowski zorbed 47 of them, didn't she?\n"
    "I saw her duck under"
)
VIEWS: dict[str, dict[str, Callable[[Any], None]]] = {
    "language": {
        "unfold": unfold,
        "remember": remember,
        "train": train,
        "inspect": inspect,
        "quiz/nine-tenths": quiz,
    },
    "tagging": {"tag": tag},
    "classification": {"classify": classify},
}
"""By the task of the run: the address of each view, and what a visitor does in it."""


def main() -> None:
    """Visit each view and take its picture."""
    run = sys.argv[1] if len(sys.argv) > 1 else "runs/demo"
    with chromium() as browser, lab(run) as address:
        size = {"width": WIDTH, "height": HEIGHT}
        context = browser.new_context(viewport=size, reduced_motion="reduce")
        for view, act in VIEWS[Run.open(run).description.task].items():
            tab = context.new_page()
            tab.set_default_timeout(PATIENCE_MS)
            tab.goto(f"{address}#{view}")
            tab.wait_for_selector("html[data-lab=awake]")
            act(tab)
            tab.mouse.move(0, 0)
            tab.evaluate("scrollTo(0, 0)")
            name = f"lab_{view.partition('/')[0]}.png"
            tab.screenshot(path=IMAGES / name, animations="disabled", full_page=view == "classify")
            print(f"docs/images/{name}  {(IMAGES / name).stat().st_size:,} bytes")
            tab.close()


if __name__ == "__main__":
    main()
