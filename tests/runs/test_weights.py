from pathlib import Path

import pytest
import torch
from torch import nn

from elman.errors import CheckpointError
from elman.runs import Description, Run
from elman.runs.weights import build_to_fit, load_model, load_weights, save_model, weights_of


class Tied(nn.Module):
    def __init__(self, size: int = 3) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, size)
        self.head = nn.Linear(size, 5)
        self.head.weight = self.embedding.weight
        self.register_buffer("seen", torch.zeros(2, dtype=torch.int64))
        self.register_buffer("scratch", torch.zeros(2), persistent=False)


def test_tied_weights_are_stored_once_and_stay_tied(tmp_path: Path) -> None:
    module = Tied()
    assert set(weights_of(module)) == {"seen", "embedding.weight", "head.bias"}
    with Run.begin(tmp_path / "run", Description(task="toy", config={})) as run:
        save_model(run, module)
    loaded = load_model(run, Tied)
    assert loaded.head.weight is loaded.embedding.weight
    for name, tensor in weights_of(module).items():
        torch.testing.assert_close(weights_of(loaded)[name], tensor, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"head.bias": None}, "must hold the tensor `head.bias`, which is missing"),
        ({"extra": torch.zeros(1)}, "the network has no `extra`"),
        ({"head.bias": torch.zeros(4)}, r"`head.bias` must have shape \(5,\), got \(4,\)"),
        ({"head.bias": torch.zeros(5, dtype=torch.float64)}, "must have type torch.float32, got"),
        ({"head.bias": torch.tensor([1, 2, 3, 4, torch.nan])}, "must hold finite numbers"),
        ({"head.bias": torch.full((5,), torch.inf)}, "must hold finite numbers"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(changes, said: str) -> None:
    module = Tied()
    before = {name: tensor.clone() for name, tensor in weights_of(module).items()}
    tensors = {n: t for n, t in {**before, **changes}.items() if t is not None}
    with pytest.raises(CheckpointError, match=f"^model: .*{said}"):
        load_weights(module, tensors, "model")
    for name, tensor in before.items():
        torch.testing.assert_close(weights_of(module)[name], tensor, rtol=0, atol=0)


def test_a_network_of_absurd_size_is_never_built() -> None:
    shapes = {name: tuple(tensor.shape) for name, tensor in weights_of(Tied()).items()}
    with pytest.raises(
        CheckpointError, match=r"`embedding.weight` must have shape \(5, 10000000000"
    ):
        build_to_fit(lambda: Tied(10**12), shapes, "model")
    with pytest.raises(CheckpointError, match="cannot be built"):
        build_to_fit(lambda: Tied(10**20), shapes, "model")


def test_a_hostile_number_of_layers_is_never_built(tmp_path: Path) -> None:
    with Run.begin(tmp_path / "run", Description(task="toy", config={"layers": 10**12})) as run:
        save_model(run, Tied())
    with pytest.raises(
        CheckpointError, match=r"`config.layers` must be at most 3, .* got 1000000000"
    ):
        load_model(run, lambda: pytest.fail("built"))


def test_building_leaves_the_generator_alone() -> None:
    shapes = {name: tuple(tensor.shape) for name, tensor in weights_of(Tied()).items()}
    before = torch.get_rng_state()
    build_to_fit(Tied, shapes, "model")
    assert torch.equal(torch.get_rng_state(), before)
