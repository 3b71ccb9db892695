"""A text whose words are the darker the more they surprised the model."""

import unicodedata
from collections.abc import Sequence

from elman.page.colours import colour
from elman.page.svg import Markup, drawing, tag

__all__ = ["surprisal_strip"]

_WIDTH, _LINE, _LETTER, _PAD, _FULL = 440, 32, 7.83, 5.0, 12.0
_MOST = 400
_LONGEST = 40


def surprisal_strip(words: Sequence[str], bits: Sequence[float]) -> Markup:
    """Write a text; behind each word stands its surprisal in bits, 12 and more in full violet.

    Args:
        words: the text, one token each; the first 400 are drawn.
        bits: the surprisal of each.

    >>> found = surprisal_strip(["I", "<b>", "cats"], [1.0, 9.5, 3.0])
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'The most surprising of 3: “&lt;b&gt;” (9.5 bits).'
    >>> "&lt;b&gt;</tspan>" in found or "&lt;b&gt;</text>" in found
    True
    """
    parts: list[str] = []
    x, y = 0.0, 4.0
    for word, surprise in list(zip(words, bits, strict=True))[:_MOST]:
        shown = _shown(word)
        width = _wide(shown) * _LETTER + 2 * _PAD
        if x and x + width > _WIDTH:
            x, y = 0.0, y + _LINE
        parts.append(_word(shown, surprise, x, y, width))
        x += width + 3
    known = [pair for pair in zip(bits, words, strict=True) if pair[0] == pair[0]]  # not NaN
    value, word = max(known, default=(0.0, ""), key=lambda pair: pair[0])
    said = f"“{_shown(word)}” ({value:.1f} bits)"
    title = "Surprisal, word by word"
    return drawing(
        _WIDTH, y + _LINE, title, f"The most surprising of {len(words)}: {said}.", *parts
    )


def _word(shown: str, surprise: float, x: float, y: float, width: float) -> Markup:
    """One word on its ground."""
    share = min(1.0, max(0.0, surprise / _FULL)) if surprise == surprise else 0.0
    ground = f"fill:{colour('W')};opacity:{0.06 + 0.44 * share:.2f}"
    font = "font:13px ui-monospace,'DejaVu Sans Mono',monospace"
    return tag(
        "g",
        tag("title", f"{shown}: {surprise:.1f} bits"),
        tag("rect", x=x, y=y, width=width, height=24, rx=5, style=ground),
        tag("text", shown, x=x + _PAD, y=y + 16.5, style=f"fill:{colour('ink')};{font}"),
    )


def _shown(word: str) -> str:
    """A token as it can be seen, and not too long."""
    seen = word.replace("\n", "⏎").replace(" ", "␣")
    seen = "".join(each if each.isprintable() else "�" for each in seen)
    return seen if len(seen) <= _LONGEST else f"{seen[: _LONGEST - 1]}…"


def _wide(text: str) -> int:
    """How many columns a text takes in type of fixed width."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
