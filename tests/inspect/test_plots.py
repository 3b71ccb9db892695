import sys

import pytest

from elman.errors import ConfigError
from elman.inspect.plots import Curve, plot_bars, plot_curves, plot_image, plot_plane

matplotlib = pytest.importorskip("matplotlib")
figure = pytest.importorskip("matplotlib.figure")
matplotlib.use("Agg")


@pytest.fixture
def axes():
    return figure.Figure().subplots()


def test_curves_stand_where_they_should(axes) -> None:
    curve = Curve([1, 2, 3], [0.5, 0.2, 0.1], "loss", [0.4, 0.1, 0.0], [0.6, 0.3, 0.2])
    drawn = plot_curves(
        [curve], axes, title="t", x_label="x", y_label="y", levels=[(0.15, "limit")], log=True
    )
    assert drawn is axes
    line, level = axes.get_lines()
    assert line.get_xydata().tolist() == [[1, 0.5], [2, 0.2], [3, 0.1]]
    assert set(level.get_ydata()) == {0.15}
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == ("t", "x", "y")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["loss", "limit"]
    assert axes.get_yscale() == "log"
    interval = axes.collections[0].get_paths()[0].vertices
    assert (interval[:, 1].min(), interval[:, 1].max()) == (0.0, 0.6)


def test_bars_of_the_same_name_stay_apart(axes) -> None:
    plot_bars(["the", "cat", "the"], [1.0, 4.0, 2.0], axes, title="t", y_label="bits")
    assert [bar.get_height() for bar in axes.patches] == [1.0, 4.0, 2.0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["the", "cat", "the"]


def test_points_of_the_plane(axes) -> None:
    plot_plane([("one", [1 + 2j, -0.5j]), ("two", [3j])], axes, title="t")
    assert axes.collections[0].get_offsets().tolist() == [[1, 2], [0, -0.5]]
    assert axes.patches[0].radius == 1.0
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
    assert axes.get_aspect() == 1


def test_zero_is_the_middle_of_the_colours(axes) -> None:
    plot_image([[0.0, -3.0], [1.0, 2.0]], axes, title="t", x_label="x", y_label="y")
    assert axes.images[0].get_clim() == (-3.0, 3.0)
    assert axes.images[0].get_array().tolist() == [[0, -3], [1, 2]]


def test_new_axes_where_none_are_given() -> None:
    from matplotlib import pyplot

    plot_bars(["a"], [1.0], None, title="t", y_label="y")
    assert len(pyplot.get_fignums()) == 1


def test_without_matplotlib_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[plot\]'"):
        plot_bars(["a"], [1.0], None, title="t", y_label="y")
