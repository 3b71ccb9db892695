"""The whole estimator: it learns problems with known answers, and keeps its word."""

import inspect
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import elman
from elman import LanguageModel
from elman.data.datasets.elman_sentences import generate
from elman.data.datasets.elman_sentences.model import ExactModel
from elman.errors import ChoiceError, ConfigError
from elman.runs import Run
from elman.tasks.language.config import LanguageConfig
from elman.tasks.scores import Scores


def test_learns_a_certain_text(fitted: LanguageModel, cycle: Path) -> None:
    assert fitted.score(cycle)["perplexity"].value < 1.01


def test_without_memory_it_cannot(fitted: LanguageModel, cycle: Path) -> None:
    """Three kinds of seven tokens stand after b or a, where the last token alone leaves a bit.

    After b: c or d; after a: b always; so 2 of 7 tokens cost one bit, 2^(2/7) at the very least.
    """
    assert fitted.score(cycle, memory="off")["perplexity"].value > 2 ** (2 / 7)


def test_baseline_stands_beside(fitted: LanguageModel, cycle: Path) -> None:
    score = fitted.score(cycle)["perplexity"]
    assert score.baseline_name == "5-gram modified Kneser–Ney"
    assert score.baseline is not None
    assert 1.0 < score.baseline < 1.01
    assert fitted.score(cycle)["bits per word"].value == pytest.approx(math.log2(score.value))


def test_comes_near_the_exact_distribution(tmp_path: Path) -> None:
    """Mean Kullback–Leibler divergence from the grammar's own probabilities, in nats a word."""
    train, test = tmp_path / "train.txt", tmp_path / "test.txt"
    train.write_text("".join(f"{s}\n" for s in generate(6000, seed=1)))
    test.write_text("".join(f"{s}\n" for s in generate(400, seed=2)))
    model = LanguageModel(
        cell="gru", hidden_size=64, epochs=6, learning_rate=0.01, dropout=0.0, batch_size=16
    )
    model.fit(train)
    trained = model._fitted("test")
    line = [i for s in test.read_text().splitlines() for i in (*trained.codec.encode(s), 1)]
    ids = torch.tensor([[1, *line]])
    exact, _ = ExactModel(trained.codec.tokens)(ids)
    with torch.no_grad():
        logits, _ = model.module(ids)
    p = exact.exp()
    divergence = (p * (exact - logits.double().log_softmax(-1))).nan_to_num(0.0).sum(-1)[0, 20:]
    assert divergence.mean().item() < 0.05


def test_every_verb_needs_a_fit_first() -> None:
    for use in (
        lambda m: m.score("x"),
        lambda m: m.generate(),
        lambda m: m.next_tokens("I"),
        lambda m: m.surprisal("I"),
        lambda m: m.save("x"),
        lambda m: m.module,
        lambda m: m.history,
    ):
        with pytest.raises(ConfigError, match=r"the model must be fitted first"):
            use(LanguageModel())


def test_constructor_is_a_real_signature() -> None:
    parameters = inspect.signature(LanguageModel).parameters
    assert list(parameters) == list(inspect.signature(LanguageConfig).parameters)
    assert parameters["hidden_size"].default == 256


def test_parameters_are_got_and_set_as_in_scikit_learn() -> None:
    model = LanguageModel(layers=2)
    assert LanguageModel(**model.get_params()).get_params() == model.get_params()
    assert model.set_params(hidden_size=8, cell="gru") is model
    assert (model.hidden_size, model.cell, model.layers) == (8, "gru", 2)
    with pytest.raises(ChoiceError, match="Did you mean 'hidden_size'"):
        model.set_params(hiden_size=8)
    with pytest.raises(ConfigError, match="`layers` must be at least 1, got 0"):
        model.set_params(layers=0)
    assert model.layers == 2


def test_loading_gives_the_same_model(fitted: LanguageModel, cycle: Path) -> None:
    loaded = elman.load(cycle.parent / "run")
    assert loaded.get_params() == fitted.get_params()
    assert loaded.score(cycle) == fitted.score(cycle)
    assert loaded.next_tokens("a b c") == fitted.next_tokens("a b c")
    assert loaded.history == fitted.history


def test_a_model_may_be_saved_over_the_run_it_was_fitted_in(
    fitted: LanguageModel, cycle: Path, tmp_path: Path
) -> None:
    place = Path(shutil.copytree(cycle.parent / "run", tmp_path / "run"))
    before = json.loads((place / "config.json").read_text())
    for model in (fitted, elman.load(place)):
        model.save(place)
        assert elman.load(place).next_tokens("a b c") == fitted.next_tokens("a b c")
    assert json.loads((place / "config.json").read_text())["data"] == before["data"] != {}


def test_saving_without_a_probe_removes_an_older_one(cycle: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(cycle.parent / "run", tmp_path / "run"))
    model = elman.load(place)
    model._fitted("test").probe = None
    model.save(place)
    assert elman.load(place).next_tokens("a b c")[-1].remembered is None


def test_a_saved_copy_is_the_same_model(fitted: LanguageModel, cycle: Path, tmp_path: Path) -> None:
    fitted.save(tmp_path / "copy")
    assert elman.load(tmp_path / "copy").score(cycle) == fitted.score(cycle)


def test_the_run_keeps_what_fitting_found(fitted: LanguageModel, cycle: Path) -> None:
    run = Run.open(cycle.parent / "run", task="language")
    kept = Scores.from_json(run.read_json("scores.json"))
    assert kept["perplexity"].value < 1.01
    assert run.description.data.keys() == {"train"}
    assert json.loads((run.path / "config.json").read_text())["format"] == 1


