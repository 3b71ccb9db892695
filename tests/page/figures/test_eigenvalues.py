import math
import re

import pytest

from elman.page.figures import eigenvalue_plane


def dots(figure):
    """Where the points stand."""
    pairs = re.findall(r'cx="([-\d.]+)" cy="([-\d.]+)"', figure)
    return [(float(x), float(y)) for x, y in pairs]


def circle(figure):
    """The corners of the unit circle, as drawn."""
    path = re.search(r'<path d="M([^"]+)"[^>]*dasharray', figure)[1]
    return [tuple(map(float, corner.split())) for corner in path.split("L")]


@pytest.mark.parametrize("farthest", [0.2, 1.0, 3.0])
def test_the_circle_is_round_and_parts_what_grows_from_what_fades(farthest) -> None:
    figure = eigenvalue_plane([(0.0, 0.0), (farthest, 0.0), (0.0, -farthest), (0.6, 0.8)])
    centre, right, below, edge = dots(figure)
    radii = [math.dist(centre, corner) for corner in circle(figure)]
    radius = sum(radii) / len(radii)
    assert max(radii) - min(radii) < 0.2
    assert math.dist(centre, right) == pytest.approx(farthest * radius, abs=0.2)
    assert math.dist(centre, below) == pytest.approx(farthest * radius, abs=0.2)
    assert below[1] > centre[1] and right[0] > centre[0]
    assert math.dist(centre, edge) == pytest.approx(radius, abs=0.2)


def test_nothing_to_draw_is_said() -> None:
    figure = eigenvalue_plane([(math.nan, 0.0)], name="rnn")
    assert "rnn: None of 0 eigenvalues lie outside the unit circle" in figure
    assert dots(figure) == []
