"""Taggers that several tests look at, fitted once."""

from pathlib import Path

import pytest

from elman import Tagger

SENTENCES = [
    "the/DET dog/NOUN sleeps/VERB ./PUNCT",
    "I/PRON saw/VERB her/PRON duck/VERB ./PUNCT",
    "I/PRON saw/VERB the/DET duck/NOUN ./PUNCT",
    "the/DET saw/NOUN sleeps/VERB ./PUNCT",
    "her/PRON zorb{0}/PROPN sleeps/VERB ./PUNCT",
]
"""Words whose tags depend on the word before: saw, duck; and names that are seen but once."""

SMALL = {
    "hidden_size": 16,
    "embedding_size": 16,
    "character_size": 8,
    "character_hidden_size": 8,
    "dropout": 0.1,
    "learning_rate": 0.01,
    "epochs": 4,
    "threads": 1,
}


def text(times: int, first: int = 0) -> str:
    return "".join(f"{s.format(n)}\n" for n in range(first, first + times) for s in SENTENCES)


@pytest.fixture(scope="session")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text of word/tag lines."""
    path = tmp_path_factory.mktemp("tagged") / "duck.txt"
    path.write_text(text(60))
    return path


@pytest.fixture(scope="session")
def fitted(tagged: Path) -> Tagger:
    """A bidirectional tagger with a CRF, kept in a run folder beside its text."""
    return Tagger(**SMALL).fit(tagged, out=tagged.parent / "run")


@pytest.fixture(scope="session")
def forward(tagged: Path) -> Tagger:
    """A tagger in one direction with a CRF."""
    return Tagger(**SMALL, bidirectional=False).fit(tagged)
