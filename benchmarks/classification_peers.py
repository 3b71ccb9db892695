"""Our classifier beside others' on series: accuracy and training time on the same examples.

    python -m pip install aeon --target peers
    python -m pip install sktime scikit-base --no-deps --target peers
    PYTHONPATH=peers python benchmarks/classification_peers.py

Each learns from the official training part whole and is tested once, with three seeds. Ours has the
options of `classification.py`; aeon's ROCKETs have their own defaults, sktime's GRU as many units,
directions, epochs and series side by side as ours, the rest its own. Theirs need series of equal
length: all are resampled to that of the longest by straight lines. Seconds are the processor's, on
one thread; what compiles itself when first used has been used before. aeon's own recurrent
classifiers need TensorFlow, and sktime's LSTM-FCN learns for 2,000 epochs: both are left out.
"""

import time
import warnings
from collections.abc import Callable
from statistics import mean, stdev
from typing import Any

import numpy as np
import torch

import elman
from classification import OPTIONS, SEEDS
from classification_data import OFFICIAL, Cut, cuts
from elman.baselines.nearest_neighbour import resampled
from elman.data.labelled import Labelled
from elman.data.series import read_series
from report import publish

Outcome = tuple[float, float]
"""Accuracy in percent, and seconds of fitting."""


def makers(part: str) -> dict[str, Callable[[int], Any]]:
    """By name, what makes a classifier of a seed."""
    from aeon.classification.convolution_based import MiniRocketClassifier, RocketClassifier
    from sktime.classification.deep_learning.gru import GRUClassifier

    ours = OPTIONS[part]
    alike = {
        "hidden_dim": ours["hidden_size"],
        "n_layers": 1,
        "batch_first": True,
        "bidirectional": ours["bidirectional"],
        "num_epochs": ours["epochs"],
        "batch_size": ours["batch_size"],
    }
    return {
        "MiniROCKET (aeon)": lambda seed: MiniRocketClassifier(random_state=seed),
        "ROCKET (aeon)": lambda seed: RocketClassifier(random_state=seed),
        "GRU (sktime)": lambda seed: GRUClassifier(random_state=seed, **alike),
    }


def ours(part: str, cut: Cut, seed: int) -> Outcome:
    """Our network."""
    model = elman.Classifier(**OPTIONS[part], seed=seed, threads=1, baselines=False)
    started = time.process_time()
    model.fit([str(one) for one in cut.learn], validation=str(cut.validation))
    fit_s = time.process_time() - started
    return model.score(str(cut.test))["accuracy"].value, fit_s


def theirs(make: Callable[[int], Any], cut: Cut, seed: int, every: int = 1) -> Outcome:
    """Another classifier that speaks scikit-learn's verbs, on every n-th example."""
    known, test = list(read_series(cut.learn))[::every], list(read_series([cut.test]))[::every]
    steps = max(len(one.content) for one in known)
    model = make(seed)
    started = time.process_time()
    model.fit(stacked(known, steps), np.array([one.label for one in known]))
    fit_s = time.process_time() - started
    said = model.predict(stacked(test, steps))
    right = sum(guess == one.label for guess, one in zip(said, test, strict=True))
    return 100 * right / len(test), fit_s


def stacked(series: list[Labelled[Any]], steps: int) -> np.ndarray:
    """All series at one length, (N, C, T)."""
    return np.stack([resampled(one.content, steps).T for one in series])


def row(part: str, name: str, found: list[Outcome]) -> str:
    """A line of the table."""
    accuracies, seconds = zip(*found, strict=True)
    spread = f"{mean(accuracies):.2f} ± {stdev(accuracies):.2f}"
    line = f"| {part} | {name} | {spread} | {mean(seconds):.1f} |"
    print(line, flush=True)
    return line


def table() -> str:
    """A row for each data set and classifier."""
    lines = ["| data | classifier | accuracy, % | fit, s |", "|---|---|---|---|"]
    for part in OFFICIAL:
        (cut,) = cuts(part)
        lines.append(row(part, "elman.Classifier", [ours(part, cut, seed) for seed in SEEDS]))
        for name, make in makers(part).items():
            theirs(make, cut, SEEDS[0], every=8)  # compiles
            lines.append(row(part, name, [theirs(make, cut, seed) for seed in SEEDS]))
    return "\n".join(lines)


if __name__ == "__main__":
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # theirs, on the versions of what they use
    publish(
        "Classifiers beside aeon's and sktime's",
        table(),
        command="PYTHONPATH=peers python benchmarks/classification_peers.py",
    )
