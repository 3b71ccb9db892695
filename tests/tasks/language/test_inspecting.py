import dataclasses
import shutil

import pytest
import torch

import elman
from elman import LanguageModel
from elman.contracts import Inspectable, Training
from elman.errors import ConfigError, DataError
from elman.inspect import memory_horizon
from elman.inspect.surprisal import surprisal
from elman.tasks.language.inspecting import MOST_TOKENS, material
from elman.tasks.language.trained import Trained


def test_a_text_as_the_network_reads_it(fitted, cycle) -> None:
    assert isinstance(fitted, Inspectable)
    found = fitted.material(cycle)
    assert found.module is fitted.module
    assert (found.unit, found.unit_per_step, found.resets) == ("word", 1.0, None)
    words = [found.names[token] for token in found.data[:9].tolist()]
    assert " ".join(words) == "a b c a b d <eos> a b"
    assert len(found.data) == 7 * 1600
    assert found.source == str(cycle)
    assert found.training == Training(fitted.truncation_steps, fitted.clip_norm)
    assert found.unknown == 0.0


def test_the_share_of_unknown_words_is_told(fitted, tmp_path) -> None:
    text = tmp_path / "half.txt"
    text.write_text("a x y\n" * 9)
    assert fitted.material(text).unknown == 0.5  # x and y, of a x y <eos>


def test_a_long_text_is_cut(fitted, tmp_path) -> None:
    text = tmp_path / "long.txt"
    text.write_text("a b c a b d\n" * 10_000)
    found = fitted.material(text)
    assert len(found.data) == MOST_TOKENS
    assert found.source == f"the first 65,536 of 70,000 words of {text}"


def test_sentences_begin_with_a_wiped_memory(fitted, cycle) -> None:
    trained = Trained.load(cycle.parent / "run")
    trained.config = dataclasses.replace(trained.config, sequences="sentence")
    found = material(trained, cycle)
    assert found.resets[:15].nonzero()[:, 0].tolist() == [6, 13]  # where <eos> is read
    assert found.resets.sum() == 1599


def test_the_horizon_of_the_cycle(fitted, cycle) -> None:
    """What follows b is told by the word before, or the one two back: three words suffice."""
    found = memory_horizon(fitted, cycle, max_context=12, positions=1000)
    assert 3 <= found.steps <= 6
    assert found.extra[0] > 0.15  # nothing tells c from d at two of seven steps: 2 log 2 / 7
    assert found.said.endswith("words") or "words (" in found.said


def test_which_words_surprised_it(fitted) -> None:
    text = "a b c a b d"
    found = surprisal(fitted, text)
    assert list(zip(found.tokens, found.bits, strict=True)) == fitted.surprisal(text)
    assert found.tokens[-1] == "<eos>"
    surprised = surprisal(fitted, "a b c d b d")
    assert surprised.most(1)[0][:2] == (3, "d")


def test_without_data_the_validation_text_is_taken(fitted, cycle, tmp_path, monkeypatch) -> None:
    from tests.cli.conftest import run

    run_folder = tmp_path / "run"
    options = ("--hidden-size", 8, "--epochs", 1, "--ngram-order", 0, "--threads", 1, "-q")
    monkeypatch.setattr("sys.argv", ["elman", "train", "language", str(cycle), "--epochs", "1"])
    assert run("train", "language", cycle, "--out", run_folder, *options).code == 0
    found = elman.load(run_folder).material()
    assert found.source == f"{cycle} (the last 10% of the text, split off)"
    assert len(found.data) == 7 * 161
    assert torch.equal(found.data[:7], fitted.material(cycle).data[:7])


def test_a_text_that_changed_is_not_taken(cycle, tmp_path, monkeypatch) -> None:
    from tests.cli.conftest import run

    text, run_folder = tmp_path / "cycle.txt", tmp_path / "run"
    shutil.copy(cycle, text)
    options = ("--hidden-size", 8, "--epochs", 1, "--ngram-order", 0, "--threads", 1, "-q")
    monkeypatch.setattr("sys.argv", ["elman", "train", "language", str(text)])
    assert run("train", "language", text, "--out", run_folder, *options).code == 0
    text.write_text("a b c\n" * 1000)
    with pytest.raises(
        DataError, match=r"run: `DATA` must be given, since the text .* not at hand"
    ):
        elman.load(run_folder).material()


def test_faults_are_refused(fitted, tmp_path) -> None:
    with pytest.raises(ConfigError, match="the model must be fitted first"):
        LanguageModel().material()
    with pytest.raises(DataError, match=r"`DATA` must be given.*its command: LanguageModel.fit"):
        fitted.material()
    other = tmp_path / "other.txt"
    other.write_text("quite another tongue\n" * 50)
    with pytest.raises(DataError, match="must hold a word that the model knows, got only unknown"):
        fitted.material(other)
