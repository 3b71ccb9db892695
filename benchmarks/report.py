"""Writes what a benchmark measured into its section of docs/results.md, with machine and date.

Every other script here calls `publish`; nothing in that file is typed by hand, nor the README's
table of scores, which follows from it.
"""

import datetime
import os
import platform
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import torch

import scoreboard
from elman.wording import counted

RESULTS = scoreboard.RESULTS
HEADER = """# Results

Every section is written by the script named in it, and names its machine: not all are of one.
Ratios of times are measured side by side in one process, in turn, as medians. Seconds and words per
second are of single runs on shared machines, and vary from run to run.
"""


def processor() -> str:
    """The processor's own name, as Linux knows it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine() -> str:
    """One line on what this was measured on."""
    from elman.kernels import native

    core = native.instruction_set() if native.available()[0] else "no native core"
    return (
        f"{processor()}, {counted(os.cpu_count() or 1, 'core')}, "
        f"{counted(torch.get_num_threads(), 'thread')}, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, {core}"
    )


def use_threads() -> int:
    """Use as many threads as a number on the command line says, if one stands there; how many."""
    for word in filter(str.isdigit, sys.argv[1:]):
        torch.set_num_threads(int(word))
    return torch.get_num_threads()


def shown(lines: Iterable[str]) -> str:
    """Print lines as they are measured; all of them, as one text."""
    kept = []
    for line in lines:
        print(line, flush=True)
        kept.append(line)
    return "\n".join(kept)


def publish(section: str, body: str, *, command: str, seed: int | None = None) -> None:
    """Print `body` and put it into docs/results.md under `section`, replacing what stood there.

    Args:
        section: the heading, without marks.
        body: Markdown, usually a table.
        command: what a reader types to repeat it.
        seed: the seed used, if chance plays a part.
    """
    date = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    seeded = "" if seed is None else f" · seed {seed}"
    text = f"## {section}\n\n`{command}`{seeded} · {date} · {machine()}\n\n{body.strip()}\n"
    print(text)
    old = RESULTS.read_text() if RESULTS.exists() else HEADER
    sections = re.split(r"(?m)^(?=## )", old)
    mine = f"## {section}\n"
    kept = [part.rstrip() + "\n" for part in sections]
    place = next((i for i, part in enumerate(kept) if part.startswith(mine)), None)
    if place is None:
        kept.append(text)
    else:
        kept[place] = text
    RESULTS.write_text("\n".join(kept))
    scoreboard.refresh()
