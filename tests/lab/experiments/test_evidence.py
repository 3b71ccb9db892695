"""What loaded models are measured on."""

from dataclasses import replace

import pytest
import torch
from tests.lab.models import evidence_for, random_model

from elman.data.codecs import WordCodec
from elman.data.datasets.elman_sentences import generate
from elman.errors import ConfigError
from elman.inspect.contexts import memory_horizon
from elman.lab.experiments.evidence import Evidence, gathering, scaled
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.trained import Trained, build


def _grammarian() -> Trained:
    text = "\n".join(generate(20_000, 3))
    codec = WordCodec.fit([text], word_split="whitespace")
    config = LanguageConfig(cell="gru", hidden_size=4)
    return Trained(config=config, codec=codec, module=build(config, codec.size).eval())


def test_without_a_text_a_model_is_measured_on_what_it_says() -> None:
    trained = random_model("elman")
    held = evidence_for(trained).material(None)
    assert held.source == "text that it wrote itself"
    assert held.unit == "word"
    ids = held.data
    assert len(ids) == 32 * 400
    assert not (ids == trained.codec.unknown_id).any()
    assert held.resets.nonzero().flatten().tolist() == list(range(0, 12_800, 400))
    following = ids[1:][ids[:-1] == trained.codec.encode("love")[0]]
    state = trained.module(torch.tensor([[trained.codec.eos_id]]))[1]
    assert len(following) > 100
    assert state[0].shape == (1, 1, 5)


def test_it_is_told_how_much_of_it_is_written() -> None:
    shares = list(gathering(random_model("elman")))
    assert shares == sorted(set(shares))
    assert 0 < shares[0] < 0.05
    assert shares[-1] == 1
    assert list(gathering(_grammarian())) == []  # nothing has to be written


@pytest.mark.parametrize(
    ("source", "known"),
    [
        ("elman-sentences (as the data set has it)", True),  # what `elman demo` leaves
        ("corpus.txt (the last 10% of the text, split off)", False),
    ],
)
def test_the_true_horizon_is_known_of_the_grammar_alone(source: str, known: bool) -> None:
    held = evidence_for(_grammarian()).held
    assert Evidence(replace(held, source=source)).of_grammar is known


def test_what_it_says_follows_its_own_probabilities() -> None:
    """The first words after a line's end, over rows: within 4 standard errors of p."""
    trained = random_model("gru")
    ids = evidence_for(trained).held.data.view(32, 400)
    with torch.no_grad():
        logits, _ = trained.module(ids)
    logits[..., trained.codec.unknown_id] = -torch.inf
    expected = logits.softmax(-1)[:, :-1].mean((0, 1))
    found = torch.bincount(ids[:, 1:].flatten(), minlength=trained.codec.size) / (32 * 399)
    torch.testing.assert_close(found, expected, atol=4 * 0.5 / (32 * 399) ** 0.5, rtol=0)


def test_a_model_by_sentence_forgets_at_line_ends() -> None:
    trained = random_model("lstm", sequences="sentence")
    held = evidence_for(trained).held
    ends = held.data == trained.codec.eos_id
    assert ends.sum() > 32
    assert torch.equal(held.resets, ends)


def test_a_model_of_the_grammar_reads_new_sentences() -> None:
    evidence = evidence_for(_grammarian())
    held = evidence.held
    assert evidence.of_grammar
    assert held.source == "new sentences of the grammar"
    assert held.resets is None
    assert len(held.data) > 10_000
    words = [held.names[id_] for id_ in held.data[:400].tolist()]
    line = next(generate(1, 1_992))
    assert " ".join(words).startswith(f"{line} <eos>")


def test_scaling_touches_v_alone_and_a_copy() -> None:
    evidence = evidence_for(random_model("lstm", layers=2))
    before = {name: p.clone() for name, p in evidence.held.module.named_parameters()}
    after = dict(scaled(evidence, 0.5).held.module.named_parameters())
    for name, weight in before.items():
        expected = 0.5 * weight if "weight_hh" in name else weight
        torch.testing.assert_close(after[name], expected)
        torch.testing.assert_close(evidence.held.module.get_parameter(name), weight)


def test_without_v_a_network_looks_at_one_word() -> None:
    evidence = evidence_for(random_model("elman"))
    assert memory_horizon(scaled(evidence, 0.0)).steps == 1
    assert memory_horizon(evidence).steps > 1


@pytest.mark.parametrize("scale", [-1.0, 11.0, float("nan")])
def test_faults_are_named(scale: float) -> None:
    with pytest.raises(ConfigError, match="`scale` must be at least 0 and at most 10"):
        scaled(evidence_for(random_model("elman")), scale)
