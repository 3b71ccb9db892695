from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from elman.errors import CheckpointError, ShapeError
from elman.inspect.probe import Probe, Recollection, flat


def make(K=2, D=3, V=4, Q=5):
    """A probe that reads word v at lag 0 from the v-th number of the state."""
    weights = torch.zeros(K, D, V)
    weights[0, :, :D] = torch.eye(D)
    edges = torch.linspace(0.1, 0.4, Q - 1).expand(K, -1)
    precision = torch.linspace(0.2, 1.0, Q).expand(K, -1)
    return Probe(weights, torch.zeros(K, V), torch.eye(V), edges, precision, torch.ones(K))


def test_takes_the_nearest_code_and_its_margin() -> None:
    words, margins = make().decode(torch.tensor([[0.1, 0.9, 0.4], [2.0, 0.0, 1.0]]), 0)
    assert words.tolist() == [1, 0]
    assert_close(margins, torch.tensor([0.5, 1.0]))


def test_margins_are_classed() -> None:
    low, high = (make().read((torch.tensor([[[0.0, a, 0.0]]]),))[0] for a in (0.15, 0.9))
    assert (low.id, low.confidence) == (1, pytest.approx(0.4))
    assert (high.id, high.confidence) == (1, pytest.approx(1.0))
    assert not low.sure
    assert high.sure


def test_held_is_what_is_right_more_often_than_not() -> None:
    assert not Recollection(0, 1, 0.5).sure
    assert Recollection(0, 1, 0.51).sure


def test_pieces_of_a_large_vocabulary_are_read_as_the_whole_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = torch.Generator().manual_seed(0)
    codes = torch.randn(50, 3, generator=chance)
    weights = torch.randn(1, 5, 3, generator=chance)
    probe = replace(make(), weights=weights, bias=torch.zeros(1, 3), codes=codes)
    states = torch.randn(37, 5, generator=chance)
    distances = torch.cdist(states @ weights[0], codes).square() / 2
    nearest = distances.topk(2, largest=False)
    for scores in (2**24, 400, 1):
        monkeypatch.setattr("elman.inspect.probe._SCORES", scores)
        words, margins = probe.decode(states, 0)
        assert words.tolist() == nearest.indices[:, 0].tolist()
        assert_close(
            margins, nearest.values[:, 1] - nearest.values[:, 0], rtol=1e-3, atol=1e-4
        )  # squares of cdist cancel


def test_flat_lays_all_layers_and_parts_side_by_side() -> None:
    h = torch.arange(8.0).reshape(2, 2, 2)
    c = 10 + h
    assert_close(
        flat((h, c)),
        torch.tensor([[0.0, 1, 4, 5, 10, 11, 14, 15], [2.0, 3, 6, 7, 12, 13, 16, 17]]),
    )


def test_there_and_back() -> None:
    probe = make()
    again = Probe.from_tensors(probe.to_tensors())
    for name, tensor in probe.to_tensors().items():
        assert_close(getattr(again, name), tensor)


def test_states_of_another_network_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"must hold \(1, D=3\) numbers, got \(1, 5\)"):
        make().read((torch.zeros(1, 1, 5),))
    with pytest.raises(ShapeError, match=r"got \(2, 3\)"):
        make().read((torch.zeros(1, 2, 3),))


def test_files_that_lack_something_are_refused() -> None:
    tensors = make().to_tensors()
    del tensors["codes"]
    with pytest.raises(CheckpointError, match="the file must hold `codes`"):
        Probe.from_tensors(tensors)


@pytest.mark.parametrize("name", ["weights", "bias", "codes", "edges", "precision", "accuracy"])
@pytest.mark.parametrize("shape", [(), (7,), (2, 7), (0, 3, 4)])
def test_files_whose_tensors_do_not_fit_are_refused(name, shape) -> None:
    with pytest.raises(CheckpointError, match="must fit together"):
        Probe.from_tensors(make().to_tensors() | {name: torch.zeros(shape)})
