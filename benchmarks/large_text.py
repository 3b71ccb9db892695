"""Peak memory of a whole run on a large text: an epoch over gcide, baseline and probes included.

python benchmarks/large_text.py [--out runs/gcide]
"""

import argparse
import os
import subprocess
import sys
import time

from report import publish

OPTIONS = ("--hidden-size", "128", "--epochs", "1", "--batch-size", "64", "--ngram-order", "5")
LIMIT_BYTES = 1.5e9
MEGA = 1e6


def main() -> None:
    """Train in a process of its own, and ask the system what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="runs/gcide")
    out = parser.parse_args().out
    command = ["train", "language", "gcide", "--out", out, "--overwrite", *OPTIONS]
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "elman", *command])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"elman {' '.join(command)} failed with status {status}.")
    peak = usage.ru_maxrss * 1024
    held = "below" if peak < LIMIT_BYTES else "NOT below"
    publish(
        "Memory of a run on a large text",
        f"`elman {' '.join(command)}`\n\n"
        f"Peak memory {peak / MEGA:,.0f} MB, {held} the {LIMIT_BYTES / MEGA:,.0f} MB allowed; "
        f"{seconds / 60:.1f} minutes.",
        command="python benchmarks/large_text.py",
        seed=0,
    )


if __name__ == "__main__":
    main()
