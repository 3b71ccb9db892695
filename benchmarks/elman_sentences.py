"""How near the demo's networks come to the grammar that wrote their text.

Trains them as `elman demo` does, once for each seed, and holds them against the exact distribution
of every next word of the test text.
"""

import argparse
import itertools
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from elman.data.datasets.elman_sentences import entropy, extra_losses, horizon, machine
from elman.tasks.language.demonstration import Pupil, configs, held_out, learn
from report import publish

SECTION = "elman-sentences"
LIMIT = 0.02  # nats a word


def main() -> None:
    """Train, compare, publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    runs = {
        seed: [_train(name, seed, options.threads) for name in configs()] for seed in options.seeds
    }
    words = next(iter(runs.values()))[0].comparison.words
    body = [
        f"Trained on 240,000 sentences of the grammar ({len(machine().words)} words), measured on "
        f"{len(held_out()):,} others ({words:,} words, `<eos>` counted). Settings were chosen on "
        "the validation text. Divergence is the mean Kullback–Leibler divergence from the exact "
        f"distribution, in nats a word; {LIMIT} is the limit set.",
        _summary(runs),
        _by_distance(next(iter(runs.values()))),
        _by_context(next(iter(runs.values()))),
    ]
    command = "python benchmarks/elman_sentences.py"
    publish(SECTION, "\n\n".join(body), command=command, seed=options.seeds[0])


def _train(name: str, seed: int, threads: int) -> Pupil:
    """One network of the demo."""
    with tempfile.TemporaryDirectory(prefix="elman-") as folder:
        pupil = learn(name, configs(seed, threads)[name], Path(folder) / "run")
    print(f"seed {seed}: {name} {pupil.comparison.divergence:.4f} nats", flush=True)
    return pupil


def _summary(runs: dict[int, list[Pupil]]) -> str:
    """A row for each network and seed, and one for the grammar."""
    rows = [
        (
            pupil.name,
            seed,
            f"{pupil.comparison.divergence:.4f}",
            f"{pupil.comparison.perplexity:.3f}",
            f"{pupil.memory_off:.3f}",
            pupil.horizon,
            len(pupil.comparison.slips),
            f"{pupil.training_s:.0f}",
        )
        for pupil, seed in sorted(
            ((pupil, seed) for seed, pupils in runs.items() for pupil in pupils),
            key=lambda pair: pair[0].name,
        )
    ]
    exact = next(iter(runs.values()))[0].comparison.exact_perplexity
    off = math.exp(entropy() + next(itertools.islice(extra_losses(), 1, None)))
    rows.append(("the grammar", "", "0", f"{exact:.3f}", f"{off:.3f}", horizon(), 0, ""))
    heads = (
        "",
        "seed",
        "divergence",
        "perplexity",
        "memory off",
        "looks back, words",
        "wrong verbs",
        "fit, s",
    )
    return _table(heads, rows)


def _by_distance(pupils: Sequence[Pupil]) -> str:
    """Divergence and slips at verbs, by how far back their subject stands (first seed)."""
    heads = ["words from subject to verb", "verbs"]
    for pupil in pupils:
        heads += [f"{pupil.name}: divergence", f"{pupil.name}: wrong"]
    rows = []
    for spans in zip(*(pupil.comparison.spans for pupil in pupils), strict=True):
        row = [spans[0].distance, spans[0].verbs]
        for span in spans:
            row += [f"{span.divergence:.3f}", f"{span.slips:.1%}"]
        rows.append(row)
    return "Where verbs are predicted, first seed:\n\n" + _table(heads, rows)


def _by_context(pupils: Sequence[Pupil]) -> str:
    """Extra loss by words seen: true, and measured on each network (first seed)."""
    heads = ["words seen", "the grammar, exactly", *(pupil.name for pupil in pupils)]
    true = itertools.islice(extra_losses(), 1, None)
    rows = []
    for n, exact in zip(range(1, 15), true, strict=False):
        measured = [
            f"{pupil.horizon.extra[n - 1]:.4f} ± {pupil.horizon.errors[n - 1]:.4f}"
            for pupil in pupils
        ]
        rows.append([n, f"{exact:.4f}", *measured])
    tolerance = pupils[0].horizon.tolerance
    title = (
        "Nats a word lost by who sees only the last n words, first seed (± standard error); "
        f"within {tolerance} counts as enough:"
    )
    return f"{title}\n\n{_table(heads, rows)}"


def _table(heads: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


if __name__ == "__main__":
    main()
