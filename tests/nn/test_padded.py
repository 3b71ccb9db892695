"""Layers on padded batches: lengths, resets, carried state; natively and on torch's operators."""

import itertools
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.nn.pairs import KINDS, NATIVE, make_pair, make_state, on_torch
from torch import Tensor

import elman.nn
from elman.errors import ShapeError
from elman.nn import Backend
from elman.sequences import PaddedBatch

I, H = 3, 4
BACKENDS = ("auto", "torch")


def _state(layer: Any, B: int) -> tuple[Tensor, ...]:
    state = make_state(layer, B)
    return state if isinstance(state, tuple) else (state,)


@st.composite
def batches(draw: Any, resets: bool = False) -> PaddedBatch:
    """Any small batch, zero lengths and resets in odd places included."""
    B, T = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    lengths = draw(st.lists(st.integers(0, T), min_size=B, max_size=B))
    seed = draw(st.integers(0, 99))
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(B, T, I, dtype=torch.float64, generator=generator)
    marks = torch.rand(B, T, generator=generator) < 0.3 if resets else None
    return PaddedBatch(values, torch.tensor(lengths), marks)


def _by_hand(
    layer: Any, batch: PaddedBatch, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The definition: each row by itself, cut at its resets, by a plain torch layer."""
    D = 1 + layer.bidirectional
    output = torch.zeros(*batch.values.shape[:2], D * H, dtype=torch.float64)
    last = [part.detach().clone() for part in state]
    for b, row in enumerate(batch.to_list()):
        marks = [] if batch.resets is None else batch.resets[b, : len(row)].nonzero()[:, 0].tolist()
        cuts = [0, *(t for t in marks if t > 0), len(row)]
        carried = [part[:, b].detach().clone() for part in state]
        for start, stop in itertools.pairwise(cuts):
            if start == stop:
                continue
            entering = [torch.zeros_like(part) for part in carried]
            for entered, part in zip(entering, carried, strict=True):
                if start == 0 and 0 not in marks:
                    entered[::D] = part[::D]
                if D == 2 and stop == len(row):
                    entered[1::2] = part[1::2]
            hx = tuple(entering) if len(entering) > 1 else entering[0]
            out, end = layer(row[start:stop], hx)
            output[b, start:stop] = out
            for kept, e in zip(last, end if isinstance(end, tuple) else (end,), strict=True):
                if stop == len(row):
                    kept[::D, b] = e[::D]
                if D == 2 and start == 0:
                    kept[1::2, b] = e[1::2]
    return output, tuple(last)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("name", BACKENDS)
@given(batch=batches(resets=True))
def test_equals_each_sequence_by_itself(
    kind: str, both: bool, name: str, batch: PaddedBatch
) -> None:
    ours, theirs = make_pair(kind, I, H, bidirectional=both)
    state = _state(ours, len(batch.values))
    with elman.nn.backend(name), torch.no_grad():
        output, last = ours(batch, state)
        expected, expected_last = _by_hand(theirs, batch, state)
    torch.testing.assert_close(output.values, expected)
    torch.testing.assert_close(last, expected_last)
    assert torch.equal(output.lengths, batch.lengths)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("learned", [False, True])
@given(batch=batches(resets=True))
def test_both_backends_give_the_same_gradients(
    kind: str, learned: bool, batch: PaddedBatch
) -> None:
    layer, _ = make_pair(kind, I, H, 2, bidirectional=True)
    if learned:
        with_start = type(layer)(I, H, 2, bidirectional=True, learned_state=True).double()
        with_start.load_state_dict(layer.state_dict(), strict=False)
        layer = with_start
        torch.nn.init.normal_(layer.initial_h)
    state = _state(layer, len(batch.values))
    wanted = {"x": batch.values.requires_grad_(), **dict(enumerate(state))}
    wanted |= dict(layer.named_parameters())
    results = []
    for name in BACKENDS:
        with elman.nn.backend(name):
            output, last = layer(batch, state)
        parts = (output.values, *last)
        loss = sum((part * torch.arange(part.numel()).view_as(part)).sum() for part in parts)
        slopes = torch.autograd.grad(loss, list(wanted.values()), materialize_grads=True)
        results.append(dict(zip(wanted, slopes, strict=True)))
    torch.testing.assert_close(*results, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@given(batch=batches(resets=True))
def test_padding_never_changes_real_steps_nor_gets_gradients(kind: str, batch: PaddedBatch) -> None:
    layer, _ = make_pair(kind, I, H, 2, bidirectional=True)
    spoiled = batch.values.masked_fill(~batch.mask[..., None], float("nan")).requires_grad_()
    output, last = layer(batch)
    other, other_last = layer(batch.with_values(spoiled))
    assert torch.equal(other.values, output.values)
    assert not other.values[~batch.mask].any()
    torch.testing.assert_close(other_last, last, rtol=0, atol=0)
    if batch.mask.any():
        (slope,) = torch.autograd.grad(other.values.sum(), spoiled)
        assert not slope[~batch.mask].any()
        assert not slope.isnan().any()


@pytest.mark.parametrize("kind", KINDS)
@given(batch=batches(resets=True), data=st.data())
def test_permuting_rows_permutes_results(
    kind: str, batch: PaddedBatch, data: st.DataObject
) -> None:
    layer, _ = make_pair(kind, I, H, bidirectional=True)
    order = data.draw(st.permutations(range(len(batch.values))))
    state = _state(layer, len(batch.values))
    output, last = layer(batch, state)
    shuffled = PaddedBatch(batch.values[order], batch.lengths[order], batch.resets[order])
    other, other_last = layer(shuffled, tuple(part[:, order] for part in state))
    torch.testing.assert_close(other.values, output.values[order])
    torch.testing.assert_close(other_last, tuple(part[:, order] for part in last))


@pytest.mark.parametrize("kind", KINDS)
@given(batch=batches(resets=True), data=st.data())
def test_two_windows_with_carried_state_equal_one(
    kind: str, batch: PaddedBatch, data: st.DataObject
) -> None:
    layer, _ = make_pair(kind, I, H, 2)
    cut = data.draw(st.integers(0, batch.values.shape[1]))
    whole, last = layer(batch)
    first = PaddedBatch(batch.values[:, :cut], batch.lengths.clamp(max=cut), batch.resets[:, :cut])
    second = PaddedBatch(
        batch.values[:, cut:], (batch.lengths - cut).clamp(min=0), batch.resets[:, cut:]
    )
    head, state = layer(first)
    tail, end = layer(second, state)
    torch.testing.assert_close(torch.cat([head.values, tail.values], 1), whole.values)
    torch.testing.assert_close(end, last)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch_first", [False, True])
def test_a_full_batch_equals_a_plain_tensor_whatever_batch_first(
    kind: str, batch_first: bool
) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True, batch_first=batch_first)
    x = torch.randn(2, 5, I, dtype=torch.float64)
    expected, last = theirs(x if batch_first else x.transpose(0, 1))
    for name in BACKENDS:
        with elman.nn.backend(name):
            output, state = ours(PaddedBatch.full(x))
        torch.testing.assert_close(
            output.values, expected if batch_first else expected.transpose(0, 1)
        )
        torch.testing.assert_close(state, last if isinstance(last, tuple) else (last,))
    assert output.is_full


@pytest.mark.parametrize("kind", KINDS)
def test_native_padded_calls_say_so(kind: str) -> None:
    layer, _ = make_pair(kind, I, H)
    layer(PaddedBatch(torch.randn(2, 5, I).double(), torch.tensor([5, 0])))
    assert layer.backend == NATIVE
    with elman.nn.backend("torch"):
        layer(PaddedBatch(torch.randn(2, 5, I).double(), torch.tensor([5, 0])))
    assert layer.backend == Backend("torch", 'asked for by backend("torch")')


@pytest.mark.parametrize("lengths", [[5, 3, 0], [5, 5, 5]])
def test_projections_read_padded_batches_too(lengths: list[int]) -> None:
    ours, theirs = make_pair("lstm", I, H, 2, proj_size=2, bidirectional=True)
    batch = PaddedBatch(torch.randn(3, 5, I).double(), torch.tensor(lengths))
    output, (h_n, c_n) = ours(batch)
    for b, row in enumerate(batch.to_list()):
        if len(row):
            expected, (h, c) = theirs(row)
            torch.testing.assert_close(output.to_list()[b], expected)
            torch.testing.assert_close((h_n[:, b], c_n[:, b]), (h, c))
    assert ours.backend == on_torch("proj_size is set")


def test_other_types_read_padded_batches_too() -> None:
    layer = elman.nn.GRU(I, H).bfloat16()
    resets = torch.tensor([[False, True, False]])
    output, _ = layer(PaddedBatch.full(torch.ones(1, 3, I, dtype=torch.bfloat16), resets))
    assert torch.equal(output.values[0, 0], output.values[0, 1])
    assert layer.backend == on_torch("dtype is bfloat16")


@pytest.mark.parametrize(("B", "T"), [(0, 3), (2, 0), (0, 0)])
def test_nothing_to_read_gives_nothing_and_keeps_the_state(B: int, T: int) -> None:
    layer = elman.nn.LSTM(I, H, 2, bidirectional=True)
    state = (torch.randn(4, B, H), torch.randn(4, B, H))
    output, last = layer(
        PaddedBatch(torch.zeros(B, T, I), torch.zeros(B, dtype=torch.int64)), state
    )
    assert output.values.shape == (B, T, 2 * H)
    assert all(torch.equal(a, b) for a, b in zip(last, state, strict=True))


def test_dropout_spares_padding_and_draws_as_torch_does() -> None:
    ours, theirs = make_pair("gru", I, H, 2, dropout=0.5)
    x = torch.randn(2, 5, I, dtype=torch.float64)
    torch.manual_seed(3)
    output, _ = ours(PaddedBatch.full(x))
    torch.manual_seed(3)
    torch.testing.assert_close(output.values, theirs(x.transpose(0, 1))[0].transpose(0, 1))


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_faults_are_named(name: str) -> None:
    layer = getattr(elman.nn, name)(I, H)
    batch = PaddedBatch.full(torch.zeros(2, 5, I))
    count = 2 if name == "LSTM" else 1
    with pytest.raises(ShapeError, match=rf"{name}\.forward: `x` must have shape \(B, T, I=3\)"):
        layer(batch.with_values(torch.zeros(2, 5, I + 1)))
    for device in ("cpu", "meta"):
        with pytest.raises(ShapeError, match=r"`x` must be torch\.float32 like the weights, got"):
            layer(batch.with_values(batch.values.double().to(device)))
    with pytest.raises(ShapeError, match=r"`state` must be a tuple of tensors, got Tensor"):
        layer(batch, torch.zeros(1, 2, H))
    with pytest.raises(
        ShapeError, match=r"`state` must have shapes .*\(1, 2, 4\).*got .*\(1, 3, 4\)"
    ):
        layer(batch, (torch.zeros(1, 3, H),) * count)


@pytest.mark.filterwarnings("ignore:LSTM with projections")  # torch says so of its own layer
@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("options", [{}, {"learned_state": True}, {"proj_size": 2}], ids=str)
def test_default_devices_do_not_leak_in(options: dict[str, Any], resets: bool) -> None:
    layer = elman.nn.LSTM(I, H, bidirectional=True, **options)
    marks = torch.rand(3, 6) < 0.4 if resets else None
    batch = PaddedBatch(torch.randn(3, 6, I), torch.tensor([4, 0, 6]), marks)
    expected, _ = layer(batch)
    with torch.device("meta"):
        found, _ = layer(batch)
    torch.testing.assert_close(found.values, expected.values)
