"""Models that several tests look at, fitted once."""

from pathlib import Path

import pytest

from elman import LanguageModel

CYCLE = "a b c a b d\n"
"""After b comes c or d in turn: only who remembers what came before knows which."""


@pytest.fixture(scope="session")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text whose next word is certain, to those who remember."""
    path = tmp_path_factory.mktemp("cycle") / "cycle.txt"
    path.write_text(CYCLE * 1600)
    return path


@pytest.fixture(scope="session")
def fitted(cycle: Path) -> LanguageModel:
    """An Elman network that has learned the cycle, kept in a run folder beside it."""
    model = LanguageModel(
        cell="elman",
        hidden_size=24,
        epochs=6,
        learning_rate=0.01,
        dropout=0.0,
        memory_dropout=0.03,  # prompts begin with a wiped memory, which a stream has only once
        threads=1,
    )
    return model.fit(cycle, out=cycle.parent / "run")
