import json
import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from elman.errors import ConfigError, DataError, ShapeError
from elman.inspect import recall
from elman.inspect.results import Result
from elman.sequences import PaddedBatch


class Linear:
    """h_t = A h_{t-1} + B x_t with one-hot x: what it holds is known in advance."""

    def __init__(self, recurrent, inputs) -> None:
        self.recurrent, self.inputs = recurrent, inputs

    def initial_state(self, batch_size):
        return (torch.zeros(1, batch_size, len(self.recurrent)),)

    def __call__(self, x, state=None, resets=None):
        (h,) = state or self.initial_state(len(x))
        for t in range(x.shape[1]):
            if resets is not None:
                h = torch.where(resets[:, t, None], 0.0, h)
            h = h @ self.recurrent.T + self.inputs[x[:, t]]
        return h[0, :, None], (h,)


def shift(symbols, steps, copies=1):
    """A register of `steps` inputs, each stored `copies` times, as a linear system."""
    size = symbols * steps
    recurrent = torch.zeros(size, size)
    recurrent[symbols:, :-symbols] = torch.eye(size - symbols)
    inputs = torch.zeros(symbols, size)
    inputs[:, :symbols] = torch.eye(symbols)
    return Linear(recurrent, inputs)


def draw(symbols, steps, seed=0):
    return torch.randint(symbols, (steps,), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("steps", [1, 3, 6])
def test_a_register_holds_its_length_and_nothing_more(steps) -> None:
    found = recall(shift(5, steps), draw(5, 20_000), vocabulary_size=5, lags=8)
    assert found.scores[:steps] == pytest.approx([1.0] * steps)
    assert found.scores[steps:] == pytest.approx([0.2] * (8 - steps), abs=0.03)
    assert found.chance == pytest.approx(0.2, abs=0.03)


def test_an_orthogonal_mixture_is_read_as_well_as_the_register() -> None:
    plain = shift(4, 3)
    mixing, _ = torch.linalg.qr(torch.randn(12, 12, generator=torch.Generator().manual_seed(1)))
    mixed = Linear(mixing @ plain.recurrent @ mixing.T, plain.inputs @ mixing.T)
    found = recall(mixed, draw(4, 8_000), vocabulary_size=4, lags=4)
    assert found.scores[:3] == pytest.approx([1.0] * 3)


def test_weights_are_those_of_ridge_regression() -> None:
    """Against the normal equations, on the very states and targets, written out."""
    model, ids, lags, penalty = shift(3, 2), draw(3, 320, seed=5), 2, 0.1
    found = recall(model, ids, vocabulary_size=3, lags=lags, penalty=penalty)
    rows = ids.reshape(4, 80)[:, :64]
    states, h = [], model.initial_state(4)
    for t in range(64):
        _, h = model(rows[:, t : t + 1], h)
        states.append(h[0][0])
    x = torch.cat(states[1:]).double()
    for lag in range(lags):
        y = torch.cat([torch.eye(3, dtype=torch.float64)[rows[:, t - lag]] for t in range(1, 64)])
        centred = x - x.mean(0)
        gram = centred.T @ centred
        weights = torch.linalg.solve(
            gram + penalty * gram.diagonal().diag(), centred.T @ (y - y.mean(0))
        )
        assert_close(found.probe.weights[lag], weights.float(), rtol=1e-4, atol=1e-5)
        bias = (y.mean(0) - x.mean(0) @ weights).float()
        assert_close(found.probe.bias[lag], bias, rtol=1e-4, atol=1e-5)


def test_reads_a_state_back() -> None:
    model, ids = shift(5, 3), draw(5, 12_000)
    probe = recall(model, ids, vocabulary_size=5, lags=5).probe
    _, state = model(torch.tensor([[4, 0, 2, 2, 1]]))
    readings = probe.read(state)
    assert [reading.id for reading in readings[:3]] == [1, 2, 2]
    assert [reading.lag for reading in readings] == [0, 1, 2, 3, 4]
    assert [reading.sure for reading in readings] == [True] * 3 + [False] * 2
    assert readings[0].confidence == 1.0


def test_confidence_is_how_often_such_readings_are_right() -> None:
    """A register that forgets its older half at random: sure where it can be, unsure elsewhere."""
    model, ids = shift(2, 2), draw(2, 30_000)
    blurred = Linear(model.recurrent, model.inputs)
    noise = torch.Generator().manual_seed(2)
    step = blurred.__call__

    class Noisy:
        initial_state = staticmethod(blurred.initial_state)

        def __call__(self, x, state=None, resets=None):
            outputs, (h,) = step(x, state, resets)
            h = h.clone()
            h[..., 2:] += 0.7 * torch.randn(h[..., 2:].shape, generator=noise)
            return outputs, (h,)

    probe = recall(Noisy(), ids, vocabulary_size=2, lags=2).probe
    precision = probe.precision[1]
    assert precision[-1] > 0.95
    assert precision[0] < 0.65
    assert float(precision.mean()) == pytest.approx(float(probe.accuracy[1]), abs=0.01)


def test_large_vocabularies_are_read_by_embedding() -> None:
    symbols = 400
    embedding = torch.randn(symbols, 20, generator=torch.Generator().manual_seed(3))
    model = Linear(torch.zeros(40, 40), torch.zeros(symbols, 40))
    model.recurrent[20:, :20] = torch.eye(20)
    model.inputs[:, :20] = embedding
    ids = draw(symbols, 6_000)
    found = recall(model, ids, vocabulary_size=symbols, embedding=embedding, lags=3)
    assert found.scores[:2] == pytest.approx([1.0, 1.0], abs=0.02)
    assert found.scores[2] < 0.03


def test_what_a_wipe_took_is_not_read() -> None:
    model, ids = shift(4, 3), draw(4, 8_000)
    resets = torch.arange(8_000) % 2 == 0
    found = recall(model, PaddedBatch.full(ids[None], resets[None]), vocabulary_size=4, lags=3)
    assert found.scores[0] == pytest.approx(1.0)
    assert found.scores[1] == pytest.approx(0.5 + 0.5 * 0.25, abs=0.05)
    assert found.scores[2] == pytest.approx(0.25, abs=0.05)


def delay_line(inputs, steps):
    """A torch layer whose state is its last `steps` inputs, and nothing more."""
    size = inputs * steps
    layer = nn.RNN(inputs, size, nonlinearity="relu", bias=False, batch_first=True)
    with torch.no_grad():
        layer.weight_hh_l0.zero_()
        layer.weight_ih_l0.zero_()
        layer.weight_hh_l0[inputs:, :-inputs] = torch.eye(size - inputs)
        layer.weight_ih_l0[:inputs] = torch.eye(inputs)
    return layer


@pytest.mark.parametrize("sequences", [60, 4])
def test_values_are_read_by_their_variance(sequences) -> None:
    """Few sequences are split in time, many among each other; positive values pass relu as such."""
    x = torch.rand(sequences, 2400 // sequences, 2) * torch.tensor([1.0, 100.0])
    found = recall(delay_line(2, 3), x, lags=5)
    assert found.measure == "R²"
    assert found.scores[:3] == pytest.approx([1.0] * 3, abs=1e-3)
    assert found.scores[3:] == pytest.approx([0.0] * 2, abs=0.05)
    assert found.present == pytest.approx((1.0, 0.0, 0.0, 0.0, 0.0), abs=0.05)
    assert (found.held, found.chance, found.probe) == (3, 0.0, None)


def test_what_never_varies_counts_for_nothing() -> None:
    x = torch.rand(60, 40, 2)
    x[..., 1] = 7.0
    assert recall(delay_line(2, 2), x, lags=3).scores[:2] == pytest.approx([1.0, 1.0], abs=1e-3)
    with pytest.raises(DataError, match="recall: the inputs must vary"):
        recall(delay_line(2, 2), torch.ones(60, 40, 2), lags=3)


def test_inputs_that_resemble_each_other_are_told_from_memory() -> None:
    """A slow wave: the present input alone tells the last ones nearly as well as any memory."""
    phase = torch.rand(60, 1) * 6.28 + torch.arange(50) * 0.1
    x = (torch.sin(phase) + 1.5)[..., None]
    found = recall(delay_line(1, 1), x, lags=4)
    assert found.scores == pytest.approx(found.present, abs=1e-3)
    expected = [math.cos(0.1 * lag) ** 2 for lag in range(4)]  # R² of sin(φ - kω) from sin(φ)
    assert found.present == pytest.approx(expected, abs=0.02)


def test_ids_are_read_from_any_network() -> None:
    class Register(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding.from_pretrained(torch.eye(4))
            self.layer = delay_line(4, 2)

        def forward(self, x):
            return self.layer(self.embedding(x))[0]

    ids = draw(4, 3000).reshape(60, 50)
    found = recall(Register(), ids, lags=4)
    assert found.measure == "accuracy"
    assert found.scores[:2] == (1.0, 1.0)
    assert found.scores[2:] == pytest.approx([0.25] * 2, abs=0.06)
    assert found.chance == pytest.approx(0.25, abs=0.05)
    assert found.probe.codes.equal(torch.eye(4))


def test_a_layer_that_walks_back_tells_nothing_of_the_past() -> None:
    """In a bidirectional layer whose forward half is blind, only the present half is looked at."""
    layer = nn.RNN(1, 4, nonlinearity="relu", bias=False, batch_first=True, bidirectional=True)
    with torch.no_grad():
        layer.weight_ih_l0.fill_(1.0)
        layer.weight_hh_l0.zero_()
    found = recall(layer, torch.rand(60, 40, 1), lags=3)
    assert found.scores == pytest.approx((1.0, 0.0, 0.0), abs=0.05)


def test_shows_and_writes_itself() -> None:
    found = recall(delay_line(1, 2), torch.rand(60, 40, 1), lags=3)
    assert isinstance(found, Result)
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (written["kind"], written["measure"], len(written["scores"])) == ("recall", "R²", 3)
    assert "probe" not in written
    assert str(found.table()).splitlines()[1].split("  ")[0] == "steps back"
    assert "<svg" in found._repr_html_()
    axes = found.plot(pytest.importorskip("matplotlib.figure").Figure().subplots())
    memory, present, chance = axes.get_lines()
    assert memory.get_ydata().tolist() == list(found.scores)
    assert present.get_ydata().tolist() == list(found.present)
    assert set(chance.get_ydata()) == {0.0}


def test_faults_are_refused() -> None:
    model, ids = shift(3, 2), draw(3, 500)
    with pytest.raises(DataError, match=r"recall: the text must have at least 80 steps, got 50"):
        recall(model, ids[:50], vocabulary_size=3, lags=8)
    with pytest.raises(ShapeError, match=r"`embedding` must have shape \(V=300, E\)"):
        recall(model, ids, vocabulary_size=300)
    with pytest.raises(DataError, match="a sequence must have at least 9 steps, got 5"):
        recall(delay_line(1, 2), torch.rand(60, 5, 1), lags=8)
    with pytest.raises(DataError, match="must leave at least 20 steps to learn from"):
        recall(delay_line(1, 2), torch.rand(2, 12, 1), lags=8)
    with pytest.raises(ShapeError, match="ids must lie below V=3, got 4"):
        recall(model, draw(5, 500), vocabulary_size=3)
    for name, value in (("lags", 0), ("penalty", 0.0), ("vocabulary_size", 1)):
        with pytest.raises(ConfigError, match=f"recall: `{name}` must be"):
            recall(model, ids, **{"vocabulary_size": 3, name: value})
    broken = Linear(torch.full((6, 6), math.inf), model.inputs)
    with pytest.raises(DataError, match="recall: the states must be finite"):
        recall(broken, ids, vocabulary_size=3)
