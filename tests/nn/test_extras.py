"""A learned initial state, and one dropout mask a sequence."""

import copy
from typing import Any

import pytest
import torch
from tests.nn.pairs import KINDS, NATIVE, gradients, make_pair
from torch.nn.utils.rnn import pack_sequence, unpack_sequence

import elman.nn
from elman.errors import BackendError, ConfigError
from elman.sequences import PaddedBatch

B, T, I, H = 3, 6, 4, 5


def _learned(kind: str, **options: Any) -> tuple[Any, Any]:
    """A layer with a learned initial state, and torch's without."""
    name, _, nonlinearity = kind.partition("_")
    if nonlinearity:
        options["nonlinearity"] = nonlinearity
    ours = getattr(elman.nn, name.upper())(I, H, learned_state=True, **options).double()
    theirs = getattr(torch.nn, name.upper())(I, H, **options).double()
    theirs.load_state_dict(ours.state_dict(), strict=False)
    for state in ("initial_h", "initial_c"):
        if hasattr(ours, state):
            torch.nn.init.normal_(getattr(ours, state))
    return ours, theirs


def _start(layer: Any, batch: int) -> Any:
    state = tuple(part.detach() for part in layer.initial_state(batch))
    return state if len(state) > 1 else state[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_learned_state_enters_every_kind_of_call(kind: str) -> None:
    ours, theirs = _learned(kind, num_layers=2, bidirectional=True)
    x = torch.randn(T, B, I).double()
    torch.testing.assert_close(ours(x), theirs(x, _start(ours, B)))
    assert ours.backend == NATIVE
    packed = pack_sequence([x[: T - 2 * b, b] for b in range(B)])
    torch.testing.assert_close(ours(packed)[0].data, theirs(packed, _start(ours, B))[0].data)
    expected = theirs(x[:, :1], _start(ours, 1))[0][:, 0]
    torch.testing.assert_close(ours(x[:, 0])[0], expected)
    padded, _ = ours(PaddedBatch.full(x.transpose(0, 1)))
    torch.testing.assert_close(padded.values.transpose(0, 1), theirs(x, _start(ours, B))[0])
    given = torch.zeros_like(ours.initial_h).expand(-1, B, -1)
    hx = (given, given) if kind == "lstm" else given
    torch.testing.assert_close(ours(x, hx), theirs(x))


@pytest.mark.parametrize("kind", KINDS)
def test_a_learned_state_follows_every_reset(kind: str) -> None:
    ours, _ = _learned(kind, bidirectional=True)
    x = torch.randn(1, 5, I).double()
    resets = torch.tensor([[False, False, True, False, False]])
    output, _ = ours(PaddedBatch.full(x, resets))
    pieces = [ours(piece)[0] for piece in (x[0, :2], x[0, 2:])]
    torch.testing.assert_close(output.values[0], torch.cat(pieces))
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_a_learned_state_learns(kind: str) -> None:
    ours, _ = _learned(kind)
    slopes = gradients(ours, torch.randn(T, B, I).double(), None)
    assert slopes["d initial_h"].shape == (1, 1, H)
    assert slopes["d initial_h"].abs().min() > 0

    def call(h: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(ours, {"initial_h": h}, (torch.ones(2, 2, I).double(),))[
            0
        ]

    assert torch.autograd.gradcheck(call, (ours.initial_h,))


def test_a_learned_state_has_the_widths_of_a_projecting_layer() -> None:
    layer = elman.nn.LSTM(I, H, proj_size=2, learned_state=True).double()
    assert layer.initial_h.shape == (1, 1, 2)
    assert layer.initial_c.shape == (1, 1, H)
    assert layer(torch.zeros(T, B, I).double())[0].shape == (T, B, 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["dense", "packed", "ragged"])
def test_variational_dropout_keeps_its_mask_through_a_sequence(kind: str, form: str) -> None:
    ours, theirs = make_pair(kind, I, H, 2)
    options = {"nonlinearity": ours.nonlinearity} if kind.startswith("rnn") else {}
    layer = type(ours)(I, H, 2, dropout=0.5, variational_dropout=True, **options).double()
    layer.load_state_dict(theirs.state_dict())
    first, second = _halves(theirs)
    sequences = [torch.randn(length, I).double() for length in (6, 4, 1)]
    batch = PaddedBatch.from_list(sequences)
    if form == "dense":
        batch = PaddedBatch.full(batch.values)
    torch.manual_seed(5)
    packed = form == "packed"
    found = layer(pack_sequence(sequences))[0].data if packed else layer(batch)[0].values
    assert layer.backend == NATIVE
    torch.manual_seed(5)
    mask = torch.nn.functional.dropout(torch.ones(3, H).double(), 0.5)
    assert 0 < mask.count_nonzero() < mask.numel()
    rows = [second(first(row)[0] * mask[b])[0] for b, row in enumerate(batch.to_list())]
    expected = pack_sequence(rows).data if packed else PaddedBatch.from_list(rows).values
    torch.testing.assert_close(found, expected)
    layer.eval()
    torch.testing.assert_close(layer(batch.values[:1])[0], theirs(batch.values[:1])[0])


@pytest.mark.parametrize("learned_state", [False, True])
@pytest.mark.parametrize("backend", ["auto", "torch"])
def test_variational_dropout_keeps_a_row_s_mask_through_resets(
    backend: str, learned_state: bool
) -> None:
    layer = elman.nn.GRU(
        I, H, 2, dropout=0.5, variational_dropout=True, learned_state=learned_state
    ).double()
    _, theirs = make_pair("gru", I, H, 2)
    theirs.load_state_dict(layer.state_dict(), strict=not learned_state)
    first, second = _halves(theirs)
    lengths, resets = torch.tensor([2, T, 0, 5]), torch.zeros(4, T, dtype=torch.bool)
    resets[1, 2] = resets[1, 3] = resets[3, 4] = True
    x = torch.randn(4, T, I).double()
    torch.manual_seed(5)
    with elman.nn.backend(backend):
        found = layer(PaddedBatch(x, lengths, resets))[0].to_list()
    torch.manual_seed(5)
    mask = torch.nn.functional.dropout(torch.ones(4, H).double(), 0.5)
    for b, pieces in enumerate(([(0, 2)], [(0, 2), (2, 3), (3, 6)], [], [(0, 4), (4, 5)])):
        expected = [second(first(x[b, i:j])[0] * mask[b])[0] for i, j in pieces]
        torch.testing.assert_close(found[b], torch.cat([x.new_zeros(0, H), *expected]))


def test_variational_dropout_masks_rows_not_places_in_a_packed_sequence() -> None:
    layer = elman.nn.GRU(I, H, 2, dropout=0.5, variational_dropout=True).double()
    sequences = [torch.randn(length, I).double() for length in (1, 4, 6)]
    torch.manual_seed(5)
    packed, _ = layer(pack_sequence(sequences, enforce_sorted=False))
    torch.manual_seed(5)
    padded, _ = layer(PaddedBatch.from_list(sequences))
    for found, expected in zip(unpack_sequence(packed), padded.to_list(), strict=True):
        torch.testing.assert_close(found, expected)


def _halves(layer: Any) -> tuple[Any, Any]:
    """The two layers of a two-layer network, apart."""
    halves = []
    for index, width in enumerate((I, H)):
        options = {"nonlinearity": layer.nonlinearity} if isinstance(layer, torch.nn.RNN) else {}
        half = type(layer)(width, H, **options).double()
        weights = {name: layer.get_parameter(name[:-1] + str(index)) for name in half.state_dict()}
        half.load_state_dict({name: weight.detach() for name, weight in weights.items()})
        halves.append(half)
    return halves[0], halves[1]


def test_variational_dropout_runs_on_torch_s_operators_too() -> None:
    layer = elman.nn.GRU(I, H, 2, dropout=0.5, variational_dropout=True).double()
    x = torch.randn(T, B, I).double()
    results = []
    for name in ("auto", "torch"):
        with elman.nn.backend(name):
            results.append(gradients(layer, x, None, seed=1))
    torch.testing.assert_close(*results)


def test_a_layer_with_extras_copies_and_saves_them() -> None:
    layer = elman.nn.LSTM(I, H, 2, learned_state=True, layer_norm=True)
    torch.nn.init.normal_(layer.initial_h)
    x = torch.randn(T, B, I)
    torch.testing.assert_close(copy.deepcopy(layer)(x), layer(x))
    twin = elman.nn.LSTM(I, H, 2, learned_state=True, layer_norm=True)
    twin.load_state_dict(layer.state_dict())
    torch.testing.assert_close(twin(x), layer(x))


def test_extras_show() -> None:
    layer = elman.nn.GRU(I, H, 2, learned_state=True, layer_norm=True)
    assert repr(layer) == "GRU(4, 5, num_layers=2, learned_state=True, layer_norm=True)"


def test_a_layer_with_extras_keeps_torch_s_errors() -> None:
    layer = elman.nn.GRU(I, H, layer_norm=True)
    with pytest.raises(RuntimeError, match=r"must be equal to input_size\. Expected 4, got 9"):
        layer(torch.zeros(T, B, 9))


@pytest.mark.parametrize("extra", ["layer_norm", "variational_dropout"])
def test_extras_that_projection_rules_out_are_refused(extra: str) -> None:
    with pytest.raises(ConfigError, match=f"LSTM: `proj_size` must be 0 with {extra}=True, got 2"):
        elman.nn.LSTM(I, H, proj_size=2, **{extra: True})


def test_a_layer_with_extras_cannot_be_scripted() -> None:
    model = torch.nn.Sequential(elman.nn.GRU(I, H, layer_norm=True))
    with (
        pytest.raises(BackendError, match="GRU: must have no extras"),
        pytest.warns(DeprecationWarning, match="script"),
    ):
        torch.jit.script(model)
