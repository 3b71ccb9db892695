"""How soon `elman lab` answers, is awake, and shows words that a network has learned.

    python benchmarks/lab_start.py [--write]

Starts the lab without a run some times, asks for the page until it comes, opens it in Chromium and
waits until it says that it is awake, then until a network expects "love" after "I" and "cats" after
"love" in "I love cats". All times are from the start of the command. With --write the table goes
into docs/results.md.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from typing import Any

from chromium import chromium
from report import publish

ROUNDS = 5
PATIENCE_MS = 600_000
MOMENTS = (
    "the first byte of the page",
    "the page is awake",
    "a network expects what it has learned",
)


def moments(browser: Any) -> tuple[float, ...]:
    """Seconds from the start of a lab to each of `MOMENTS`."""
    with tempfile.TemporaryDirectory() as folder:
        start_s = time.perf_counter()
        command = [sys.executable, "-m", "elman", "lab", "--no-browser", "--port", "0"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=folder, stdout=pipe, text=True) as process:
            assert process.stdout is not None
            tab = browser.new_page(reduced_motion="reduce")
            tab.set_default_timeout(PATIENCE_MS)
            try:
                address = process.stdout.readline().split()[-1]
                urllib.request.urlopen(address).read(1)
                found = [time.perf_counter() - start_s]
                tab.goto(address)
                tab.wait_for_selector("html[data-lab=awake]", state="attached")
                found.append(time.perf_counter() - start_s)
                tab.locator(".copy .bar.came").nth(1).wait_for()
                found.append(time.perf_counter() - start_s)
            finally:
                tab.close()
                process.terminate()
    return tuple(found)


def main() -> None:
    """Measure and print."""
    with chromium() as browser:
        rounds = [moments(browser) for _ in range(ROUNDS)]
    lines = [
        f"| seconds from `elman lab` on, {ROUNDS} starts | median | longest |",
        "|---|---|---|",
    ]
    for what, times in zip(MOMENTS, zip(*rounds, strict=True), strict=True):
        lines.append(f"| {what} | {statistics.median(times):.2f} | {max(times):.2f} |")
    if "--write" in sys.argv:
        publish(
            "The lab's start", "\n".join(lines), command="python benchmarks/lab_start.py --write"
        )
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
