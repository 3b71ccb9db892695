"""Numbers as people read them; the terminal, tables and pages all take them from here."""

import math

__all__ = [
    "NOT_FINITE",
    "counted",
    "figure",
    "in_powers",
    "percent",
    "plural",
    "significant",
    "spanned",
    "visible",
]

NOT_FINITE = "not finite"
"""What people read in place of NaN and infinity; in JSON it is null."""

_HARMLESS = "\n\t\u00a0\u2003\u3000\u200c\u200d"  # of what Python does not call printable
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figure(value: float, decimals: int | None = None) -> str:
    """A perplexity, or another figure that a network is scored by.

    Args:
        value: the figure.
        decimals: digits behind the point; None for as many as make four digits in all, or more.

    >>> figure(1.2345), figure(98.21), figure(12345.6), figure(float("nan"))
    ('1.234', '98.21', '12,346', 'not finite')
    """
    if not math.isfinite(value):
        return NOT_FINITE
    if decimals is None:
        decimals = 3 if value < 10 else 2 if value < 1000 else 0
    return f"{value:,.{decimals}f}"


def percent(share: float) -> str:
    """A share for people, with two digits.

    >>> percent(0.4567), percent(0.012), percent(0.00004)
    ('46 %', '1.2 %', '0.0 %')
    """
    return f"{share * 100:.0f} %" if share >= 0.0995 else f"{share * 100:.1f} %"


def in_powers(value: float, digits: int = 2) -> str:
    """A very small or very large number as it is written by hand, with so many digits at most.

    >>> in_powers(0.000123), in_powers(1e-7), in_powers(-3e12)
    ('1.2·10⁻⁴', '10⁻⁷', '−3·10¹²')
    """
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    factor = "" if float(mantissa) == 1 else f"{float(mantissa):g}·"
    sign = "−" if value < 0 else ""
    return f"{sign}{factor}10{str(int(exponent)).translate(_RAISED)}"


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, without an exponent where it can be.

    >>> significant(0.012345), significant(1234.5), significant(2.0), significant(3.2e-9)
    ('0.0123', '1,234', '2', '3.2·10⁻⁹')
    """
    if value and not 1e-4 <= abs(value) < 1e9:
        return in_powers(value, digits) if math.isfinite(value) else str(value)
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def plural(unit: str) -> str:
    """A unit in the plural.

    >>> plural("word"), plural("day"), plural("category")
    ('words', 'days', 'categories')
    """
    return f"{unit[:-1]}ies" if unit.endswith("y") and unit[-2:-1] not in "aeiou" else f"{unit}s"


def spanned(least: int, most: int, unit: str) -> str:
    """From how many to how many there are, once where the two are alike.

    >>> spanned(3, 9000, "word"), spanned(1, 1, "word")
    ('3 to 9,000 words', '1 word')
    """
    return counted(most, unit) if least == most else f"{least:,} to {most:,} {plural(unit)}"


def counted(count: float, unit: str) -> str:
    """A count with its unit, in the plural where it is due.

    >>> counted(1, "word"), counted(9, "word"), counted(2.5, "hour")
    ('1 word', '9 words', '2.5 hours')
    """
    return f"{significant(count)} {unit if count == 1 else plural(unit)}"


def visible(text: str) -> str:
    r"""Text for a terminal: control characters, which it would obey, are written out.

    Line ends and tabs stay, as do the joiners within words of some scripts and within emoji.

    >>> print(visible("a\x1b[31m b"))
    a\x1b[31m b
    """
    return "".join(
        character if character.isprintable() or character in _HARMLESS else ascii(character)[1:-1]
        for character in text
    )
