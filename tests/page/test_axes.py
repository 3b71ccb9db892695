import itertools
import math
from xml.etree import ElementTree

from elman.page.axes import Axes


def frame(**changes: object) -> Axes:
    settings = {"x_range": (0, 10), "y_range": (0.001, 1), "x_label": "x", "y_label": "y"}
    return Axes(**{**settings, "log": True, **changes})


def test_equal_ratios_are_equal_distances_on_a_logarithmic_scale() -> None:
    axes = frame()
    steps = [axes.y(value) for value in (0.001, 0.01, 0.1, 1)]
    assert all(math.isclose(a - b, steps[0] - steps[1]) for a, b in itertools.pairwise(steps))
    assert axes.y(0) == axes.y(0.001)  # what lies outside stands at the end
    assert axes.y(7) == axes.y(1)


def test_a_curve_breaks_where_a_value_is_missing() -> None:
    path = frame().line([0, 1, 2, 3], [0.1, 0.1, math.nan, 0.1], "V")
    d = ElementTree.fromstring(path).attrib["d"]
    assert d.count("M") == 2
    assert d.count("L") == 1


def test_steps_have_whole_marks_and_hours_need_not() -> None:
    def marks(axes: Axes) -> list[str]:
        texts = ElementTree.fromstring(axes.figure("t", "d")).iter()
        found = [each for each in texts if each.attrib.get("text-anchor") == "middle"]
        return [str(each.text) for each in found if each.text not in ("x", "y")]

    assert marks(frame(x_range=(1, 3))) == ["1", "2", "3"]
    assert marks(frame(x_range=(0.25, 1.25)))[0] == "0.4"


def test_a_band_passes_over_what_is_missing() -> None:
    band = frame().band([0, 1, 2], [0.01, math.nan, 0.01], [0.1, 0.1, 0.1], "V")
    d = ElementTree.fromstring(band).attrib["d"]
    assert "nan" not in d
    assert d.count("L") == 3
