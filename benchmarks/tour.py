"""Runs every command and program of docs/tour.md in order and writes what they print below them.

    python benchmarks/tour.py

In a ``console`` block every line but those that begin with ``$`` is output; a ``text`` block that
follows a ``python`` block is what that program printed. Both are replaced here, never typed.
"""

import argparse
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from elman.data.datasets.elman_sentences import generate
from report import machine

TOUR = Path(__file__).resolve().parent.parent / "docs" / "tour.md"
BLOCK = re.compile(
    r"^```console\n(?P<console>.*?)^```$"
    r"|^```python\n(?P<python>(?:(?!```).)*?)^```\n\n```text\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PROGRESS = re.compile(r" +\d+%  loss")  # lines that only a slow machine prints
MEASURED = re.compile(r"(?m)^Measured on: .*$")


def main() -> None:
    """Run the tour in a scratch folder, and write it back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    dry_run = parser.parse_args().dry_run
    torch.set_num_threads(1)
    names: dict[str, object] = {"__name__": "__main__"}
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="elman-tour-") as folder:
        os.chdir(folder)
        for name, seed in (("corpus.txt", 1), ("held-out.txt", 2)):
            Path(name).write_text("".join(f"{line}\n" for line in generate(400, seed=seed)))
        text = BLOCK.sub(lambda found: rewritten(found, names), TOUR.read_text())
        os.chdir(home)
    text = MEASURED.sub(f"Measured on: {machine()}.", text)
    if dry_run:
        print(text)
    else:
        TOUR.write_text(text)


def rewritten(found: re.Match, names: dict[str, object]) -> str:
    """A block with what it prints now."""
    if found["console"] is not None:
        commands = re.findall(r"^\$ .*$", found["console"], re.MULTILINE)
        parts = [f"{command}\n{output_of(command[2:])}" for command in commands]
        return "```console\n" + "".join(parts) + "```"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(found["python"], TOUR.name, "exec"), names)
    return f"```python\n{found['python']}```\n\n```text\n{clean(printed.getvalue())}```"


def output_of(command: str) -> str:
    """What a command of ours prints."""
    words = shlex.split(command, comments=True)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "elman", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}")
    print(f"$ {command}\n{done.stdout}", flush=True, file=sys.stderr)
    return clean(done.stdout)


def clean(printed: str) -> str:
    """Without progress and without blanks at the ends of lines, and with a last line break."""
    lines = [line.rstrip() for line in printed.rstrip().splitlines() if not PROGRESS.match(line)]
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
