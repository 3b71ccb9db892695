"""Draws the pictures in docs/images: the network of the demo, unfolded, and its report.

    elman demo && python benchmarks/pictures.py [RUN …]

Opens the report of the runs (runs/demo and runs/demo-lstm if none is named) in Chromium, does what
a visitor does, and takes pictures of it, light, dark and on a phone. Nothing in them is made up.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import elman
from chromium import chromium
from elman.inspect import diagnose
from elman.inspect.report import Report, write_report
from elman.page.colours import standalone
from elman.page.figures import draw
from elman.tasks.language.browser import browser_network

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SENTENCE = "cats that the dog I love chases sleep"
MARGIN = 8


def visit(browser: Any, page: Path, *, dark: bool = False, width: int = 1180) -> Any:
    """The report, open and drawn."""
    context = browser.new_context(
        viewport={"width": width, "height": 1400},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto(page.as_uri())
    settled(tab)
    return tab


def settled(tab: Any) -> None:
    """Wait until all is read and drawn."""
    tab.wait_for_function("unfold.state.read === unfold.state.words.length")
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def take(tab: Any, name: str, selector: str = ".unfold") -> None:
    """One picture."""
    box = tab.locator(selector).bounding_box()
    clip = {
        "x": max(0, box["x"] - MARGIN),
        "y": max(0, box["y"] - MARGIN),
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + 2 * MARGIN,
    }
    tab.screenshot(path=IMAGES / f"{name}.png", clip=clip, animations="disabled")
    print(f"docs/images/{name}.png  {(IMAGES / f'{name}.png').stat().st_size:,} bytes")


def pictures(browser: Any, page: Path) -> None:
    """What a visitor sees, one after the other."""
    tab = visit(browser, page)
    take(tab, "unfolded")
    tab.get_by_role("slider").press("Home")
    settled(tab)
    take(tab, "folded", ".stage")
    tab = visit(browser, page, dark=True)
    tab.get_by_label("network", exact=True).select_option("1")
    tab.get_by_label("text to read").fill(SENTENCE)
    settled(tab)
    take(tab, "gates")
    tab = visit(browser, page)
    tab.get_by_role("switch", name="memory").uncheck()
    settled(tab)
    take(tab, "memory_off", ".stage")
    tab = visit(browser, page, width=390)
    take(tab, "phone")


def figures(model: elman.LanguageModel) -> None:
    """What the instruments find in a model, each figure as a file of its own."""
    for result in diagnose(model).results:
        for figure in draw(result.to_json()):
            name = f"{result.to_json()['kind']}.svg"
            (IMAGES / name).write_text(standalone(figure), "utf-8")
            print(f"docs/images/{name}")


def main() -> None:
    """Write a report of the runs' networks, take its pictures, and draw their figures."""
    runs = sys.argv[1:] or ["runs/demo", "runs/demo-lstm"]
    models = [elman.load(run) for run in runs]
    play = [browser_network(model._trained) for model in models]
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        report = Report(title=", ".join(runs), headline="", verdict=[], play=play)
        pictures(browser, write_report(Path(folder) / "report.html", report))
    figures(models[0])


if __name__ == "__main__":
    main()
