"""The closed list of uses, further: what is done to a layer around its calls."""

import copy
import inspect
import io
import pickle
import re
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from tests.nn.pairs import (
    KINDS,
    NATIVE,
    assert_same,
    make_pair,
    on_torch,
)
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import elman.nn
from elman.errors import BackendError

B, T, I, H = 3, 6, 4, 5


def _input(*shape: int) -> torch.Tensor:
    return torch.randn(shape or (T, B, I), dtype=torch.float64)


@pytest.mark.parametrize("kind", KINDS)
def test_hooks_of_every_kind_run(kind: str) -> None:
    seen: list[str] = []
    layer, _ = make_pair(kind, I, H)
    layer.register_forward_pre_hook(lambda *_: seen.append("before"))
    layer.register_forward_hook(lambda *_: seen.append("after"))
    layer.register_full_backward_hook(lambda *_: seen.append("backward"))
    layer.weight_hh_l0.register_hook(lambda grad: seen.append("weight") or grad * 0)
    layer(_input().requires_grad_())[0].sum().backward()
    assert sorted(seen) == ["after", "backward", "before", "weight"]
    assert not layer.weight_hh_l0.grad.any()


def _saved(layer: Any) -> Any:
    buffer = io.BytesIO()
    torch.save(layer, buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, copy.copy, _saved, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_give_the_same(kind: str, copied: Callable[[Any], Any]) -> None:
    layer, _ = make_pair(kind, I, H, 2)
    x = _input()
    expected = layer(x)[0]
    twin = copied(layer)
    assert type(twin) is type(layer)
    assert torch.equal(twin(x)[0], expected)
    assert twin.backend == NATIVE
    assert copied(twin).state_dict().keys() == layer.state_dict().keys()


def test_a_copy_trains_apart_from_its_original() -> None:
    layer, _ = make_pair("lstm", I, H)
    x, twin = _input(), copy.deepcopy(layer)
    before = layer(x)[0]
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.add_(1)
    assert torch.equal(layer(x)[0], before)
    assert not torch.equal(twin(x)[0], before)


def test_changed_weights_are_seen_at_once_even_through_data() -> None:
    ours, theirs = make_pair("gru", I, H)
    x = _input()
    ours(x)
    for layer in (ours, theirs):
        layer.weight_hh_l0.data.mul_(0.5)
        layer.bias_hh_l0.data = torch.ones(3 * H).double()
    torch.testing.assert_close(ours(x), theirs(x))


def test_moves_between_types_and_back() -> None:
    layer = elman.nn.LSTM(I, H)
    assert layer.double()(_input())[0].dtype == torch.float64
    assert layer.float()(_input().float())[0].dtype == torch.float32
    assert layer.backend == NATIVE
    layer.share_memory()
    layer.flatten_parameters()
    assert layer(_input().float())[0].shape == (T, B, H)


def test_dropout_may_change_between_calls() -> None:
    ours, theirs = make_pair("rnn_tanh", I, H, 2)
    for p in (0.0, 0.5, 1.0, 0.0):
        ours.dropout = theirs.dropout = p
        assert_same(ours, theirs, _input())


def test_packing_and_unpacking_round_a_call() -> None:
    ours, theirs = make_pair("gru", I, H, batch_first=True, bidirectional=True)
    x, lengths = _input(B, T, I), torch.tensor([2, 6, 5])
    results = []
    for layer in (ours, theirs):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, h_n = layer(packed)
        results.append((*pad_packed_sequence(output, batch_first=True), h_n))
    torch.testing.assert_close(*results)


def test_frees_what_it_kept_once_nothing_needs_it() -> None:
    layer, _ = make_pair("lstm", I, H)
    output, _ = layer(_input())
    alive = weakref.ref(output)
    loss = output.sum()
    del output
    loss.backward()
    del loss
    assert alive() is None


def test_signature_of_forward_is_torch_s() -> None:
    parameters = inspect.signature(elman.nn.GRU.forward).parameters.values()
    torchs = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    assert torchs == ["self", "input", "hx"]
    layer = elman.nn.GRU(I, H).double()
    assert layer(input=_input(), hx=torch.zeros(1, B, H).double())[0].shape == (T, B, H)


def test_a_demand_for_the_native_core_refuses_to_fall_back() -> None:
    layer = elman.nn.LSTM(I, H, proj_size=2)
    reason = re.escape(on_torch("proj_size is set").reason)
    with (
        elman.nn.backend("native"),
        pytest.raises(BackendError, match=rf"LSTM\.forward: must run natively .* {reason}"),
    ):
        layer(torch.zeros(T, B, I))
