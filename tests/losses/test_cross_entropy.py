import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from elman.errors import ChoiceError, ConfigError, ShapeError
from elman.losses import cross_entropy
from elman.losses.cross_entropy import (
    chunked_cross_entropy,
    plain_cross_entropy,
    token_log_probabilities,
)

NAMES = ("features", "weight", "bias")


def problem(n=13, e=5, v=11, dtype=torch.float64, seed=0, scale=1.0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, e, generator=g, dtype=dtype) * scale
    w = torch.randn(v, e, generator=g, dtype=dtype)
    b = torch.randn(v, generator=g, dtype=dtype)
    t = torch.randint(v, (n,), generator=g)
    return x.requires_grad_(), w.requires_grad_(), b.requires_grad_(), t


def gradients(loss, inputs):
    return dict(zip(NAMES, torch.autograd.grad(loss, inputs, allow_unused=True), strict=False))


@given(
    n=st.integers(1, 20),
    e=st.integers(1, 9),
    v=st.integers(1, 40),
    chunk_rows=st.none() | st.integers(1, 25),
    reduction=st.sampled_from(["mean", "sum"]),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    upstream=st.sampled_from([1.0, -2.5]),
    seed=st.integers(0, 100),
)
def test_loss_and_every_gradient_agree_with_torch(
    n, e, v, chunk_rows, reduction, dtype, upstream, seed
):
    x, w, b, t = problem(n, e, v, dtype, seed)
    ours = chunked_cross_entropy(x, w, b, t, reduction=reduction, chunk_rows=chunk_rows)
    torchs = F.cross_entropy(F.linear(x, w, b), t, reduction=reduction)
    torch.testing.assert_close(ours, torchs)
    expected = gradients(upstream * torchs, (x, w, b))
    for name, gradient in gradients(upstream * ours, (x, w, b)).items():
        # the weight's and bias's gradients are sums of n products in another order than torch's
        slack = {"rtol": 1.3e-6 * n, "atol": 1e-5} if dtype == torch.float32 else {}
        torch.testing.assert_close(
            gradient, expected[name], msg=lambda m, n=name: f"{n}: {m}", **slack
        )


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weights_count_rows_and_zero_leaves_them_out(masked, reduction):
    x, w, b, t = problem()
    weights = torch.rand(13).double()
    weights[[2, 5]] = 0
    if masked:
        weights = weights > 0.4
    ours = chunked_cross_entropy(x, w, b, t, weights=weights, reduction=reduction, chunk_rows=4)
    losses = F.cross_entropy(F.linear(x, w, b), t, reduction="none") * weights
    torchs = losses.sum() / (weights.sum() if reduction == "mean" else 1)
    torch.testing.assert_close(ours, torchs)
    expected = gradients(torchs, (x, w, b))
    for name, gradient in gradients(ours, (x, w, b)).items():
        torch.testing.assert_close(gradient, expected[name], msg=lambda m, n=name: f"{n}: {m}")


def test_what_a_row_of_weight_zero_holds_is_not_read():
    x, w, b, t = problem(4)
    with torch.no_grad():
        x[1] = math.nan
    t[1] = 0
    mask = torch.tensor([True, False, True, True])
    loss = chunked_cross_entropy(x, w, b, t, weights=mask)
    loss.backward()
    assert torch.isfinite(loss)
    assert (x.grad[1] == 0).all()
    assert torch.isfinite(w.grad).all()


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_no_weight_at_all_teaches_nothing(reduction):
    x, w, b, t = problem(3)
    for rows, weights in ((3, torch.zeros(3)), (0, None)):
        loss = chunked_cross_entropy(x[:rows], w, b, t[:rows], weights=weights, reduction=reduction)
        for gradient in gradients(loss, (x, w, b)).values():
            assert (gradient == 0).all()
        assert loss == 0


def test_gradients_pass_gradcheck_and_second_derivatives_gradgradcheck():
    x, w, b, t = problem(5, 3, 7)
    weights = torch.tensor([1.0, 0.5, 0.0, 2.0, 1.0])

    def loss(x, w, b):
        return chunked_cross_entropy(x, w, b, t, weights=weights, chunk_rows=2)

    assert torch.autograd.gradcheck(loss, (x, w, b))
    assert torch.autograd.gradgradcheck(loss, (x, w, b))


