"""Saying and demanding what runs a layer."""

import threading

import pytest
import torch
from tests.nn.pairs import NATIVE, on_torch

import elman.nn
from elman.errors import BackendError, ChoiceError
from elman.kernels import native
from elman.nn import Backend


def test_a_layer_says_what_ran_it_last() -> None:
    layer = elman.nn.GRU(2, 3)
    assert layer.backend == Backend("", "has not run yet")
    layer(torch.zeros(2, 1, 2))
    assert layer.backend == NATIVE
    layer.to(torch.bfloat16)(torch.zeros(2, 1, 2, dtype=torch.bfloat16))
    assert layer.backend == on_torch("dtype is bfloat16")


def test_a_single_step_is_recorded_by_torch() -> None:
    layer, step = elman.nn.GRU(2, 3), torch.randn(1, 4, 2)
    recorded = layer(step)[0]
    assert layer.backend == on_torch("torch takes less time to record a single step")
    with torch.no_grad():
        torch.testing.assert_close(layer(step)[0], recorded)
    assert layer.backend == NATIVE
    with elman.nn.backend("native"):
        torch.testing.assert_close(layer(step)[0], recorded)
    layer.requires_grad_(False)(step)
    assert layer.backend == NATIVE
    packing = elman.nn.LSTM(2, 3)
    packing(step)
    assert packing.backend == NATIVE


def test_torch_can_be_demanded() -> None:
    layer = elman.nn.GRU(2, 3)
    with elman.nn.backend("torch"):
        layer(torch.zeros(2, 1, 2))
        assert layer.backend == Backend("torch", 'asked for by backend("torch")')
        with elman.nn.backend("auto"):
            layer(torch.zeros(2, 1, 2))
            assert layer.backend == NATIVE
    layer(torch.zeros(2, 1, 2))
    assert layer.backend == NATIVE


def test_a_demand_ends_with_its_block_even_by_an_error() -> None:
    layer = elman.nn.LSTM(2, 4, proj_size=3).double()
    with pytest.raises(BackendError), elman.nn.backend("native"):
        layer(torch.zeros(2, 1, 2).double())
    layer(torch.zeros(2, 1, 2).double())
    assert layer.backend == on_torch("proj_size is set")


def test_a_demand_holds_in_its_own_thread_only() -> None:
    layer, seen = elman.nn.GRU(2, 3), []

    def work() -> None:
        layer(torch.zeros(2, 1, 2))
        seen.append(layer.backend)

    with elman.nn.backend("torch"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [NATIVE]


def test_without_a_core_all_still_runs_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "available", lambda: (False, "no native core was built"))
    layer = elman.nn.GRU(2, 3)
    layer(torch.zeros(2, 1, 2))
    assert layer.backend == Backend("torch", "no native core was built")
    with elman.nn.backend("native"), pytest.raises(BackendError, match="no native core was built"):
        layer(torch.zeros(2, 1, 2))


def test_an_unknown_backend_is_refused() -> None:
    with (
        pytest.raises(
            ChoiceError, match=r"elman\.nn\.backend: `name` must be one of 'auto', 'native'"
        ),
        elman.nn.backend("nativ"),
    ):
        pass
