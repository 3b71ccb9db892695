"""The frame of a figure: two scales, their marks, and the lines and bands drawn between them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from elman.page.colours import colour
from elman.page.room import Place, Room
from elman.page.svg import Markup, drawing, tag
from elman.page.ticks import linear_ticks, log_ticks, written

__all__ = ["Axes"]

WIDTH, HEIGHT = 440, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 14, 16, 44
_ENTRY = 18  # height of a name below the frame
_CORNERS = ((7, -6, "start"), (-7, -6, "end"), (-7, 15, "end"), (7, 15, "start"))  # of a point


@dataclass(frozen=True, kw_only=True)
class Axes:
    """A frame whose marks and curves share their scales.

    Words keep clear of what was drawn before them, so curves come first.

    Attributes:
        x_range: left and right end.
        y_range: bottom and top; both above zero on a logarithmic scale.
        x_label: what x counts, with its unit.
        y_label: what y counts, with its unit.
        log: whether y stands on a logarithmic scale.
        form: how the marks of y are written.
        name: whose figure it is, above it; "" where that goes without saying.
        room: what is drawn so far.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str
    y_label: str
    log: bool = False
    form: Callable[[float], str] = written
    name: str = ""
    room: Room = field(
        default_factory=lambda: Room(_LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM), init=False
    )

    @classmethod
    def about_zero(cls, reach: float, x_label: str, y_label: str, name: str = "") -> "Axes":
        """A frame with 0 in its middle and one scale for both axes, from -reach to reach in y."""
        across = reach * (WIDTH - _LEFT - _RIGHT) / (HEIGHT - _TOP - _BOTTOM)
        ends = (-across, across), (-reach, reach)
        return cls(x_range=ends[0], y_range=ends[1], x_label=x_label, y_label=y_label, name=name)

    def x(self, value: float) -> float:
        """Where a value of x stands."""
        low, high = self.x_range
        share = (value - low) / (high - low) if high > low else 0.5
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Where a value of y stands; what lies outside the scale stands at its end."""
        low, high = self.y_range
        value = min(max(value, low), high)
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], name: str, *, dash: str | None = None
    ) -> Markup:
        """A curve in the colour `name`; it breaks where a value is not finite."""
        path = ""
        for corners in self._runs(xs, ys):
            self.room.take(corners)
            path += f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in corners)}"
        return _stroke(path, name, dash)

    @staticmethod
    def sample(name: str, dash: str | None = None) -> Markup:
        """A short piece of such a curve, for a legend."""
        return _stroke("M0 0L26 0", name, dash)

    def dots(self, xs: Sequence[float], ys: Sequence[float], name: str) -> Markup:
        """A dot for each finite value."""
        points = [point for run in self._runs(xs, ys) for point in run]
        radius = 2.6 if len(points) <= 40 else 1.4
        for point in points:
            self.room.take([point])
        circles = [tag("circle", cx=x, cy=y, r=radius) for x, y in points]
        return tag("g", *circles, style=f"fill:{colour(name)}")

    def band(
        self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], name: str
    ) -> Markup:
        """The area between two curves, pale; places that are not finite are passed over."""
        every = zip(xs, lows, highs, strict=True)
        places = [each for each in every if all(map(math.isfinite, each))]
        edge = [f"{self.x(x):.1f} {self.y(high):.1f}" for x, _, high in places]
        back = [f"{self.x(x):.1f} {self.y(low):.1f}" for x, low, _ in places]
        path = f"M{'L'.join([*edge, *back[::-1]])}Z" if edge else ""
        return tag("path", d=path, style=f"fill:{colour(name)};opacity:.2")

    def span(self, left: float, right: float, name: str) -> Markup:
        """A pale stripe from top to bottom, for an interval of x."""
        x, width = self.x(left), max(1.0, self.x(right) - self.x(left))
        style = f"fill:{colour(name)};opacity:.14"
        return tag("rect", x=x, y=_TOP, width=width, height=HEIGHT - _TOP - _BOTTOM, style=style)

    def level(self, height: float, text: str) -> Markup:
        """A dotted line across, with what it means above or below one of its ends."""
        y, left, right = self.y(height), _LEFT, WIDTH - _RIGHT
        stroke = f"stroke:{colour('soft')};stroke-dasharray:2 4"
        line = tag("line", x1=left, x2=right, y1=y, y2=y, style=stroke)
        self.room.take([(left, y), (right, y)])
        ends = ((right, "end"), (left + 6, "start"))
        places = [Place(x, y + down, anchor) for x, anchor in ends for down in (-5, 14)]
        return Markup(line + self.say(places, text, "soft"))

    def mark(self, x: float, text: str, name: str) -> Markup:
        """A line from top to bottom with its name beside it, on the side that has room."""
        at = self.x(x)
        style = f"stroke:{colour(name)};stroke-width:1.6"
        line = tag("line", x1=at, x2=at, y1=_TOP, y2=HEIGHT - _BOTTOM, style=style)
        self.room.take([(at, _TOP), (at, HEIGHT - _BOTTOM)])
        sides = ((at + 7, "start"), (at - 7, "end"))
        heights = range(_TOP + 13, HEIGHT - _BOTTOM, 18)
        places = [Place(side, y, anchor) for y in heights for side, anchor in sides]
        return Markup(line + self.say(places, text, name))

    def beside(self, xs: Sequence[float], ys: Sequence[float], text: str, name: str) -> Markup:
        """A curve's name, near a point of it that has room: from its middle on, then before."""
        points = [point for run in self._runs(xs, ys) for point in run]
        middle = len(points) // 2
        places = [
            Place(x + right, y + down, anchor)
            for x, y in points[middle:] + points[:middle][::-1]
            for right, down, anchor in _CORNERS
        ]
        return self.say(places, text, name) if places else Markup("")

    def say(self, places: Sequence[Place], text: str, name: str) -> Markup:
        """Words at that of some places which has room, with the paper's colour round them."""
        place = self.room.choose(places, text)
        style = (
            f"fill:{colour(name)};stroke:{colour('card')};stroke-width:4;paint-order:stroke;"
            "stroke-linejoin:round"
        )
        return tag("text", text, x=place.x, y=place.y, text_anchor=place.anchor, style=style)

    def figure(
        self,
        title: str,
        description: str,
        *children: str,
        legend: Sequence[tuple[str, Markup]] = (),
    ) -> Markup:
        """The whole figure: the frame, what is drawn in it, and below it the names of its lines.

        Args:
            title: what it shows, in a few words.
            description: what can be seen in it, in words.
            children: what is drawn.
            legend: name and a sample of each line, which stands about the origin.
        """
        entries = [_entry(number, *each) for number, each in enumerate(legend)]
        height = HEIGHT + _ENTRY * len(entries) + (6 if entries else 0)
        return drawing(WIDTH, height, title, description, self._grid(), *children, *entries)

    def _grid(self) -> Markup:
        """Marks and labels of both axes."""
        soft, line = f"fill:{colour('soft')}", f"stroke:{colour('line')}"
        bottom = HEIGHT - _BOTTOM
        parts = []
        for value in (log_ticks if self.log else linear_ticks)(*self.y_range):
            y, text = self.y(value), self.form(value)
            parts.append(tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, style=line))
            parts.append(tag("text", text, x=_LEFT - 7, y=y + 4, text_anchor="end", style=soft))
        for value in self._x_ticks():
            x = self.x(value)
            parts.append(tag("line", x1=x, x2=x, y1=bottom, y2=bottom + 4, style=line))
            text = written(value)
            parts.append(tag("text", text, x=x, y=bottom + 18, text_anchor="middle", style=soft))
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        below = tag("text", self.x_label, x=middle, y=HEIGHT - 6, text_anchor="middle", style=soft)
        height = (_TOP + bottom) / 2
        turn = f"rotate(-90 13 {height:g})"
        beside = tag(
            "text", self.y_label, x=13, y=height, text_anchor="middle", transform=turn, style=soft
        )
        above = tag("text", self.name, x=_LEFT, y=_TOP - 5, style=soft)
        return tag("g", *parts, below, beside, above)

    def _runs(self, xs: Sequence[float], ys: Sequence[float]) -> list[list[tuple[float, float]]]:
        """Where the points of a curve stand, parted where a value is not finite."""
        runs: list[list[tuple[float, float]]] = [[]]
        for x, y in zip(xs, ys, strict=True):
            if math.isfinite(y):
                runs[-1].append((self.x(x), self.y(y)))
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def _x_ticks(self) -> list[float]:
        """Marks of x: whole numbers where the ends are whole, as for steps."""
        ticks = linear_ticks(*self.x_range, most=8)
        whole = all(float(end).is_integer() for end in self.x_range)
        return [tick for tick in ticks if tick.is_integer()] if whole else ticks


def _entry(number: int, name: str, sample: Markup) -> Markup:
    """One name below the frame, behind a sample of its line."""
    y = HEIGHT + _ENTRY * (number + 0.5)
    text = tag("text", name, x=34, y=4, style=f"fill:{colour('soft')}")
    return tag("g", sample, text, transform=f"translate({_LEFT} {y:g})")


def _stroke(path: str, name: str, dash: str | None) -> Markup:
    """A line in the colour `name`."""
    style = f"fill:none;stroke:{colour(name)};stroke-width:2.2;stroke-linejoin:round"
    return tag("path", d=path, style=style, stroke_dasharray=dash)
