"""Small examples whose classes are known by rule, and models that learned them."""

from pathlib import Path

import numpy as np
import pytest

from elman import Classifier

SMALL = {
    "hidden_size": 16,
    "epochs": 12,
    "learning_rate": 0.02,
    "dropout": 0.0,
    "threads": 1,
    "baselines": False,
}
SAYINGS = {"joy": "I love {}", "woe": "I lost {}", "wonder": "where are {} ?"}


def series(count: int, seed: int = 0) -> str:
    """Series of 3 to 9 samples, "up" or "down" by the sign of the first sample alone, in .ts."""
    random = np.random.default_rng(seed)
    lines = ["@problemName signs", "@classLabel true up down", "@data"]
    for _ in range(count):
        values = random.normal(0, 0.3, (2, random.integers(3, 10)))
        values[0, 0] = random.choice([-2.0, 2.0])
        channels = [",".join(f"{value:.3f}" for value in row) for row in values]
        lines.append(":".join([*channels, "up" if values[0, 0] > 0 else "down"]))
    return "\n".join(lines) + "\n"


def texts(count: int, seed: int = 0) -> str:
    """Texts with their classes, in CSV."""
    random = np.random.default_rng(seed)
    lines = ["text,label"]
    for number in range(count):
        label, saying = list(SAYINGS.items())[number % 3]
        animal = random.choice(["my cats", "the dogs", "a bird , or two"])
        lines.append(f'"{saying.format(animal)}",{label}')
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of series."""
    path = tmp_path_factory.mktemp("signs") / "signs.ts"
    path.write_text(series(160))
    return path


@pytest.fixture(scope="session")
def sayings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of texts."""
    path = tmp_path_factory.mktemp("sayings") / "sayings.csv"
    path.write_text(texts(120))
    return path


@pytest.fixture(scope="session")
def of_series(signs: Path) -> Classifier:
    """Fitted on series, with a run folder beside them."""
    return Classifier(**{**SMALL, "baselines": True}, pooling="last").fit(
        signs, out=signs.parent / "run"
    )


@pytest.fixture(scope="session")
def of_texts(sayings: Path) -> Classifier:
    """Fitted on texts, with a run folder beside them."""
    return Classifier(**{**SMALL, "baselines": True}).fit(sayings, out=sayings.parent / "run")
