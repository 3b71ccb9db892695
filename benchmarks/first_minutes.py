"""A newcomer's first minutes: the install, the demo's first words, the latency of `next`.

    python benchmarks/first_minutes.py

Clones the committed tree into a scratch folder and installs it there in a fresh environment. The
end of what the demo prints goes into the README, between its marks.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import publish
from scoreboard import show_in_readme

ROOT = Path(__file__).resolve().parent.parent
MARKS = ("<!-- demo -->", "<!-- /demo -->")
MEGA = 1e6


def folder_bytes(folder: Path) -> int:
    """What the files below `folder` hold."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())


def seconds_of(command: list[str], folder: Path) -> float:
    """How long `command` takes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def timed_lines(command: list[str], folder: Path) -> tuple[float, float, list[str]]:
    """Seconds until `command` prints its first line and until it ends; and its lines."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.strip())
        first = time.perf_counter() - start
        lines = [line.strip("\n"), *process.stdout.read().splitlines()]
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return first, time.perf_counter() - start, lines


def show_end(lines: list[str]) -> None:
    """Put the demo's last lines, from its table on, into the README."""
    start = next(i for i, line in enumerate(lines) if line.startswith("I love cats"))
    show_in_readme(MARKS, "\n".join(["```text", *lines[start:], "```"]))


def main() -> None:
    """Measure, print and publish."""
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "elman"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        install = seconds_of(["make", f"PYTHON={sys.executable}", "install"], clone)
        packages = next((clone / ".venv" / "lib").glob("python*")) / "site-packages"
        torch_bytes = folder_bytes(packages / "torch")
        all_bytes = folder_bytes(packages)
        native = sum(f.stat().st_size for f in clone.rglob("_native*.so") if "build" not in f.parts)
        elman = os.fspath(clone / ".venv" / "bin" / "elman")
        first, whole, lines = timed_lines([elman, "demo"], clone)
        asks = [seconds_of([elman, "next", "runs/demo", "I love cats"], clone) for _ in range(7)]
        help_s = statistics.median(seconds_of([elman, "--help"], clone) for _ in range(7))
        run = folder_bytes(clone / "runs" / "demo")
        weights = (clone / "runs" / "demo" / "model.safetensors").stat().st_size
    show_end(lines)
    rows = [
        ("install (`make install`), seconds", f"{install:.0f}"),
        ("installed packages, MB", f"{all_bytes / MEGA:.0f}"),
        ("of which torch, MB", f"{torch_bytes / MEGA:.0f}"),
        ("of which the native core, MB", f"{native / MEGA:.2f}"),
        (f"`elman demo`: seconds to its first line (“{lines[0]}”)", f"{first:.1f}"),
        ("`elman demo`: seconds in all", f"{whole:.0f}"),
        ('`elman next "I love cats"`: seconds, median of 7', f"{statistics.median(asks):.2f}"),
        ("`elman --help`: seconds, median of 7", f"{help_s:.2f}"),
        ("the demo's saved weights, bytes", f"{weights:,}"),
        ("the demo's whole run folder, bytes", f"{run:,}"),
    ]
    table = "| what | figure |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)
    publish("First minutes", table, command="python benchmarks/first_minutes.py", seed=0)


if __name__ == "__main__":
    main()
