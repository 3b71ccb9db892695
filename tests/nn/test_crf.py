"""The CRF against all labellings, written out one by one."""

import itertools

import pytest
import torch
from torch import Tensor

from elman.errors import ShapeError
from elman.nn.crf import CRF
from elman.sequences import PaddedBatch

K = 3


def crf(scale: float = 1.0) -> CRF:
    torch.manual_seed(0)
    field = CRF(K).double()
    for parameter in field.parameters():
        torch.nn.init.normal_(parameter, std=scale)
    return field


def emissions(lengths: list[int], scale: float = 1.0) -> PaddedBatch:
    torch.manual_seed(1)
    values = scale * torch.randn(len(lengths), max(lengths), K, dtype=torch.float64)
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    values[~mask] = float("nan")  # which whoever reads it would spread
    return PaddedBatch(values, torch.tensor(lengths))


def every_path(field: CRF, e: Tensor) -> dict[tuple[int, ...], float]:
    """The score of every labelling of one sequence (T, K)."""
    scores = {}
    for path in itertools.product(range(K), repeat=len(e)):
        score = sum(e[t, y] for t, y in enumerate(path)) if path else torch.zeros(())
        if path:
            score = score + field.start[path[0]] + field.end[path[-1]]
        for a, b in itertools.pairwise(path):
            score = score + field.transitions[a, b]
        scores[path] = score.item()
    return scores


@pytest.mark.parametrize("scale", [1.0, 30.0])  # the second is beyond what the product bears
@pytest.mark.parametrize("T", [1, 2, 3, 4, 5])
def test_agrees_with_all_labellings(T: int, scale: float) -> None:
    field, batch = crf(scale), emissions([T, max(1, T - 2), T], scale)
    labels = torch.randint(K, (3, T))
    likelihood, partition = field.log_likelihood(batch, labels), field.log_partition(batch)
    best, score = field.decode(batch)
    marginals = field.marginals(batch)
    messages = field.forward_messages(batch)
    for b, e in enumerate(batch.to_list()):
        paths, n = every_path(field, e), len(e)
        log_z = torch.tensor(list(paths.values()), dtype=torch.float64).logsumexp(0)
        torch.testing.assert_close(partition[b], log_z)
        own = tuple(labels[b, :n].tolist())
        torch.testing.assert_close(likelihood[b], paths[own] - log_z)
        assert tuple(best[b, :n].tolist()) == max(paths, key=lambda path: paths[path])
        assert score[b].item() == pytest.approx(max(paths.values()), rel=1e-6)
        assert best[b, n:].eq(0).all() and marginals[b, n:].eq(0).all()
        for t, k in itertools.product(range(n), range(K)):
            p = sum((s - log_z).exp() for y, s in paths.items() if y[t] == k)
            torch.testing.assert_close(marginals[b, t, k], p)
        torch.testing.assert_close(torch.logsumexp(messages[-1][b] + field.end, 0), partition[b])


def test_gradients() -> None:
    field, batch = crf(), emissions([4, 2, 0, 1])
    batch = batch.with_values(batch.values.nan_to_num())
    labels = torch.randint(K, (4, 4))

    def loss(values: Tensor, *weights: Tensor) -> Tensor:
        names = ("transitions", "start", "end")
        parameters = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(
            _Likelihood(field),
            {f"field.{k}": v for k, v in parameters.items()},
            (batch.with_values(values), labels),
        )

    inputs = [batch.values.clone().requires_grad_()]
    inputs += [getattr(field, name) for name in ("transitions", "start", "end")]
    assert torch.autograd.gradcheck(loss, inputs)


class _Likelihood(torch.nn.Module):
    def __init__(self, field: CRF) -> None:
        super().__init__()
        self.field = field

    def forward(self, batch: PaddedBatch, labels: Tensor) -> Tensor:
        return self.field.log_likelihood(batch, labels)


def test_both_ways_to_step_agree_with_their_gradients() -> None:
    from elman.nn.crf import _Exact, _Product

    found = []
    for kind in (_Exact, _Product):
        transitions = crf().transitions.detach().requires_grad_()
        alpha = emissions([2, 2]).values[:, 0].requires_grad_()
        out = kind(transitions)(alpha)
        found.append((out.detach(), *torch.autograd.grad(out.square().sum(), (alpha, transitions))))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)


def test_padding_gets_no_gradient_and_spreads_nothing() -> None:
    field, batch = crf(), emissions([3, 1])
    values = batch.values.clone().requires_grad_()
    field.log_likelihood(batch.with_values(values), torch.zeros(2, 3).long()).sum().backward()
    assert values.grad is not None
    assert values.grad[1, 1:].eq(0).all() and values.grad[1, 0].ne(0).any()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in field.parameters())


def test_an_empty_sequence_is_certain() -> None:
    batch = PaddedBatch(torch.randn(2, 0, K).double(), torch.zeros(2).long())
    field = crf()
    assert field.log_likelihood(batch, torch.zeros(2, 0).long()).tolist() == [0.0, 0.0]
    labels, score = field.decode(batch)
    assert labels.shape == (2, 0) and score.tolist() == [0.0, 0.0]


def test_it_learns_what_follows_what() -> None:
    """Emissions say nothing: only the order of labels is there to be learned."""
    torch.manual_seed(0)
    field, labels = CRF(K), torch.tensor([[0, 1, 2, 0, 1, 2]])
    batch = PaddedBatch.full(torch.zeros(1, 6, K))
    optimizer = torch.optim.Adam(field.parameters(), 0.1)
    for _ in range(60):
        optimizer.zero_grad()
        loss = -field.log_likelihood(batch, labels).sum()
        loss.backward()
        optimizer.step()
    assert field.decode(batch)[0].tolist() == labels.tolist()


def test_faults_are_named() -> None:
    with pytest.raises(ShapeError, match=r"decode: `emissions` must have shape \(B, T, K=3\)"):
        CRF(3).decode(PaddedBatch.full(torch.zeros(1, 2, 4)))
    batch = PaddedBatch.full(torch.zeros(1, 2, 3))
    with pytest.raises(ShapeError, match=r"`labels` must have shape \(B=1, T=2\), got \(1, 3\)"):
        CRF(3).log_likelihood(batch, torch.zeros(1, 3).long())
