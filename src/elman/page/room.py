"""Where words may stand in a figure: beside what is drawn, not on it."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Place", "Room"]

_LETTER, _ASCENT, _DESCENT = 6.6, 11.0, 4.0  # of a figure's type, in its own measure
_EVERY = 2.0  # a curve is a row of points as far apart


@dataclass(frozen=True)
class Place:
    """Where words begin, end or have their middle.

    Attributes:
        x: from the left.
        y: of the line that they stand on, from the top.
        anchor: "start", "middle" or "end".
    """

    x: float
    y: float
    anchor: str = "start"


class Room:
    """What is taken of the area of a figure.

    Args:
        left: end of the area, as are the next three.
        top: see `left`.
        right: see `left`.
        bottom: see `left`.

    >>> room = Room(0, 0, 100, 50)
    >>> room.take([(0, 10), (100, 10)])
    >>> room.choose([Place(5, 14), Place(5, 40)], "chance").y
    40
    """

    def __init__(self, left: float, top: float, right: float, bottom: float) -> None:
        self._area = (left, top, right, bottom)
        self._taken: list[tuple[float, float]] = []

    def take(self, corners: Sequence[tuple[float, float]]) -> None:
        """Keep words off a line with these corners."""
        self._taken += corners[:1]
        for (x, y), (to_x, to_y) in itertools.pairwise(corners):
            parts = max(1, math.ceil(math.dist((x, y), (to_x, to_y)) / _EVERY))
            shares = (part / parts for part in range(1, parts + 1))
            self._taken += [(x + share * (to_x - x), y + share * (to_y - y)) for share in shares]

    def choose(self, places: Iterable[Place], text: str) -> Place:
        """The first of some places where words cover least; from then on it is taken."""
        found = min(places, key=lambda place: self._covered(_box(place, text)))
        left, top, right, bottom = _box(found, text)
        for y in (top, (top + bottom) / 2, bottom):
            self.take([(left, y), (right, y)])
        return found

    def _covered(self, box: tuple[float, float, float, float]) -> float:
        """How much stands in a box; what lies outside the area weighs more than anything in it."""
        left, top, right, bottom = box
        area = self._area
        out = (area[0] - left, area[1] - top, right - area[2], bottom - area[3])
        beyond = sum(max(0.0, each) for each in out)
        inside = sum(left <= x <= right and top <= y <= bottom for x, y in self._taken)
        return inside + 1000 * beyond


def _box(place: Place, text: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of words."""
    width = _LETTER * len(text)
    left = place.x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[place.anchor]
    return left, place.y - _ASCENT, left + width, place.y + _DESCENT
