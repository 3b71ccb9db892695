"""Contexts read anew, against each of them written out by hand."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from elman.errors import DataError, ShapeError
from elman.inspect.preparing import prepare
from elman.inspect.truncation import choose_places, is_causal, measure_truncated
from elman.sequences import PaddedBatch


class Network(nn.Module):
    """An embedding, a recurrent layer and a head; one output a step, or after the last."""

    def __init__(self, kind=nn.LSTM, *, last=False, fixed=False, **options) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, 6)
        self.layer = kind(6, 7, batch_first=True, **options)
        self.head = nn.Linear(14 if options.get("bidirectional") else 7, 5)
        self.flat = nn.Linear(7 * 12, 5) if fixed else None
        self.last = last

    def forward(self, x):
        output, _ = self.layer(self.embedding(x))
        if self.flat is not None:
            return self.flat(output.flatten(1))
        return self.head(output[:, -1] if self.last else output)


def ids(B, T, seed=0):
    return torch.randint(5, (B, T), generator=torch.Generator().manual_seed(seed))


def measure(model, data, longest, positions=10_000):
    subject = prepare("memory_horizon", model, data)
    with subject.evaluating(), torch.no_grad():
        places = choose_places(subject, longest, positions, 0)
        return places, measure_truncated(subject, places, longest)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_every_context_is_read_as_a_sequence_of_its_own(kind) -> None:
    model, x, y = Network(kind, num_layers=2), ids(3, 12), ids(3, 12, seed=1)
    places, found = measure(model, (x, y), 4)
    expected, full = [], []
    with torch.no_grad():
        for row, step in zip(places[0].rows.tolist(), places[0].steps.tolist(), strict=True):
            said = model(x[row : row + 1, : step + 1])[0, -1]
            cut = [model(x[row : row + 1, step - n + 1 : step + 1])[0, -1] for n in range(1, 5)]
            losses = [nn.functional.cross_entropy(o, y[row, step]) for o in [said, *cut]]
            full.append(losses[0])
            expected.append(torch.stack(losses[1:]) - losses[0])
    assert len(found.extra) == 3 * 7  # steps 5 to 11, which have more than four before them
    assert_close(found.extra, torch.stack(expected).double(), rtol=0, atol=1e-6)
    assert_close(found.full, torch.stack(full).double(), rtol=0, atol=1e-6)


def test_a_network_that_looks_ahead_keeps_what_comes_after() -> None:
    model, x, y = Network(bidirectional=True), ids(2, 10), ids(2, 10, seed=1)
    places, found = measure(model, (x, y), 3)
    expected = []
    with torch.no_grad():
        for row, step in zip(places[0].rows.tolist(), places[0].steps.tolist(), strict=True):
            said = model(x[row : row + 1])[0, step]
            cut = [model(x[row : row + 1, step - n + 1 :])[0, n - 1] for n in range(1, 4)]
            losses = [nn.functional.cross_entropy(o, y[row, step]) for o in [said, *cut]]
            expected.append(torch.stack(losses[1:]) - losses[0])
    assert_close(found.extra, torch.stack(expected).double(), rtol=0, atol=1e-6)


def test_one_output_a_sequence_is_judged_at_its_end() -> None:
    model, x = Network(last=True), ids(6, 9)
    y = torch.tensor([0, 1, 2, 3, 4, 0])
    places, found = measure(model, (x, y), 8)
    assert places[0].steps.tolist() == [8] * 6
    with torch.no_grad():
        losses = [
            nn.functional.cross_entropy(model(x[:, 9 - n :]), y, reduction="none")
            for n in range(1, 10)
        ]
    expected = torch.stack([each - losses[-1] for each in losses[:-1]], dim=1)
    assert_close(found.extra, expected.double(), rtol=0, atol=1e-6)


def test_without_targets_the_change_of_the_output_is_measured() -> None:
    model, x = Network(last=True), ids(6, 9)
    _, found = measure(model, x, 8)
    with torch.no_grad():
        full = model(x)
        variance = (full - full.mean(0)).square().sum(1).mean()
        expected = [(model(x[:, 9 - n :]) - full).square().sum(1) / variance for n in range(1, 9)]
    assert_close(found.extra, torch.stack(expected, dim=1).double(), rtol=1e-4, atol=1e-6)
    assert found.full.tolist() == [0.0] * 6


def test_padding_is_never_looked_at() -> None:
    """The layer itself, which takes lengths: short sequences count for what they hold."""
    from elman.nn import GRU

    model, long = GRU(2, 4, batch_first=True), torch.randn(3, 12, 2)
    short = torch.randn(8, 2)
    both = PaddedBatch.from_list([*long, short])
    padded = PaddedBatch(both.values.nan_to_num(), both.lengths)
    places, found = measure(model, padded, 3)
    assert int(places[0].steps[places[0].rows == 3].max()) == 7
    alone = [measure(model, rows, 3) for rows in (long, short[None])]
    kept = torch.cat([where[0].steps >= 5 for where, _ in alone])
    assert kept.sum() == len(found.extra)
    with torch.no_grad():
        whole, _ = model(short[None])
        cut, _ = model(short[None, 5:8])
    change = (cut[0, -1] - whole[0, -1]).square().sum()
    ratio = found.extra[(places[0].rows == 3) & (places[0].steps == 7)][0, 2] / change.double()
    others = found.extra[(places[0].rows == 0) & (places[0].steps == 9)][0, 2]
    with torch.no_grad():
        far = model(long[:1, 7:10])[0][0, -1] - model(long[:1])[0][0, 9]
    assert_close(others, ratio * far.square().sum().double(), rtol=1e-4, atol=1e-6)


def test_places_are_drawn_by_the_seed_and_in_order() -> None:
    subject = prepare("memory_horizon", Network(), [ids(20, 30), ids(20, 30, seed=1)])
    first, again, other = (choose_places(subject, 5, 50, seed) for seed in (1, 1, 2))
    assert sum(len(places.rows) for places in first) == 50
    assert all(a.steps.equal(b.steps) for a, b in zip(first, again, strict=True))
    assert any(not a.steps.equal(b.steps) for a, b in zip(first, other, strict=True))
    for places in first:
        assert int(places.steps.min()) >= 14  # half-way in, where there are not 20 steps to spare
        assert (places.rows.diff() >= 0).all()


def test_tells_which_networks_look_ahead() -> None:
    for model, causal in ((Network(), True), (Network(bidirectional=True), False)):
        subject = prepare("memory_horizon", model, ids(4, 10))
        with subject.evaluating(), torch.no_grad():
            assert is_causal(subject) is causal


def test_faults_are_refused() -> None:
    with pytest.raises(DataError, match="must have at least 21 steps to look 20 back, got 12"):
        measure(Network(), (ids(2, 12), ids(2, 12)), 20)
    with pytest.raises(ShapeError, match="must take sequences of any length, got one that refuses"):
        measure(Network(fixed=True), (ids(8, 12), torch.zeros(8, dtype=torch.int64)), 4)
