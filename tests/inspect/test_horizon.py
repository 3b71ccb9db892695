import json
import math

import pytest
import torch
from torch.testing import assert_close

from elman.inspect.horizon import Horizon, smallest_context, summarise
from elman.inspect.results import Result


def noisy(extra, places=2000, noise=0.05):
    """What was measured at many places, with these means but for chance."""
    generator = torch.Generator().manual_seed(1)
    return torch.tensor(extra) + noise * torch.randn(places, len(extra), generator=generator)


@pytest.mark.parametrize(
    ("extra", "smallest"),
    [
        ([0.0, 0.0], 1),
        ([0.2, 0.05, 0.0], 2),
        ([0.0, 0.2, 0.0], 3),  # within tolerance again is not within it from there on
        ([0.2, 0.1], 2),
        ([0.0, 0.2], math.inf),
        ([-0.5, -0.2], 1),
    ],
)
def test_the_smallest_context_from_which_all_are_within_tolerance(extra, smallest) -> None:
    assert smallest_context(extra, 0.1) == smallest


def test_a_clear_case_has_a_narrow_interval() -> None:
    found = summarise(noisy([0.5, 0.2, 0.1, 0.0, 0.0]), full_loss=1.5, tolerance=0.05, unit="word")
    assert (found.steps, found.low, found.high) == (4, 4, 4)
    assert found.said == "4 words"
    assert_close(found.extra, (0.5, 0.2, 0.1, 0.0, 0.0), rtol=0, atol=0.005)
    assert found.losses[0] == 1.5 + found.extra[0]
    assert found.errors == pytest.approx([0.05 / math.sqrt(2000)] * 5, rel=0.15)


def test_an_unclear_case_has_a_wide_one() -> None:
    found = summarise(noisy([0.5, 0.051, 0.049, 0.0], noise=0.2), full_loss=1.0, tolerance=0.05)
    assert (found.low, found.high) == (2, 4)
    assert found.low <= found.steps <= found.high


def test_the_end_of_sight_is_named() -> None:
    found = summarise(noisy([0.5, 0.2, 0.1]), full_loss=1.0, tolerance=0.05)
    assert (found.steps, found.low, found.high) == (None, None, None)
    assert found.said == "more than 3 steps"
    found = summarise(noisy([0.5, 0.2, 0.0502], noise=0.5), full_loss=1.0, tolerance=0.05)
    assert found.high is None
    assert found.low == 3


def test_speaks_in_the_unit_of_the_data() -> None:
    found = summarise(
        noisy([0.5, 0.2, 0.0, 0.0]),
        full_loss=1.0,
        tolerance=0.05,
        measure="squared error",
        unit="hour",
        unit_per_step=0.25,
    )
    assert found.said == "0.75 hours"
    assert str(found) == "3"
    assert str(found.table()).startswith(
        "Memory horizon: 0.75 hours\nsteps seen  squared error a s"
    )


def test_shows_and_writes_itself() -> None:
    found = summarise(noisy([0.5, 0.0]), full_loss=1.0, tolerance=0.05)
    assert isinstance(found, Result)
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert written["kind"] == "memory_horizon"
    assert written["said"] == found.said
    assert written["extra"] == list(found.extra)
    assert (written["steps"], written["low"], written["high"]) == (2, 2, 2)
    assert len(found.table().rows) == 2
    assert found._repr_html_().count("<tr>") == 3


def test_draws_the_curve_and_its_interval() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    found = Horizon(2, 2, 2, 0.01, (0.5, 0.0), (0.1, 0.0), 1.0, 100, unit="hour", unit_per_step=2)
    axes = found.plot(figure.subplots())
    curve, level = axes.get_lines()
    assert curve.get_xydata().tolist() == [[2.0, 0.5], [4.0, 0.0]]
    assert set(level.get_ydata()) == {0.01}
    assert axes.get_xlabel() == "context (hours)"
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (0.0, pytest.approx(0.696))
