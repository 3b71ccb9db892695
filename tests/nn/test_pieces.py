"""Reading in pieces: the same results and gradients, with less kept in between."""

import weakref
from typing import Any

import pytest
import torch
from tests.nn.pairs import KINDS, make_pair

import elman.nn
from elman.errors import ConfigError
from elman.kernels import native
from elman.nn import Backend
from elman.sequences import PaddedBatch

I, H, B, T = 3, 4, 3, 11


def _batch(resets: bool) -> PaddedBatch:
    values = torch.randn(B, T, I, dtype=torch.float64, requires_grad=True)
    marks = torch.rand(B, T) < 0.2 if resets else None
    return PaddedBatch(values, torch.tensor([T, 0, 6]), marks)


def _results(layer: Any, batch: PaddedBatch, **options: Any) -> list[torch.Tensor]:
    """Outputs, last states and all gradients."""
    torch.manual_seed(1)  # for dropout
    output, state = layer(batch, **options)
    loss = output.values.square().sum() + sum(part.sum() for part in state)
    gradients = torch.autograd.grad(loss, [batch.values, *layer.parameters()])
    return [output.values, *state, *gradients]


@pytest.mark.parametrize("steps", [1, 4, 11, 50])
@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_layers_give_the_same_in_pieces(kind: str, resets: bool, steps: int) -> None:
    layer, _ = make_pair(kind, I, H, num_layers=2)
    batch = _batch(resets)
    whole = _results(layer, batch)
    torch.testing.assert_close(_results(layer, batch, checkpoint_steps=steps), whole)


@pytest.mark.parametrize("kind", ["Elman", "learned", "normalised"])
def test_other_layers_do_too(kind: str) -> None:
    layers = {
        "Elman": lambda: elman.nn.Elman(I, H, 2),
        "learned": lambda: elman.nn.LSTM(I, H, learned_state=True),
        "normalised": lambda: elman.nn.GRU(I, H, layer_norm=True),
    }
    layer, batch = layers[kind]().double(), _batch(resets=True)
    whole = _results(layer, batch)
    torch.testing.assert_close(_results(layer, batch, checkpoint_steps=4), whole)


def test_dropout_is_drawn_once() -> None:
    layer, batch = elman.nn.LSTM(I, H, 2, dropout=0.5).double(), _batch(resets=False)
    first = _results(layer, batch, checkpoint_steps=4)
    torch.testing.assert_close(_results(layer, batch, checkpoint_steps=4), first)
    assert all(gradient.isfinite().all() for gradient in first)


def test_what_steps_leave_behind_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    if not native.available()[0]:
        pytest.skip("no native core")
    kept: list[weakref.ref[torch.Tensor]] = []
    read = native.read

    def spy(*args: Any, **options: Any) -> Any:
        result = read(*args, **options)
        kept.append(weakref.ref(result.gates.untyped_storage()))
        return result

    monkeypatch.setattr(native, "read", spy)
    layer, batch = elman.nn.LSTM(I, H).double(), _batch(resets=False)

    def held(**options: Any) -> int:
        kept.clear()
        output, _ = layer(batch, **options)
        alive = sum(reference() is not None for reference in kept)
        output.values.sum().backward()
        return alive

    assert held() == 1
    assert held(checkpoint_steps=4) == 0
    assert layer.backend == Backend("native", "")


def test_pieces_make_no_difference_without_gradients() -> None:
    layer, batch = elman.nn.GRU(I, H).double(), _batch(resets=False)
    with torch.no_grad():
        whole, _ = layer(batch)
        pieces, _ = layer(batch, checkpoint_steps=4)
    assert torch.equal(whole.values, pieces.values)


@pytest.mark.parametrize(
    ("layer", "given", "says"),
    [
        (elman.nn.GRU(I, H), torch.zeros(T, B, I), "an input that is no PaddedBatch"),
        (elman.nn.GRU(I, H, bidirectional=True), None, "bidirectional=True"),
        (elman.nn.GRU(I, H, 2, dropout=0.1, variational_dropout=True), None, "variational"),
    ],
)
def test_what_cannot_be_read_in_pieces_is_refused(layer: Any, given: Any, says: str) -> None:
    batch = PaddedBatch.full(torch.zeros(B, T, I)) if given is None else given
    with pytest.raises(ConfigError, match=says):
        layer(batch, checkpoint_steps=4)


@pytest.mark.parametrize("layer", [elman.nn.LSTM(I, H), elman.nn.Elman(I, H, 2)])
def test_a_negative_number_of_steps_is_refused(layer: Any) -> None:
    with pytest.raises(ConfigError, match="`checkpoint_steps` must be at least 0, got -1"):
        layer(PaddedBatch.full(torch.zeros(B, T, I)), checkpoint_steps=-1)


@pytest.mark.parametrize("steps", [True, 2.0, "2"])
@pytest.mark.parametrize("layer", [elman.nn.GRU(I, H), elman.nn.Elman(I, H, 2)])
def test_pieces_are_counted_in_whole_numbers(layer: Any, steps: Any) -> None:
    batch = PaddedBatch.full(torch.randn(B, T, I))
    with pytest.raises(ConfigError, match="`checkpoint_steps` must be a whole number, got"):
        layer(batch, checkpoint_steps=steps)
