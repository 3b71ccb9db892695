"""`elman next`: after each word, what comes next and what is remembered."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from elman.checks import check_range
from elman.cli.runs import choose_run, require_words, unknown_words
from elman.wording import percent, visible

__all__ = ["Next"]

_UNPROBED = (
    "What the memory holds was not measured: that is done when training ends, on validation text "
    "of 1,000 tokens or more."
)
_UNBOUNDED = 1_000_000  # columns of a terminal
_NARROWEST = 20  # of the last column, whose words may stand below one another


@dataclass(kw_only=True)
class Next:
    """Show, after each word of a prompt, what the model expects next and still remembers.

    RUN is a run folder; left out, the latest under runs/.
    """

    words: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar='[RUN] "PROMPT"', help_behavior_hint=""),
    ] = ()
    """The run, and the text to read."""
    top: int = 3
    """Candidates to show after each word."""
    json: bool = False
    """Print one JSON object instead."""

    def run(self) -> int:
        """Read the prompt and print what is expected."""
        check_range("elman next", "--top", self.top, at_least=1)
        path, words = choose_run(self.words, "language")
        prompt = " ".join(require_words(words, "elman next", "PROMPT"))
        import elman

        model = elman.LanguageModel.load(path)
        steps = model.next_tokens(prompt, self.top)
        if self.json:
            print(json.dumps(_described(prompt, steps), ensure_ascii=False))
        else:
            _show(Console(highlight=False), steps)
        return 0


def _described(prompt: str, steps: list[Any]) -> dict[str, Any]:
    """What a program may want to know."""
    return {
        "prompt": prompt,
        "steps": [
            {
                "token": step.token,
                "known": step.known,
                "next": [vars(candidate) for candidate in step.candidates],
                "unknown": step.unknown_mass,
                "remembered": step.remembered,
            }
            for step in steps
        ],
    }


def _show(console: Console, steps: list[Any]) -> None:
    """A line for each token: itself, what comes next, the mass of unknown words, the memory."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    most = max(len(step.candidates) for step in steps)
    for title in ("after", "next", *[""] * (most - 1), "<unk>"):
        table.add_column(Text(title), no_wrap=True)
    table.add_column(Text("memory still holds"))
    for step in steps:
        expected = [f"{_shown(each.token)} {percent(each.probability)}" for each in step.candidates]
        table.add_row(
            Text(_shown(step.token), style="bold" if step.known else "red"),
            *(Text(each) for each in expected),
            Text(percent(step.unknown_mass), style="dim"),
            _memory(step.remembered),
        )
    _print_whole(console, table)
    unknown = [step.token for step in steps if not step.known]
    if unknown:
        console.print(Text(unknown_words(unknown)))
    if steps[0].remembered is None:
        console.print(Text(_UNPROBED))


def _memory(words: tuple[str | None, ...] | None) -> Text:
    """What is remembered; "…" for a word that is lost, and for a memory that holds none."""
    if words is None:
        return Text("")
    return Text(" ").join(
        Text("…", style="dim") if word is None else Text(_shown(word)) for word in words or (None,)
    )


def _print_whole(console: Console, table: Table) -> None:
    """Print a table without cutting figures off: rather let the terminal break its lines."""
    unbounded = console.options.update(max_width=_UNBOUNDED)
    wanted = Measurement.get(console, unbounded, table).maximum
    last = max(
        Measurement.get(console, unbounded, cell).maximum for cell in table.columns[-1].cells
    )
    console.width = max(console.width, wanted - max(0, last - _NARROWEST))
    console.print(table)


def _shown(token: str) -> str:
    """A token as it can be seen."""
    return visible(token).replace(" ", "␣").replace("\n", "⏎") or "(start)"
