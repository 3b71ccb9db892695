"""Models that others wrote, before and after `elman.accelerate`.

    python benchmarks/real_models.py [NAME …] [--seconds S] [--write]

Each model is built twice by its own package with the same random weights, and one of the two is
accelerated. Outputs, the loss of a training step and every gradient must agree to 1e-5 of the
largest, and `elman.restore` must give back the very bits of the other; only then are both timed, in
turn, on one thread. Packages that are not installed are skipped by name.
"""

import argparse
import statistics
from dataclasses import dataclass
from functools import partial

import torch

import elman
from elman.bench.rounds import interleave
from elman.wording import counted, significant
from real_packages import BUILDERS, Example
from report import publish

TOLERANCE = 1e-5
HEAD = (
    "| model | package | layers | inference: before, ms | after, ms | before / after "
    "| training step: before, ms | after, ms | before / after | largest difference |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Pair:
    """The same model twice.

    Attributes:
        plain: as its package built it.
        ours: with its recurrent layers accelerated.
    """

    plain: Example
    ours: Example


def build(name: str) -> Pair:
    """Two of one kind with the same weights, one accelerated."""
    plain, ours = (_seeded(name) for _ in range(2))
    ours.model.load_state_dict(plain.model.state_dict())
    elman.accelerate(ours.model)
    return Pair(plain, ours)


def _seeded(name: str) -> Example:
    torch.manual_seed(0)
    return BUILDERS[name].build()


def infer(example: Example) -> torch.Tensor:
    """What the model answers."""
    example.model.eval()
    with torch.no_grad():
        return example.output()


def train(example: Example) -> torch.Tensor:
    """The loss of a training step; the gradients are left in the model."""
    example.model.train()
    example.model.zero_grad()
    torch.manual_seed(1)  # the same units drop
    loss = example.loss()
    loss.backward()
    return loss.detach()


def difference(pair: Pair) -> float:
    """Largest difference of outputs, loss and gradients, of the largest of each.

    Raises:
        AssertionError: where one is beyond the tolerance, or `restore` does not go back.
    """
    found = {"output": (infer(pair.plain), infer(pair.ours))}
    found["loss"] = (train(pair.plain), train(pair.ours))
    ours = dict(pair.ours.model.named_parameters())
    for name, weight in pair.plain.model.named_parameters():
        assert (weight.grad is None) == (ours[name].grad is None), name
        if weight.grad is not None:
            found[name] = (weight.grad, ours[name].grad)
    apart = {
        name: float((a - b).abs().max() / a.abs().max().clamp_min(1e-30))
        for name, (a, b) in found.items()
    }
    worst = max(apart, key=apart.__getitem__)
    assert apart[worst] <= TOLERANCE, f"{worst} differs by {apart[worst]:.1e}"
    elman.restore(pair.ours.model)
    assert torch.equal(infer(pair.plain), infer(pair.ours)), "restore did not go back"
    elman.accelerate(pair.ours.model)
    return apart[worst]


def compare(name: str, seconds: float) -> tuple[str, float, float, str]:
    """A line of the table, both ratios, and what the report says."""
    pair = build(name)
    report = elman.accelerate.report(pair.ours.model)
    apart = difference(pair)
    cells, ratios = [], []
    for run in (infer, train):
        rounds = interleave((partial(run, pair.plain), partial(run, pair.ours)), seconds)
        mark = "~" if rounds.noisy else ""
        ratios.append(rounds.ratio(0, 1))
        cells += [significant(rounds.median(k) * 1e3) for k in (0, 1)]
        cells.append(f"{mark}{ratios[-1]:.2f}")
    layers = f"{len(report.accelerated)} of {len(report.accelerated) + len(report.skipped)}"
    line = [name, BUILDERS[name].described(), layers, *cells, f"{apart:.0e}"]
    said = "; ".join(str(report).split("\n"))
    return f"| {' | '.join(line)} |", *ratios, f"- {name}: {said}"


def main() -> None:
    """Measure every model whose package is there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BUILDERS))
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure, at least")
    parser.add_argument("--write", action="store_true", help="put the table into docs/results.md")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    lines, notes, ratios = [HEAD], [], []
    for name in asked.names or BUILDERS:
        missing = BUILDERS[name].missing()
        if missing:
            print(f"{name}: skipped, since {missing} is not installed", flush=True)
            continue
        line, *speedups, note = compare(name, asked.seconds)
        lines.append(line)
        notes.append(note)
        ratios.append(speedups)
        print(line, note, sep="\n", flush=True)
    if asked.write and ratios:
        means = [statistics.geometric_mean(column) for column in zip(*ratios, strict=True)]
        summary = (
            f"{counted(len(ratios), 'model')}: inference {means[0]:.2f} times as fast, a training "
            f"step {means[1]:.2f} times (geometric means). ~ measured while others were busy. "
            "What `elman.accelerate.report` says:"
        )
        publish(
            "Models that others wrote, accelerated",
            "\n".join([*lines, "", summary, "", *notes]),
            command="python benchmarks/real_models.py --write",
            seed=0,
        )


if __name__ == "__main__":
    main()
