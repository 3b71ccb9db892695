"""`elman demo`: two networks learn sentences before your eyes, and show what they learned."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from elman.checks import check_range
from elman.cli.demo_view import DemoView
from elman.fields import MOST_THREADS

__all__ = ["Demo"]

INTRODUCTION = """\
Two networks learn what comes next in English sentences from a small grammar.
Its exact probabilities are known, and stand beside theirs in the end.
"""


@dataclass(kw_only=True)
class Demo:
    """Train an Elman network and an LSTM on built-in sentences, and show what they learned.

    It takes about a minute. An earlier demo in the same place is replaced.
    """

    out: Annotated[Path, tyro.conf.arg(metavar="RUN")] = Path("runs/demo")
    """Run folder of the Elman network; the LSTM's has -lstm added."""
    seed: int = 0
    """Seed of every random choice."""
    threads: int = 1
    """Processor threads; networks this small gain little from more."""
    json: bool = False
    """Print one JSON object in the end, and nothing before."""

    def run(self) -> int:
        """Train both, and print what they learned."""
        check_range("elman demo", "--threads", self.threads, at_least=0, at_most=MOST_THREADS)
        check_range("elman demo", "--seed", self.seed, at_least=0, below=2**63)
        began_s = time.monotonic()
        console = Console(highlight=False, quiet=self.json)
        console.print(INTRODUCTION)
        import torch

        from elman.cli import demo_report
        from elman.tasks.language.demonstration import configs, learn, report

        if self.threads:
            torch.set_num_threads(self.threads)
        pupils = []
        for name, config in configs(self.seed, self.threads).items():
            path = self.out if name == "Elman" else self.out.with_name(f"{self.out.name}-lstm")
            with DemoView(console, name, config.hidden_size) as view:
                pupils.append(learn(name, config, path, view))
                if name == "Elman":
                    view({"event": "stage", "text": "writing its report"})
                    report(pupils[0])
            console.print()
        seconds = time.monotonic() - began_s
        if self.json:
            print(json.dumps(demo_report.as_json(pupils, seconds), ensure_ascii=False))
        else:
            for line in demo_report.lines(pupils, seconds):
                console.print(line, markup=False, soft_wrap=True)
        return 0
