"""How gradients fade in a loaded network."""

import pytest
import torch
from tests.lab.models import evidence_for, random_model

from elman.errors import ConfigError
from elman.lab.experiments.evidence import scaled
from elman.lab.experiments.fading import fading, grown_gradients, spectral_radius

TEXT = "I love cats and dogs"


def test_without_v_nothing_comes_back() -> None:
    (layer,) = fading(evidence_for(random_model("elman")), 0.0, max_lag=5).layers
    assert layer.relative == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("cell", ["elman", "gru"])
def test_a_larger_v_lets_more_come_back(cell: str) -> None:
    evidence = evidence_for(random_model(cell))
    ends = [fading(evidence, scale, 20).layers[0].relative[20] for scale in (0.25, 1.0, 2.0)]
    assert ends == sorted(ends)
    assert ends[0] < 0.1 * ends[2]


def test_gates_open_a_second_way_that_does_not_pass_through_v() -> None:
    (layer,) = fading(evidence_for(random_model("lstm")), 0.0, max_lag=5).layers
    assert layer.h[1:] == (0.0,) * 5
    assert all(value > 0 for value in layer.c[1:])


def test_the_radius_grows_with_v_and_gates_have_none() -> None:
    evidence = evidence_for(random_model("elman"))
    V = evidence.held.module.stack.weight_hh_l0.detach().double()
    expected = torch.linalg.eigvals(V).abs().max().item()
    assert spectral_radius(evidence) == pytest.approx(expected)
    assert spectral_radius(scaled(evidence, 2.0)) == pytest.approx(2 * expected)
    assert spectral_radius(evidence_for(random_model("gru"))) is None


def test_as_a_sentence_grows_each_loss_is_followed_to_its_first_word() -> None:
    trained = random_model("elman")
    grown = list(grown_gradients(trained, TEXT))
    assert [each.step for each in grown] == [0, 1, 2, 3, 4]
    assert [each.target for each in grown[:4]] == ["love", "cats", "and", "dogs"]
    assert [len(each.layers[0][1]) for each in grown] == [1, 2, 3, 4, 5]
    assert all(each.layers[0][1][0] == 1 for each in grown)


def test_it_is_the_gradient_by_hand() -> None:
    trained = random_model("elman")
    module, codec = trained.module.double(), trained.codec
    ids = [codec.eos_id, *codec.encode(TEXT)]
    U, V = (module.stack.get_parameter(f"weight_{name}_l0") for name in ("ih", "hh"))
    b = module.stack.bias_ih_l0 + module.stack.bias_hh_l0
    h, memories = torch.zeros(5, dtype=torch.float64), []
    for id_ in ids[:4]:  # up to "cats", whose loss is that of "and"
        h = torch.tanh(U @ module.embedding.weight[id_] + V @ h + b)
        memories.append(h)
    features = h if module.projection is None else module.projection(h)
    loss = -torch.log_softmax(module.head(features), -1)[ids[4]]
    norms = [gradient.norm() for gradient in torch.autograd.grad(loss, memories)]
    expected = [(norms[k] / norms[3]).item() for k in (3, 2, 1)]
    found = list(grown_gradients(trained, TEXT))[2]
    assert found.layers[0][1] == pytest.approx(expected)


def test_after_the_last_word_the_likeliest_counts_and_is_never_unknown() -> None:
    trained = random_model("gru")
    with torch.no_grad():
        trained.module.head.bias[trained.codec.unknown_id] = 50.0
    last = list(grown_gradients(trained, TEXT))[-1]
    assert last.target != "<unk>"
    assert last.target in trained.codec.tokens


def test_each_layer_has_its_own() -> None:
    grown = list(grown_gradients(random_model("lstm", layers=2), "I love"))
    assert [name for name, _ in grown[1].layers] == ["stack.l0", "stack.l1"]


@pytest.mark.parametrize("text", ["", "cats " * 41])
def test_faults_are_named(text: str) -> None:
    with pytest.raises(ConfigError, match="the sentence must have 1 to 40 words"):
        list(grown_gradients(random_model("elman"), text))
