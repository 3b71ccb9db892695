import itertools
import re
from xml.etree import ElementTree

import pytest

from elman.page.figures import GradientCurve, gradient_by_lag


def test_a_geometric_decay_is_a_straight_line() -> None:
    figure = gradient_by_lag([GradientCurve("layer 1", [0.5**k for k in range(11)])])
    points = re.findall(r"[ML]([\d.]+) ([\d.]+)", re.search(r'<path d="([^"]*)"', figure)[1])
    heights = [float(y) for _, y in points]
    assert len(heights) == 11
    steps = [b - a for a, b in itertools.pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 10, abs=0.11)  # written to a tenth


def test_an_exploding_gradient_and_a_dead_one_are_drawn() -> None:
    figure = gradient_by_lag(
        [GradientCurve("layer 1", [1.0, 1e3, 1e6]), GradientCurve("layer 2", [1.0, 0.0, 0.0])],
        unit="word",
    )
    assert "layer 1: 10⁶ of the gradient arrives 2 words back" in figure
    assert "layer 2: 0 of the gradient arrives 2 words back" in figure
    assert 'stroke-dasharray="7 4"' in figure  # the second layer is told apart without colour
    ElementTree.fromstring(figure)


@pytest.mark.parametrize(
    "curves", [[], [GradientCurve("layer 1", [])], [GradientCurve("a", [1.0])]]
)
def test_little_is_drawn_where_there_is_little(curves: list[GradientCurve]) -> None:
    assert ElementTree.fromstring(gradient_by_lag(curves)).tag.endswith("svg")


def test_what_is_not_finite_leaves_a_gap() -> None:
    figure = gradient_by_lag([GradientCurve("layer 1", [1.0, float("nan"), 0.2, float("inf")])])
    assert "nan" not in re.search(r'<path d="([^"]*)"', figure)[1]


def test_many_layers_have_a_legend_below_the_frame() -> None:
    names = [f"rnn.l{k}" for k in range(6)]
    curves = [GradientCurve(name, [1.0, 0.5, 0.25 / (k + 1)]) for k, name in enumerate(names)]
    few, many = gradient_by_lag(curves[:3]), gradient_by_lag(curves)
    heights = [float(re.search(r'viewBox="0 0 440 (\d+)"', each)[1]) for each in (few, many)]
    assert heights[1] > heights[0]
    shown = [text.text for text in ElementTree.fromstring(many).iter() if text.text in names]
    assert shown == names
    dashes = set(re.findall(r'stroke-dasharray="([\d ]+)"', many))
    assert len(dashes) == len(names) - 1  # and one that has none
