"""Our classifier beside others' on series: accuracy and training time on the same examples.

    python -m pip install aeon --target peers
    python -m pip install sktime scikit-base --no-deps --target peers
    PYTHONPATH=peers python benchmarks/classification_peers.py basic-motions japanese-vowels

Each learns from the official training part whole and is tested once, with three seeds. Ours has the
options of `classification.py`; aeon's ROCKETs have their own defaults, sktime's GRU as many units,
directions, epochs and series side by side as ours, the rest its own. Theirs need series of equal
length: all are resampled to that of the longest by straight lines. Seconds are the processor's, on
one thread; what compiles itself when first used has been used before. aeon's own recurrent
classifiers need TensorFlow, and sktime's LSTM-FCN learns for 2,000 epochs: both are left out.

Stop it whenever you like: what was measured is kept, as by `classification.py`, and a section is
written once all classifiers of a set are measured.
"""

import sys
import time
import warnings
from collections.abc import Callable
from statistics import mean, stdev
from typing import Any

import numpy as np
import torch

import elman
from classification import OPTIONS, SEEDS, Found, kept
from classification_data import OFFICIAL, Cut, cuts
from elman.baselines.nearest_neighbour import resampled
from elman.data.labelled import Labelled
from elman.data.series import read_series
from report import publish

NOTE = (
    "Series of unequal length are resampled to the longest for all but elman.Classifier. aeon's "
    "ROCKET always scales each channel of each series to mean 0 and deviation 1, which hides what "
    "lies in them; its MiniROCKET does not."
)


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


def ours(part: str, cut: Cut, seed: int) -> Found:
    """Our network."""
    model = elman.Classifier(**OPTIONS[part], seed=seed, threads=1, baselines=False)
    started = time.process_time()
    model.fit([str(one) for one in cut.learn], validation=str(cut.validation))
    fit_s = time.process_time() - started
    return {"accuracy": model.score(str(cut.test))["accuracy"].value, "fit_s": fit_s}


def theirs(make: Callable[[int], Any], cut: Cut, seed: int) -> Found:
    """Another classifier that speaks scikit-learn's verbs."""
    known, test = list(read_series(cut.learn)), list(read_series([cut.test]))
    steps = max(len(one.content) for one in known)
    series, labels = stacked(known, steps), np.array([one.label for one in known])
    make(seed).fit(series[::8], labels[::8]).predict(series[:2])  # compiles
    model = make(seed)
    started = time.process_time()
    model.fit(series, labels)
    fit_s = time.process_time() - started
    said = model.predict(stacked(test, steps))
    right = sum(guess == one.label for guess, one in zip(said, test, strict=True))
    return {"accuracy": 100 * right / len(test), "fit_s": fit_s}


def stacked(series: list[Labelled[Any]], steps: int) -> np.ndarray:
    """All series at one length, (N, C, T)."""
    return np.stack([resampled(one.content, steps).T for one in series])


def table(part: str) -> str:
    """A row for each classifier."""
    lines = ["| classifier | accuracy, % | fit, s |", "|---|---|---|"]
    (cut,) = cuts(part)
    measures: dict[str, Callable[[int], Found]] = {
        "elman.Classifier": lambda seed: ours(part, cut, seed),
        **{
            name: lambda seed, make=make: theirs(make, cut, seed)
            for name, make in makers(part).items()
        },
    }
    for name, measure in measures.items():
        found = [
            kept(f"{part}-beside-{name}-{seed}", OPTIONS[part], lambda: measure(seed))  # noqa: B023
            for seed in SEEDS
        ]
        accuracies, seconds = ([one[key] for one in found] for key in ("accuracy", "fit_s"))
        spread = f"{mean(accuracies):.2f} ± {stdev(accuracies):.2f}"
        lines.append(f"| {name} | {spread} | {mean(seconds):.1f} |")
    lines += ["", NOTE]
    return "\n".join(lines)


if __name__ == "__main__":
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # theirs, on the versions of what they use
    for part in sys.argv[1:] or OFFICIAL:
        publish(
            f"Classification: {part}, beside aeon's and sktime's",
            table(part),
            command=f"PYTHONPATH=peers python benchmarks/classification_peers.py {part}",
        )
