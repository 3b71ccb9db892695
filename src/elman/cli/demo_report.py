"""What the demo prints in the end: the example, perplexities, horizons, slips, and what to try."""

import dataclasses
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from elman.data.datasets.elman_sentences import horizon
from elman.inspect.grammar import Slip
from elman.tasks.language.demonstration import DATA, EXAMPLE, REPORT, Pupil
from elman.wording import percent

__all__ = ["as_json", "lines"]

_LONGEST_SHOWN = 12


def lines(pupils: Sequence[Pupil], seconds: float) -> list[str]:
    """The report, line by line; the example and memory off are those of the first network."""
    first = pupils[0]
    looks = [f"{pupil.name} {pupil.horizon}" for pupil in pupils]
    perplexities = [
        f"memory off {first.memory_off:.2f}",
        *(f"{pupil.name} {pupil.comparison.perplexity:.2f}" for pupil in pupils),
        f"exact {first.comparison.exact_perplexity:.2f}",
    ]
    return [
        *_example(first),
        f"{' · '.join(perplexities)}   perplexity",
        f"looks back: {looks[0]} words · {' · '.join(looks[1:])} · the grammar needs {horizon()}",
        *(_slip(pupil) for pupil in pupils),
        f"{first.name} unfolded, playable, with all figures: {first.path / REPORT}",
        "",
        f"That took {seconds:.0f} s. Try next:",
        *(f"  {command}" for command in _commands(pupils)),
    ]


def as_json(pupils: Sequence[Pupil], seconds: float) -> dict[str, Any]:
    """The same figures for a program; perplexities and divergences (nats a word) on test text."""
    return {
        "example": [dataclasses.asdict(expected) for expected in pupils[0].expectations],
        "exact_perplexity": pupils[0].comparison.exact_perplexity,
        "grammar_horizon": horizon(),
        "report": str(pupils[0].path / REPORT),
        "networks": [_network(pupil) for pupil in pupils],
        "seconds": seconds,
        "try": _commands(pupils),
    }


def _network(pupil: Pupil) -> dict[str, Any]:
    """One network's figures."""
    worst = _worst(pupil)
    return {
        "name": pupil.name,
        "run": str(pupil.path),
        "perplexity": pupil.comparison.perplexity,
        "memory_off_perplexity": pupil.memory_off,
        "divergence": pupil.comparison.divergence,
        "horizon": pupil.horizon.steps,
        "slip": dataclasses.asdict(worst) if worst else None,
        "training_s": pupil.training_s,
    }


def _example(pupil: Pupil) -> list[str]:
    """The example, word by word: before, after, truth."""
    sentence = " ".join(word for word, _ in EXAMPLE)
    rows = [f"{sentence:<21}{'before training':<20}{'after':<11}truth"]
    for expected in pupil.expectations:
        before, after, truth = map(percent, (expected.before, expected.after, expected.truth))
        name = f"{expected.word:<7}→ {expected.following}"
        rows.append(f"{name:<21}{before:<19}{after:<11}{truth}")
    return rows


def _slip(pupil: Pupil) -> str:
    """The agreement that a network gets most wrong, if any."""
    slip = _worst(pupil)
    if slip is None:
        verbs = sum(span.verbs for span in pupil.comparison.spans)
        return f"{pupil.name} agrees with the subject at all {verbs:,} verbs of the test text"
    return (
        f"{pupil.name} gets wrong: {' '.join(slip.words)} … "
        f"{slip.wrong} {percent(slip.wrong_probability)}, {slip.right} "
        f"{percent(slip.right_probability)}"
    )


def _worst(pupil: Pupil) -> Slip | None:
    """The clearest slip, in a short sentence if there is one."""
    slips = pupil.comparison.slips
    short = [slip for slip in slips if len(slip.words) <= _LONGEST_SHOWN]
    return max(
        short or slips,
        key=lambda slip: slip.wrong_probability - slip.right_probability,
        default=None,
    )


def _commands(pupils: Sequence[Pupil]) -> list[str]:
    """Three commands that work when pasted."""
    elman, first, last = _program(), *(shlex.quote(str(pupils[k].path)) for k in (0, -1))
    return [
        f'{elman} next {first} "I love cats"',
        f"{elman} evaluate {first} {DATA} --memory off",
        f'{elman} generate {last} --prompt "cats that the dog"',
    ]


def _program() -> str:
    """How the command is typed here: by its name, or by its path if it is not on PATH."""
    if shutil.which("elman"):
        return "elman"
    beside = Path(sys.executable).with_name("elman")
    if not beside.exists():
        return shlex.join([sys.executable, "-m", "elman"])
    near = beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside
    return shlex.quote(str(near))
