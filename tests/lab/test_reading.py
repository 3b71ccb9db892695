from dataclasses import replace

import pytest
import torch
from tests.lab.models import random_model

from elman.inspect.probe import Probe
from elman.lab.reading import Reading

TEXT = "I love cats and you love very very dogs . I love you"


def encoded(trained, text=TEXT):
    return trained.codec.encode(text), trained.codec.split(text)


def truth(trained, ids, memory=True):
    """Probabilities and states after each token, by the module itself, one step at a time."""
    eos, module = trained.codec.eos_id, trained.module
    _, state = module(torch.tensor([[eos]]))
    logits, states = [], []
    for token in ids:
        found, state = module(torch.tensor([[token]]), state if memory else None)
        logits.append(found[0, 0])
        states.append(state)
    return torch.stack(logits).double().softmax(-1), states


@pytest.mark.parametrize("memory", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
def test_it_reads_as_the_network_does(cell, layers, memory):
    trained = random_model(cell, layers=layers)
    ids, pieces = encoded(trained)
    with torch.no_grad():
        expected, states = truth(trained, ids, memory)
    found = Reading(trained, memory).read(ids, pieces, 0, len(ids))
    torch.testing.assert_close(found.expected, expected, rtol=1e-5, atol=1e-6)
    for k, layer in enumerate(found.layers):
        parts = [layer.h] if layer.c is None else [layer.h, layer.c]
        for part, values in enumerate(parts):
            wanted = torch.stack([state[part][k, 0] for state in states])
            torch.testing.assert_close(values, wanted, rtol=1e-5, atol=1e-6)


def test_what_was_not_known_is_not_held_by_its_name():
    trained = random_model("elman")
    probe = Probe(
        torch.zeros(1, 5, 1),
        torch.zeros(1, 1),
        torch.zeros(trained.codec.size, 1),
        torch.zeros(1, 0),
        torch.ones(1, 1),
        torch.ones(1),
    )
    probe.codes[trained.codec.unknown_id] = 1.0
    probe.bias[:] = 1.0
    ids, pieces = encoded(trained, "I love zebras")
    found = Reading(replace(trained, probed=probe)).read(ids, pieces, 0, 3)
    assert found.remembered[2] == ("<unk>",)


def test_any_part_of_a_text_is_the_same_however_it_is_asked_for():
    trained = random_model("lstm")
    text = " ".join([TEXT] * 20)
    ids, pieces = encoded(trained, text)
    whole = Reading(trained).read(ids, pieces, 0, len(ids))
    late = Reading(trained).read(ids, pieces, 200, 230)
    torch.testing.assert_close(late.expected, whole.expected[200:230])
    reading = Reading(trained)
    for begin in range(0, 192, 64):
        block = reading.read(ids, pieces, begin, begin + 64)
        torch.testing.assert_close(block.layers[0].h, whole.layers[0].h[begin : begin + 64])


def test_a_changed_word_changes_all_after_it_and_nothing_before():
    trained = random_model("gru")
    ids, pieces = encoded(trained)
    reading = Reading(trained)
    before = reading.read(ids, pieces, 0, len(ids))
    changed = [*ids]
    changed[4] = trained.codec.encode("dogs")[0]
    after = reading.read(changed, pieces, 0, len(ids))
    fresh = Reading(trained).read(changed, pieces, 0, len(ids))
    torch.testing.assert_close(after.expected, fresh.expected)
    torch.testing.assert_close(after.expected[:4], before.expected[:4])
    assert not torch.allclose(after.expected[4:], before.expected[4:])


def test_gates_are_those_of_the_cell():
    trained = random_model("lstm")
    ids, pieces = encoded(trained)
    layer = Reading(trained).read(ids, pieces, 0, len(ids)).layers[0]
    before = torch.cat([layer.c[:1] * 0, layer.c[:-1]])
    made = layer.gates["f"] * before + layer.gates["i"] * layer.gates["g"]
    torch.testing.assert_close(layer.c[1:], made[1:])
    torch.testing.assert_close(layer.h, layer.gates["o"] * torch.tanh(layer.c))


def test_sentences_begin_anew_at_the_end_of_a_line():
    trained = random_model("elman", sequences="sentence")
    eos = trained.codec.eos_id
    ids = [*trained.codec.encode("I love cats"), eos, *trained.codec.encode("I love")]
    found = Reading(trained).read(ids, ["x"] * len(ids), 0, len(ids)).expected
    torch.testing.assert_close(found[4:], found[:2])