def test_double_backward_gives_the_penalty_gradient_of_torch():
    def penalty_gradient(loss_of):
        x, w, b, t = problem()
        (dx,) = torch.autograd.grad(loss_of(x, w, b, t), x, create_graph=True)
        return torch.autograd.grad(dx.square().sum(), (x, w, b))

    ours = penalty_gradient(lambda x, w, b, t: 3 * chunked_cross_entropy(x, w, b, t, chunk_rows=4))
    torchs = penalty_gradient(lambda x, w, b, t: 3 * F.cross_entropy(F.linear(x, w, b), t))
    for name, mine, theirs in zip(NAMES, ours, torchs, strict=True):
        torch.testing.assert_close(mine, theirs, msg=lambda m, n=name: f"{n}: {m}")


def test_backward_twice_through_a_retained_graph_adds_up():
    x, w, b, t = problem()
    loss = 2 * chunked_cross_entropy(x, w, b, t)
    loss.backward(retain_graph=True)
    once = [p.grad.clone() for p in (x, w, b)]
    loss.backward()
    for p, first in zip((x, w, b), once, strict=True):
        torch.testing.assert_close(p.grad, 2 * first)


@pytest.mark.parametrize("learns", [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)])
def test_only_wanted_gradients_are_made(learns, monkeypatch):
    x, w, b, t = problem()
    made = []
    original = cross_entropy._losses_and_gradients

    def spy(*arguments):
        losses, found = original(*arguments)
        made.append(tuple(g is not None for g in found))
        return losses, found

    monkeypatch.setattr(cross_entropy, "_losses_and_gradients", spy)
    for tensor, learn in zip((x, w, b), learns, strict=True):
        tensor.requires_grad_(bool(learn))
    loss = chunked_cross_entropy(x, w, b, t)
    assert made == [tuple(map(bool, learns))]
    assert loss.requires_grad == any(learns)
    if any(learns):
        loss.backward()
        expected = F.cross_entropy(F.linear(x, w, b), t)
        for tensor in (x, w, b):
            if tensor.requires_grad:
                (theirs,) = torch.autograd.grad(expected, tensor, retain_graph=True)
                torch.testing.assert_close(tensor.grad, theirs)


def test_without_gradients_none_are_made(monkeypatch):
    x, w, b, t = problem()
    monkeypatch.setattr(cross_entropy, "_losses_and_gradients", None)
    with torch.no_grad():
        loss = chunked_cross_entropy(x, w, b, t)
    torch.testing.assert_close(loss, F.cross_entropy(F.linear(x, w, b), t).detach())


def test_without_a_bias():
    x, w, _, t = problem()
    ours, torchs = chunked_cross_entropy(x, w, None, t), F.cross_entropy(F.linear(x, w), t)
    torch.testing.assert_close(ours, torchs)
    for mine, theirs in zip(
        torch.autograd.grad(ours, (x, w)), torch.autograd.grad(torchs, (x, w)), strict=True
    ):
        torch.testing.assert_close(mine, theirs)


def test_tied_weights_gather_both_gradients():
    def gradient(loss_of):
        _, w, b, t = problem()
        tokens = t.flip(0)
        loss_of(torch.tanh(F.embedding(tokens, w)), w, b, t).backward()
        return w.grad

    torch.testing.assert_close(
        gradient(chunked_cross_entropy),
        gradient(lambda x, w, b, t: F.cross_entropy(F.linear(x, w, b), t)),
    )


def test_the_weights_gradient_is_handed_over_and_can_be_accumulated():
    x, w, b, t = problem(dtype=torch.float32, e=16)
    chunked_cross_entropy(x, w, b, t).backward()
    first = w.grad.clone()
    assert w.grad.stride() == w.stride()
    chunked_cross_entropy(x, w, b, t).backward()
    torch.testing.assert_close(w.grad, 2 * first)


@pytest.mark.parametrize("scale", [1e3, 1e-30])
def test_extreme_logits_stay_finite(scale):
    x, w, b, t = problem(dtype=torch.float32, scale=scale)
    loss = chunked_cross_entropy(x, w, b, t)
    torch.testing.assert_close(loss, F.cross_entropy(F.linear(x, w, b), t))
    assert all(torch.isfinite(g).all() for g in gradients(loss, (x, w, b)).values())


def test_not_a_number_passes_through():
    x, w, b, t = problem()
    with torch.no_grad():
        x[3, 2] = math.nan
    assert torch.isnan(chunked_cross_entropy(x, w, b, t))


def test_a_word_made_impossible_by_its_bias_is_never_taught():
    x, w, b, t = problem(v=12)
    t.clamp_(max=10)
    with torch.no_grad():
        b[11] = -math.inf
    loss = chunked_cross_entropy(x, w, b, t)
    torch.testing.assert_close(loss, F.cross_entropy(F.linear(x, w, b), t))
    assert (gradients(loss, (x, w, b))["weight"][11] == 0).all()


