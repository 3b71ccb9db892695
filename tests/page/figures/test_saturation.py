import re

import pytest

from elman.page.figures import Shares, saturation


def test_bars_are_as_wide_as_their_shares() -> None:
    figure = saturation([Shares("layer 1, gate z", 0.25, 0.5)])
    whole, low, high = (float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)"', figure))
    assert low / whole == pytest.approx(0.25)
    assert high / whole == pytest.approx(0.5)
    assert "layer 1, gate z: 25 % low, 50 % high" in figure


def test_names_cannot_inject_markup() -> None:
    assert "<script" not in saturation([Shares("<script>alert(1)</script>", 0.1, 0.2)])


def test_a_long_name_is_cut_on_the_figure_and_told_whole() -> None:
    name = "encoder.layers.backbone.rnn.l1, update gate"
    figure = saturation([Shares(name, 0.1, 0.2)])
    assert ">…ne.rnn.l1, update gate</text>" in figure
    assert f"{name}: 10 % low" in figure


def test_a_layer_is_named_above_its_gates() -> None:
    name = "encoder.layers.backbone.rnn.l1, reverse"
    figure = saturation([Shares("update gate", 0.1, 0.2)], name=name)
    assert f">{name}</text>" in figure
    assert f"{name}: values near their ends. update gate: 10 % low" in figure
