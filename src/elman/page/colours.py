"""The colours of every figure, read from colours.css: each has one meaning everywhere."""

import re
from functools import cache

from elman.errors import ChoiceError
from elman.page.assets import read_asset
from elman.page.svg import Markup, tag

__all__ = ["colour", "colours", "standalone"]

_COLOUR = re.compile(r"--(\w+): light-dark\((#\w+), (#\w+)\);")


@cache
def colours() -> dict[str, tuple[str, str]]:
    """Name → its light and its dark form.

    >>> sorted(colours())[:5]
    ['U', 'V', 'W', 'card', 'high']
    """
    return {name: (light, dark) for name, light, dark in _COLOUR.findall(read_asset("colours.css"))}


def colour(name: str) -> str:
    """A colour as CSS takes it: the page's own, or its light form where no page gives one.

    Args:
        name: 'U', 'V' or 'W', 'low', 'zero' or 'high' for state values, 'ink', 'soft', 'line', …

    Raises:
        ChoiceError: there is no such colour.

    >>> colour("V")
    'var(--V,#9a5700)'
    >>> colour("amber")
    Traceback (most recent call last):
    elman.errors.ChoiceError: colour: `name` must be one of U, V, W, low, zero, high, ink, soft,
    line, paper, card, shade; got 'amber'.
    """
    if name not in colours():
        raise ChoiceError(f"colour: `name` must be one of {', '.join(colours())}; got {name!r}.")
    return f"var(--{name},{colours()[name][0]})"


def standalone(figure: Markup) -> str:
    """A figure as a file of its own, which is light or dark as its reader is.

    >>> from elman.page.svg import drawing
    >>> standalone(drawing(4, 3, "Recall", "By lag.")).count("light-dark") == len(colours())
    True
    """
    style = tag("style", Markup(read_asset("colours.css")))
    opened, rest = figure.replace('class="figure"', 'class="figure alone"', 1).split(">", 1)
    return f"{opened}>{style}{rest}\n"