def test_never_more_logits_than_a_chunk(monkeypatch):
    seen = []
    original = cross_entropy.losses_in_place

    def spy(scores, *arguments):
        seen.append(len(scores))
        return original(scores, *arguments)

    monkeypatch.setattr(cross_entropy, "losses_in_place", spy)
    x, w, b, t = problem(n=4000, e=2, v=5000, dtype=torch.float32)
    chunked_cross_entropy(x, w, b, t)
    assert seen == [1334, 1334, 1332]
    chunked_cross_entropy(x[:10], w, b, t[:10], chunk_rows=4)
    assert seen[3:] == [4, 4, 2]


@pytest.mark.parametrize("chunk_rows", [None, 1, 4, 100])
def test_token_log_probabilities_agree_with_torch(chunk_rows):
    x, w, b, t = problem()
    found = token_log_probabilities(x, w, b, t, chunk_rows)
    expected = F.linear(x, w, b).log_softmax(1).gather(1, t[:, None]).squeeze(1)
    torch.testing.assert_close(found, expected.detach())
    assert not found.requires_grad


def test_the_slow_twin_means_the_same():
    x, w, b, t = problem()
    shares = torch.full((13,), 1 / 13, dtype=torch.float64)
    torch.testing.assert_close(
        plain_cross_entropy(x, w, b, t, shares), chunked_cross_entropy(x, w, b, t)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"features": torch.zeros(13)},
            r"`features` must be \(N, E\) in float32 or float64, got \(13,\)",
        ),
        ({"features": torch.zeros(13, 5).long()}, "in int64"),
        (
            {"weight": torch.zeros(11, 4).double()},
            r"`weight` must be \(V, E=5\) in float64, got \(11, 4\)",
        ),
        ({"weight": torch.zeros(11, 5)}, "in float64, got .* in float32"),
        ({"bias": torch.zeros(12).double()}, r"`bias` must be \(V=11,\) in float64, got \(12,\)"),
        ({"targets": torch.zeros(12).long()}, r"`targets` must be \(N=13,\) in int64, got \(12,\)"),
        ({"targets": torch.zeros(13)}, "in float32"),
        ({"targets": torch.arange(13)}, "`targets` must lie in 0 … 10, got 11 in row 11"),
        ({"targets": -torch.ones(13).long()}, "`targets` must lie in 0 … 10, got -1 in row 0"),
        ({"weights": torch.ones(3)}, r"`weights` must be \(N=13,\), got \(3,\)"),
        ({"weights": -torch.ones(13)}, "`weights` must not be negative, got -1.0 in row 0"),
        ({"weights": torch.ones(13, requires_grad=True)}, "without gradient"),
    ],
)
def test_misfits_are_named(change, message):
    arguments = dict(zip(("features", "weight", "bias", "targets"), problem(), strict=True))
    with pytest.raises(ShapeError, match=message):
        chunked_cross_entropy(**(arguments | change))
    if "weights" not in change:
        with pytest.raises(ShapeError, match=message):
            token_log_probabilities(**(arguments | change))


def test_absurd_options_are_refused():
    with pytest.raises(ChoiceError, match="`reduction` must be one of 'mean', 'sum'; got 'avg'"):
        chunked_cross_entropy(*problem(), reduction="avg")
    with pytest.raises(ConfigError, match="`chunk_rows` must be at least 1, got 0"):
        chunked_cross_entropy(*problem(), chunk_rows=0)


@pytest.mark.parametrize("rows", [300, 100])  # as many as the core sums up itself, and too few
def test_large_products_give_the_gradients_of_float64(rows):
    x, w, b, t = problem(n=2 * rows + 7, e=320, v=1100, dtype=torch.float32, scale=0.1)
    exact = [tensor.detach().double().requires_grad_() for tensor in (x, w, b)]
    expected = gradients(F.cross_entropy(F.linear(*exact), t), exact)
    found = gradients(chunked_cross_entropy(x, w, b, t, chunk_rows=rows), (x, w, b))
    for name, gradient in found.items():
        torch.testing.assert_close(gradient.double(), expected[name], rtol=1e-4, atol=1e-6)


def test_gradients_keep_their_type_under_autocast():
    x, w, b, t = problem(dtype=torch.float32)
    expected = gradients(chunked_cross_entropy(x, w, b, t), (x, w, b))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = gradients(chunked_cross_entropy(x, w, b, t), (x, w, b))
    for name, gradient in found.items():
        assert torch.equal(gradient, expected[name])
