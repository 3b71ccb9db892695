"""Peak memory of a run on a large text, gcide: reading, baseline, training, evaluation.

    python benchmarks/large_text.py [--minutes M] [--out runs/gcide]

The whole epoch takes most of an hour on an idle core. With --minutes training is stopped then, as
by Ctrl-C, and the table says how far it had come: memory is highest while n-grams are counted.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from safetensors import safe_open

from report import publish

OPTIONS = ("--hidden-size", "128", "--epochs", "1", "--batch-size", "64", "--ngram-order", "5")
LIMIT_BYTES = 1.5e9
MEGA = 1e6
INTERRUPTED = 130


def peak_of(words: list[str], minutes: float = 0.0) -> tuple[float, float]:
    """Peak memory in bytes and minutes of an `elman` command, which is interrupted after some."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "elman", *words])
    if minutes:
        alarm = threading.Timer(minutes * 60, process.send_signal, [signal.SIGINT])
        alarm.daemon = True
        alarm.start()
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code and not (minutes and code == INTERRUPTED):
        raise SystemExit(f"elman {' '.join(words)} failed with status {code}.")
    return usage.ru_maxrss * 1024, (time.perf_counter() - start) / 60


def share_of(run: Path) -> float:
    """How much of its one epoch a run has read."""
    lines = (run / "history.jsonl").read_text(encoding="utf-8").splitlines()
    start, *later = [json.loads(line) for line in lines]
    if any(record["event"] == "epoch" for record in later):
        return 1.0
    with safe_open(run / "resume.safetensors", "pt") as file:
        done: int = json.loads(file.metadata()["resume"])["step"]
    return done / start["steps_per_epoch"]


def main() -> None:
    """Train and evaluate in processes of their own, and ask the system what they took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="runs/gcide")
    parser.add_argument("--minutes", type=float, default=0.0, help="of training; 0: the epoch")
    given = parser.parse_args()
    train = ["train", "language", "gcide", "--out", given.out, "--overwrite", *OPTIONS]
    trained, minutes = peak_of(train, given.minutes)
    evaluated, _ = peak_of(["evaluate", given.out, "gcide"])
    held = "below" if max(trained, evaluated) < LIMIT_BYTES else "NOT below"
    limit = f" --minutes {given.minutes:g}" if given.minutes else ""
    publish(
        "Memory of a run on a large text",
        f"`elman {' '.join(train)}`\n\n"
        f"Peak memory {trained / MEGA:,.0f} MB, {evaluated / MEGA:,.0f} MB in `elman evaluate`, "
        f"{held} the {LIMIT_BYTES / MEGA:,.0f} MB allowed; {minutes:.1f} minutes, in which "
        f"{share_of(Path(given.out)):.0%} of the epoch was read.",
        command=f"python benchmarks/large_text.py{limit}",
        seed=0,
    )


if __name__ == "__main__":
    main()
