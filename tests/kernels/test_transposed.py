"""The gradient of a weight agrees with float64, whoever multiplies, and so do its bits."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from elman.kernels import native, transposed
from elman.kernels.transposed import sum_products

pytestmark = pytest.mark.skipif(not native.available()[0], reason="no native core")

TALL = 300  # rows, enough for the core


def operands(N: int, O: int, I: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    left = torch.randn(N, O, generator=generator, dtype=torch.float64)
    right = torch.randn(N, I, generator=generator, dtype=torch.float64)
    return left.to(dtype), right.to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "sizes", [(TALL, 1, 1), (TALL, 7, 33), (1000, 130, 65), (20, 9, 9), (35, 300, 65)]
)
def test_agrees_with_float64(sizes: tuple[int, int, int], dtype: torch.dtype) -> None:
    left, right = operands(*sizes, dtype)
    exact = left.double().T @ right.double()
    found = sum_products(left, right)
    assert found.dtype is dtype
    torch.testing.assert_close(found.double(), exact, rtol=1e-4, atol=1e-3)


def test_rows_may_stand_apart() -> None:
    left, right = operands(TALL, 40, 24)
    wide = torch.full((TALL, 100), float("nan"))
    wide[:, 60:] = left
    assert torch.equal(sum_products(wide[:, 60:], right), sum_products(left, right))


@pytest.mark.parametrize("rows", [20, TALL])
def test_is_added_to_what_is_there(rows: int) -> None:
    left, right = operands(rows, 40, 24)
    onto = torch.ones(40, 24)
    assert sum_products(left, right, onto=onto) is onto
    torch.testing.assert_close(onto, 1 + sum_products(left, right), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("spread", [lambda m: m.T.contiguous().T, lambda m: m[:1].expand(TALL, -1)])
def test_any_strides(spread: Callable[[Tensor], Tensor]) -> None:
    left, right = (spread(matrix) for matrix in operands(TALL, 40, 24))
    assert torch.equal(
        sum_products(left, right), sum_products(left.contiguous(), right.contiguous())
    )


@pytest.mark.parametrize(
    ("sizes", "by_core"),
    [
        ((256, 1, 1), True),
        ((31, 300, 65), False),
        ((32, 300, 65), True),
        ((32, 100, 65), False),
        ((255, 2400, 1), False),
    ],
)
def test_the_core_multiplies_where_it_is_ahead(
    sizes: tuple[int, int, int], by_core: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    require = transposed.require
    monkeypatch.setattr(transposed, "require", lambda who: asked.append(who) or require(who))
    sum_products(*operands(*sizes))
    assert bool(asked) is by_core


def test_bits_do_not_depend_on_threads() -> None:
    left, right = operands(2000, 256, 130)
    torch.set_num_threads(1)
    alone = sum_products(left, right)
    torch.set_num_threads(3)
    assert torch.equal(sum_products(left, right), alone)


def test_what_is_not_finite_stays_so() -> None:
    left, right = operands(TALL, 8, 8)
    left[5, 3], right[9, 2] = float("nan"), float("inf")
    found = sum_products(left, right)
    assert found[3].isnan().all()
    assert not found[:3, 2].isfinite().any()
    assert found[:3, :2].isfinite().all()


def test_no_columns_are_no_error() -> None:
    left, right = operands(TALL, 0, 8)
    assert sum_products(left, right).shape == (0, 8)
