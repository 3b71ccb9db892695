"""Products over all rows against torch's, above and below the sizes at which the way changes."""

from types import SimpleNamespace

import pytest
import torch

from elman.kernels import products
from elman.kernels.products import multiply, project

SIZES = [(5, 3, 4), (300, 400, 300), (300, 300, 400), (40, 900, 900), (3000, 7, 1500)]


def _spread(matrix: torch.Tensor, how: str) -> torch.Tensor:
    """The same numbers at other strides."""
    if how == "gaps":
        return torch.cat([matrix, matrix], 1)[:, : matrix.shape[1]]
    return matrix.t().contiguous().t() if how == "transposed" else matrix


@pytest.mark.parametrize(("N", "I", "O"), SIZES)
@pytest.mark.parametrize("how", ["plain", "gaps", "transposed"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_agrees_with_torch(N: int, I: int, O: int, how: str, dtype: torch.dtype) -> None:
    x, grad = (_spread(torch.randn(N, width, dtype=dtype), how) for width in (I, O))
    weight = _spread(torch.randn(O, I, dtype=dtype), how)
    bias = torch.randn(2 * O, dtype=dtype)[::2]
    exact = {
        "project": (x.double() @ weight.double().t() + bias.double(), I),
        "plain": (x.double() @ weight.double().t(), I),
        "multiply": (grad.double() @ weight.double(), O),
    }
    found = {
        "project": project(x, weight, bias),
        "plain": project(x, weight, None),
        "multiply": multiply(grad, weight),
    }
    for name, (expected, terms) in exact.items():
        # k products of unit normals, summed in any order: k roundings of values near √k or 4.
        tolerance = 4 * torch.finfo(dtype).eps * (terms + 16)
        torch.testing.assert_close(
            found[name].double(), expected, rtol=0, atol=max(tolerance, 1e-12)
        )
        assert found[name].is_contiguous()


@pytest.mark.filterwarnings("ignore:TF32")  # torch warns of GPUs that are not there
def test_onednn_may_be_switched_off() -> None:
    x, weight = torch.randn(400, 300), torch.randn(300, 300)
    with torch.backends.mkldnn.flags(enabled=False):
        assert torch.equal(project(x, weight, None), x @ weight.t())
        assert torch.equal(multiply(x, weight), x @ weight)


@pytest.mark.parametrize("lacking", ["operator", "overload"])
def test_a_torch_without_the_operator_multiplies_by_its_blas(
    lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packets = {} if lacking == "operator" else {"_linear_pointwise": SimpleNamespace()}
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace(**packets))
    assert products._find_linear() is None
    monkeypatch.setattr(products, "_linear", None)
    x, weight = torch.randn(400, 300), torch.randn(300, 300)
    assert torch.equal(project(x, weight, None), x @ weight.t())
    assert torch.equal(multiply(x, weight), x @ weight)