def test_memory_alone_gives_the_same_weights_as_a_run(cycle: Path, tmp_path: Path) -> None:
    options = {"cell": "gru", "hidden_size": 8, "epochs": 1, "ngram_order": 0}
    kept = LanguageModel(**options).fit(cycle, out=tmp_path / "run")
    held = LanguageModel(**options).fit(cycle)
    for (name, ours), theirs in zip(
        kept.module.named_parameters(), held.module.parameters(), strict=True
    ):
        assert torch.equal(ours, theirs), name


def test_fit_leaves_torch_as_it_was(cycle: Path) -> None:
    torch.manual_seed(5)
    torch.set_num_threads(2)
    before = torch.get_rng_state()
    LanguageModel(cell="elman", hidden_size=4, epochs=1, threads=1).fit(cycle)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.get_num_threads() == 2


def test_validation_text_may_be_given(cycle: Path, tmp_path: Path) -> None:
    held_out = tmp_path / "held-out.txt"
    held_out.write_text("a b c a b d\n" * 30)
    records: list[dict[str, object]] = []
    LanguageModel(cell="elman", hidden_size=4, epochs=1).fit(
        cycle, validation=held_out, observer=records.append
    )
    data = next(record for record in records if record["event"] == "data")
    assert (data["tokens"], data["validation_tokens"]) == (11200, 210)


@pytest.mark.parametrize(("unit", "epochs"), [("character", 3), ("subword", 12)])
def test_other_units(unit: str, epochs: int, cycle: Path) -> None:
    model = LanguageModel(
        unit=unit, cell="gru", hidden_size=24, epochs=epochs, learning_rate=0.01, dropout=0.0
    ).fit(cycle)
    scores = model.score(cycle)
    assert scores["perplexity"].value < 1.1
    assert scores[f"bits per {unit}"].value < math.log2(1.1)
    assert "a b" in model.generate("a", 20, temperature=0)


@pytest.mark.parametrize("sequences", ["sentence", "document"])
def test_memory_may_start_anew(sequences: str, tmp_path: Path) -> None:
    """Lines alternate, so that the first word is certain only to those who remember the last line.

    One of four tokens, <eos> included, then costs a bit: 2^(1/4) where memory is wiped.
    """
    path = tmp_path / "lines.txt"
    between = "\n" if sequences == "document" else ""
    path.write_text(f"a x x\n{between}b y y\n{between}" * 600)
    options = {"cell": "elman", "hidden_size": 16, "epochs": 4, "learning_rate": 0.02}
    wiped = LanguageModel(**options, sequences=sequences).fit(path).score(path)
    carried = LanguageModel(**options).fit(path).score(path)
    least = 2 ** (1 / (5 if sequences == "document" else 4))
    assert wiped["perplexity"].value > 0.98 * least
    assert carried["perplexity"].value < 1.1


def test_double_precision(cycle: Path) -> None:
    model = LanguageModel(cell="elman", hidden_size=4, epochs=1, precision="float64").fit(cycle)
    assert model.module.head.weight.dtype == torch.float64
    assert math.isfinite(model.score(cycle)["perplexity"].value)


def test_two_layers_of_every_kind_of_dropout(cycle: Path) -> None:
    model = LanguageModel(
        cell="lstm",
        hidden_size=8,
        embedding_size=6,
        layers=2,
        epochs=1,
        dropout=0.3,
        embedding_dropout=0.2,
        variational_dropout=True,
    ).fit(cycle)
    assert model.module.projection is not None
    assert model.score(cycle)["perplexity"].value < 5


def test_a_network_too_large_for_the_machine_is_refused(cycle: Path) -> None:
    for size in (10**7, 10**12):
        with pytest.raises(ConfigError, match=f"`hidden_size` {size:,}.*Choose a smaller one"):
            LanguageModel(hidden_size=size).fit(cycle)


def test_an_unknown_device_is_refused(cycle: Path) -> None:
    for device in ("gpu", "meta"):
        with pytest.raises(ChoiceError, match="`device` must be 'auto' or one that torch can use"):
            LanguageModel(device=device).fit(cycle)


@pytest.mark.parametrize(
    ("verb", "arguments", "said"),
    [
        ("fit", (None,), "`data` must be a file, a folder, the name of a data set"),
        ("score", (5,), "`data` must be a file, a folder, the name of a data set"),
        ("generate", (5,), r"generate: `prompt` must be a string, got 5\."),
        ("generate", ("a", 2.5), r"generate: `length` must be a whole number, got 2\.5\."),
        ("next_tokens", (["a", "b"],), r"next_tokens: `prompt` must be a string, got \['a', 'b'\]"),
        ("next_tokens", ("a", "5"), "next_tokens: `k` must be a whole number, got '5'"),
        ("surprisal", (None,), r"surprisal: `text` must be a string, got None\."),
        ("save", (5,), r"`path` must be a path \(a string or a pathlib\.Path\), got 5"),
        ("load", (3,), r"`path` must be a path \(a string or a pathlib\.Path\), got 3"),
    ],
)
def test_an_argument_of_another_kind_is_told(
    verb: str, arguments: tuple[Any, ...], said: str, fitted: LanguageModel
) -> None:
    with pytest.raises(ValueError, match=said):
        getattr(fitted, verb)(*arguments)
