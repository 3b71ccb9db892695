"""Losses and gradients of scores agree with autograd's in float64, with the core and without."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from elman.kernels import cross_entropy, native
from elman.kernels.cross_entropy import losses_in_place

needs_core = pytest.mark.skipif(not native.available()[0], reason="no native core")


@pytest.fixture(params=[pytest.param("core", marks=needs_core), "torch"])
def side(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who computes."""
    if request.param == "torch":
        monkeypatch.setattr(cross_entropy, "available", lambda: (False, "left out"))


def problem(N: int, V: int, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    scores = 4 * torch.randn(N, V, generator=generator, dtype=torch.float64)
    bias = torch.randn(V, generator=generator, dtype=torch.float64)
    shares = torch.rand(N, generator=generator, dtype=torch.float64)
    targets = torch.randint(V, (N,), generator=generator)
    return scores.to(dtype), bias.to(dtype), targets, shares.to(dtype)


@pytest.mark.usefixtures("side")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sizes", [(1, 1), (3, 2), (50, 17), (130, 1001)])
@pytest.mark.parametrize("has_bias", [True, False])
def test_agrees_with_autograd(sizes: tuple[int, int], dtype: torch.dtype, has_bias: bool) -> None:
    scores, bias, targets, shares = problem(*sizes, dtype)
    z = scores.double().clone().requires_grad_()
    b = bias.double().clone().requires_grad_()
    exact = F.cross_entropy(z + b if has_bias else z + 0 * b, targets, reduction="none")
    torch.dot(exact, shares.double()).backward()
    given = bias if has_bias else None
    alone = losses_in_place(scores.clone(), given, targets)
    d_bias = torch.ones_like(bias)
    found = losses_in_place(scores, given, targets, shares, d_bias)
    close = {"rtol": 1e-5, "atol": 1e-5} if dtype is torch.float32 else {}
    torch.testing.assert_close(found.double(), exact.detach(), **close)
    torch.testing.assert_close(alone, found)
    torch.testing.assert_close(scores.double(), z.grad, **close)
    if has_bias:
        torch.testing.assert_close(d_bias.double(), 1 + b.grad, **close)


@pytest.mark.usefixtures("side")
def test_rows_and_arguments_may_have_gaps() -> None:
    scores, bias, targets, shares = problem(40, 30, torch.float32)
    wide = torch.zeros(40, 50)
    wide[:, :30] = scores
    apart = torch.stack([targets, targets], 1)[:, 0]
    spread = torch.stack([bias, bias], 1)[:, 0]
    expected = losses_in_place(scores, bias, targets, shares)
    assert torch.equal(losses_in_place(wide[:, :30], spread, apart, shares), expected)
    assert torch.equal(wide[:, :30], scores)
    assert not wide[:, 30:].any()


@pytest.mark.usefixtures("side")
def test_no_rows() -> None:
    assert losses_in_place(torch.empty(0, 5), None, torch.empty(0, dtype=torch.int64)).shape == (0,)


@needs_core
def test_bits_do_not_depend_on_threads() -> None:
    found = []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        scores, bias, targets, shares = problem(500, 700, torch.float32)
        d_bias = torch.zeros(700)
        losses = losses_in_place(scores, bias, targets, shares, d_bias)
        found.append((losses, scores, d_bias))
    assert all(map(torch.equal, *found))
