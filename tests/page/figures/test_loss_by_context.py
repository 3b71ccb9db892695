import re

import pytest

from elman.page.axes import HEIGHT, WIDTH
from elman.page.figures import Reach, loss_by_context

CONTEXTS = [1, 2, 3, 4, 5]
EXTRA = [0.5, 0.2, 0.05, 0.009, -0.001]


def draw(reach: Reach) -> str:
    labels = {"x_label": "words it may see", "y_label": "nats a word"}
    return loss_by_context(CONTEXTS, EXTRA, [0.001] * 5, reach, **labels)


def test_the_horizon_is_marked_where_it_stands() -> None:
    figure = draw(Reach(at=4, low=3, high=5, said="4 words (3–5)", tolerance=0.01))
    dots = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', figure)]
    assert len(dots) == 5
    mark = re.search(r'<line x1="([\d.]+)" x2="\1" y1="16" y2="226"', figure)
    assert mark
    assert float(mark[1]) == pytest.approx(dots[3])
    stripe = re.search(r'<rect x="([\d.]+)" y="16" width="([\d.]+)"', figure)
    assert stripe
    assert float(stripe[1]) == pytest.approx(dots[2], abs=0.01)
    assert float(stripe[1]) + float(stripe[2]) == pytest.approx(dots[4], abs=0.02)
    assert ">4 words (3–5)</text>" in figure


def test_a_horizon_out_of_sight_is_said_and_not_marked() -> None:
    figure = draw(Reach(at=None, low=5, high=None, said="more than 5 words", tolerance=0.01))
    assert "the model looks back more than 5 words." in figure
    assert ">more than 5 words</text>" not in figure


def test_all_stays_inside_though_values_fall_below_the_scale() -> None:
    figure = draw(Reach(at=4, low=None, high=None, said="4 words", tolerance=0.01))
    for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', figure):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT
    assert "nan" not in figure
