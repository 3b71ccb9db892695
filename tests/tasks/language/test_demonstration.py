import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from elman import LanguageModel
from elman.data.datasets.readers import generated
from elman.errors import CheckpointError
from elman.tasks.language.demonstration import DATA, configs, held_out, learn

SHORT = {"train": (8_000, 1), "validation": (300, 2), "test": (300, 3)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for runs, and a text that is short."""
    folder = tmp_path_factory.mktemp("demonstration")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELMAN_CACHE", str(folder / "cache"))
        patch.setattr(generated, "SENTENCES", SHORT)
        yield folder


def test_before_training_is_the_network_that_training_starts_from(place) -> None:
    """A network that hardly moves expects afterwards what it expected before."""
    config = dataclasses.replace(configs(threads=1)["LSTM"], learning_rate=1e-12)
    pupil = learn("LSTM", config, place / "still")
    for expected in pupil.expectations:
        assert expected.after == pytest.approx(expected.before, rel=1e-5)


def test_learning_brings_it_nearer_to_the_grammar(place) -> None:
    config = configs(seed=3, threads=1)["Elman"]
    told = []
    pupil = learn("Elman", config, place / "learned", told.append)
    assert pupil.comparison.divergence < 1.0
    for expected in pupil.expectations:
        assert abs(expected.after - expected.truth) < abs(expected.before - expected.truth)
    assert {"stage", "start", "sample", "epoch", "scores"} <= {record["event"] for record in told}


def test_the_figures_are_those_of_the_saved_run(place) -> None:
    path = place / "same"
    pupil = learn("Elman", configs(threads=1)["Elman"], path)
    model = LanguageModel.load(path)
    perplexity = model.score(DATA)["perplexity"].value
    assert pupil.comparison.perplexity == pytest.approx(perplexity, rel=1e-5)
    assert pupil.memory_off == model.score(DATA, memory="off")["perplexity"].value
    assert pupil.comparison.words == sum(len(line.split()) + 1 for line in held_out())


def test_another_run_is_refused(place, cycle) -> None:
    path = place / "mine"
    LanguageModel(hidden_size=8, epochs=1, threads=1).fit(cycle, out=path)
    with pytest.raises(CheckpointError, match="must be one of `elman demo`"):
        learn("Elman", configs()["Elman"], path)
