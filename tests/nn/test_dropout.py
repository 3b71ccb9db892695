"""Dropout thins out as torch's does: by chance, as often as asked, unchanged in expectation."""

import pytest
import torch

from elman.nn.dropout import Dropout


@pytest.mark.parametrize("p", [0.1, 0.5, 0.93])
def test_as_many_stay_as_are_asked_for_and_make_up_for_the_others(p: float) -> None:
    torch.manual_seed(0)
    found = Dropout(p)(torch.ones(1000, 1000))
    stayed = found != 0
    assert abs(stayed.double().mean() - (1 - p)) < 0.002
    assert torch.allclose(found[stayed], torch.tensor(1 / (1 - p)), rtol=1e-3)
    assert abs(found.double().mean() - 1) < 0.01


def test_each_element_is_drawn_apart() -> None:
    torch.manual_seed(0)
    stayed = (Dropout(0.5)(torch.ones(40_000, 8)) != 0).double()
    apart = torch.corrcoef(stayed.T) - torch.eye(8, dtype=torch.float64)
    assert apart.abs().max() < 0.03  # six standard deviations


def test_gradients_pass_where_numbers_did() -> None:
    x = torch.ones(5, 7, requires_grad=True)
    found = Dropout(0.4)(x)
    found.sum().backward()
    assert torch.equal(x.grad, found.detach())


def test_chance_follows_the_seed() -> None:
    layer, found = Dropout(0.5), []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        found.append(layer(torch.ones(100)))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize("shape", [(0,), (), (3,), (2, 3, 5)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_shape_and_type_stay(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    found = Dropout(0.5)(torch.ones(shape, dtype=dtype))
    assert found.shape == shape
    assert found.dtype is dtype


def test_edges() -> None:
    x = torch.ones(9)
    assert Dropout(0.0)(x) is x
    assert Dropout(1e-9)(x) is x
    assert not Dropout(1.0)(x).any()
    assert Dropout(0.5).eval()(x) is x
    torch.manual_seed(0)
    assert Dropout(0.5, inplace=True)(x) is x
    assert not x.all()
