"""Frame times of the unfolded network with a sentence and with 2,000 words, side by side.

    python benchmarks/unfold_frames.py [RUN] [--write]

Scrolls along the chain, as far in each frame, and folds it, frame by frame, in Chromium without a
graphics card, the two texts in turn. What is measured is what the page itself does in a frame (its
script, styles and layout), which must fit into the 16.7 ms between two frames; the pause between
frames is the browser's own and, on a shared machine, mostly other people's. With --write the table
goes into docs/results.md.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import elman
from chromium import chromium
from elman.inspect.report import Report, write_report
from elman.tasks.language.browser import browser_network
from report import publish

WORDS = (20, 2000)
ROUNDS = 3
FRAMES = 40

STRIDE = 60  # pixels scrolled in a frame: a word every four frames

RUN_FRAMES = """async ({ frames, fold }) => {
  const { stage } = unfold;
  const from = Math.max(0, stage.node.scrollWidth - stage.node.clientWidth - STRIDE * frames);
  const times = [];
  for (let k = 0; k < frames; k++) {
    await new Promise((done) => requestAnimationFrame(done));
    const share = k / (frames - 1);
    const start = performance.now();
    if (fold) unfold.fold(1 - share);
    else stage.node.scrollLeft = from + STRIDE * k;
    stage.paint();
    stage.node.getBoundingClientRect();
    times.push(performance.now() - start);
  }
  unfold.fold(1);
  return times;
}""".replace("STRIDE", str(STRIDE))


def opened(browser: Any, page: Path, words: int) -> Any:
    """A tab with a text of so many words."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    tab.goto(page.as_uri())
    tab.evaluate("(text) => unfold.setText(text)", "I love cats and dogs " * (words // 5))
    tab.wait_for_function(f"unfold.state.read === {words}", timeout=300_000)
    return tab


def row(tabs: dict[int, Any], what: str, fold: bool) -> str:
    """One line of the table: medians and the 95th percentile, and the ratio of the two."""
    times: dict[int, list[float]] = {words: [] for words in WORDS}
    for _ in range(ROUNDS):
        for words, tab in tabs.items():
            tab.bring_to_front()
            times[words] += tab.evaluate(RUN_FRAMES, {"frames": FRAMES, "fold": fold})
    medians = {words: statistics.median(times[words]) for words in WORDS}
    worst = {words: sorted(times[words])[int(0.95 * len(times[words]))] for words in WORDS}
    cells = [f"{medians[words]:.1f} ({worst[words]:.1f})" for words in WORDS]
    return f"| {what} | {' | '.join(cells)} | {medians[WORDS[1]] / medians[WORDS[0]]:.2f} |"


def main() -> None:
    """Measure and print."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    run = words[0] if words else "runs/demo-lstm"
    network = browser_network(elman.load(run)._trained)
    title = "Frame times of the unfolded network"
    report = Report(title=title, headline="", verdict=[], play=[network])
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = write_report(Path(folder) / "page.html", report)
        tabs = {words: opened(browser, page, words) for words in WORDS}
        lines = [
            f"| ms a frame: median (95 of 100) | {WORDS[0]} words | {WORDS[1]:,} words | ratio |",
            "|---|---|---|---|",
            row(tabs, "scrolling through the chain", fold=False),
            row(tabs, "folding it", fold=True),
        ]
    body = "\n".join([*lines, "", "A frame lasts 16.7 ms at 60 a second."])
    if "--write" in sys.argv:
        publish(title, body, command="python benchmarks/unfold_frames.py --write")
    else:
        print(body)


if __name__ == "__main__":
    main()
