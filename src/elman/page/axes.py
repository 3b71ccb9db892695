"""The frame of a figure: two scales, their marks, and the lines and bands drawn between them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from elman.page.colours import colour
from elman.page.svg import Markup, drawing, tag
from elman.page.ticks import linear_ticks, log_ticks, written

__all__ = ["Axes"]

WIDTH, HEIGHT = 440, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 14, 16, 44


@dataclass(frozen=True, kw_only=True)
class Axes:
    """A frame whose marks and curves share their scales.

    Attributes:
        x_range: left and right end.
        y_range: bottom and top; both above zero on a logarithmic scale.
        x_label: what x counts, with its unit.
        y_label: what y counts, with its unit.
        log: whether y stands on a logarithmic scale.
        form: how the marks of y are written.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str
    y_label: str
    log: bool = False
    form: Callable[[float], str] = written

    @classmethod
    def about_zero(cls, reach: float, x_label: str, y_label: str) -> "Axes":
        """A frame with 0 in its middle and one scale for both axes, from -reach to reach in y."""
        across = reach * (WIDTH - _LEFT - _RIGHT) / (HEIGHT - _TOP - _BOTTOM)
        ends = (-across, across), (-reach, reach)
        return cls(x_range=ends[0], y_range=ends[1], x_label=x_label, y_label=y_label)

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
        path, pen = "", "M"
        for x, y in zip(xs, ys, strict=True):
            if math.isfinite(y):
                path += f"{pen}{self.x(x):.1f} {self.y(y):.1f}"
            pen = "L" if math.isfinite(y) else "M"
        style = f"fill:none;stroke:{colour(name)};stroke-width:2.2;stroke-linejoin:round"
        return tag("path", d=path, style=style, stroke_dasharray=dash)

    def dots(self, xs: Sequence[float], ys: Sequence[float], name: str) -> Markup:
        """A dot for each finite value."""
        points = [(x, y) for x, y in zip(xs, ys, strict=True) if math.isfinite(y)]
        radius = 2.6 if len(points) <= 40 else 1.4
        circles = [tag("circle", cx=self.x(x), cy=self.y(y), r=radius) for x, y in points]
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
        """A dotted line across, with what it means at its right end."""
        y = self.y(height)
        stroke = f"stroke:{colour('soft')};stroke-dasharray:2 4"
        line = tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, style=stroke)
        return Markup(line + self.say(WIDTH - _RIGHT, y - 5, text, "soft", "end"))

    def mark(self, x: float, text: str, name: str) -> Markup:
        """A line from top to bottom with its name beside it, on the side that has room."""
        at = self.x(x)
        style = f"stroke:{colour(name)};stroke-width:1.6"
        line = tag("line", x1=at, x2=at, y1=_TOP, y2=HEIGHT - _BOTTOM, style=style)
        left = at > WIDTH * 0.6
        words = self.say(
            at + (-7 if left else 7), _TOP + 13, text, name, "end" if left else "start"
        )
        return Markup(line + words)

    def say(self, x: float, y: float, text: str, name: str, anchor: str = "start") -> Markup:
        """Words at a place of the figure, with the paper's colour round them."""
        style = (
            f"fill:{colour(name)};stroke:{colour('card')};stroke-width:4;paint-order:stroke;"
            "stroke-linejoin:round"
        )
        return tag("text", text, x=x, y=y, text_anchor=anchor, style=style)

    def figure(self, title: str, description: str, *children: str) -> Markup:
        """The whole figure: the frame, and what is drawn in it."""
        return drawing(WIDTH, HEIGHT, title, description, self._grid(), *children)

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
        return tag("g", *parts, below, beside)

    def _x_ticks(self) -> list[float]:
        """Marks of x: whole numbers where the ends are whole, as for steps."""
        ticks = linear_ticks(*self.x_range, most=8)
        whole = all(float(end).is_integer() for end in self.x_range)
        return [tick for tick in ticks if tick.is_integer()] if whole else ticks
