import pytest
import torch
from torch import nn
from torch.testing import assert_close

import elman.nn
from elman.inspect.jacobian import Places
from elman.inspect.layers import find_layers
from elman.inspect.watching import watching

S = {"RNN": 4, "GRU": 4, "LSTM": 8}


def watched(layer, x):
    with torch.no_grad(), watching(layer, find_layers("inspect", layer)) as seen:
        layer(x)
    return [course.walks[0] for course in seen.courses.values()]


def one_step(layer, x, states):
    """The state after a step of torch's own layer, flat: (S,)."""
    P = layer.proj_size or layer.hidden_size
    h, c = states[:P].view(1, 1, -1), states[P:].view(1, 1, -1)
    _, last = layer(x.view(1, 1, -1), (h, c) if c.numel() else h)
    return torch.cat([part.flatten() for part in (last if isinstance(last, tuple) else (last,))])


def entering(walked, row):
    return torch.cat([part[row] for part in walked.entered])


@pytest.mark.parametrize("options", [{}, {"bias": False}])
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_agrees_with_autograd_and_with_finite_differences(kind, options) -> None:
    layer = getattr(nn, kind)(3, 4, **options, dtype=torch.float64)
    x = torch.randn(6, 1, 3, dtype=torch.float64)
    (walked,) = watched(layer, x)
    rows = torch.tensor([1, 4])
    found = Places(walked, rows).jacobian()
    for n, row in enumerate(rows.tolist()):
        state = entering(walked, row)
        exact = torch.autograd.functional.jacobian(lambda s, r=row: one_step(layer, x[r], s), state)
        assert_close(found[n], exact)
        tiny = 1e-6 * torch.eye(len(state), dtype=torch.float64)
        columns = [
            (one_step(layer, x[row], state + e) - one_step(layer, x[row], state - e)) / 2e-6
            for e in tiny
        ]  # central differences: an error of 1e-6² |J'''|, and of 1e-16 / 1e-6 by rounding
        assert_close(found[n], torch.stack(columns, 1).detach(), rtol=1e-6, atol=1e-8)
    changes = torch.randn(2, 5, S[kind], dtype=torch.float64)
    assert_close(Places(walked, rows).push(changes), changes @ found.transpose(1, 2))


def test_an_elman_network_has_its_textbook_jacobian() -> None:
    for f, slope in (("tanh", lambda h: 1 - h**2), ("sigmoid", lambda h: h * (1 - h))):
        network = elman.nn.Elman(3, 4, 2, f=f, dtype=torch.float64)
        x = torch.randn(1, 5, 3, dtype=torch.float64)
        (walked,) = watched(network, x)
        h = network.unfold(x[0])[3].h
        found = Places(walked, torch.tensor([3])).jacobian()[0]
        assert_close(found, torch.diag(slope(h)) @ network.V)


@pytest.mark.parametrize("options", [{"proj_size": 2}, {"layer_norm": True}])
def test_projected_and_normalised_cells(options) -> None:
    layer = elman.nn.LSTM(3, 4, **options, dtype=torch.float64)
    x = torch.randn(6, 1, 3, dtype=torch.float64)
    (walked,) = watched(layer, x)
    found = Places(walked, torch.tensor([3])).jacobian()[0]
    exact = torch.autograd.functional.jacobian(
        lambda s: one_step(layer, x[3], s), entering(walked, 3)
    )
    assert_close(found, exact)
    change = torch.randn(1, 1, len(exact), dtype=torch.float64)
    pushed = Places(walked, torch.tensor([3])).push(change)
    assert_close(pushed[0, 0], exact @ change[0, 0])
