"""Where the marks of an axis stand, and what they say."""

import math

from elman.wording import in_powers

__all__ = ["linear_ticks", "log_ticks", "written"]


def linear_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers in [low, high], a step of 1, 2 or 5 times a power of ten apart.

    >>> linear_ticks(0, 32), linear_ticks(0.0, 0.9, 4)
    ([0.0, 10.0, 20.0, 30.0], [0.0, 0.5])
    """
    if not high > low:
        return [float(low)]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Powers of ten in [low, high], each one or each second, third, ….

    >>> log_ticks(0.0005, 2), log_ticks(1e-9, 1, 4)
    ([0.001, 0.01, 0.1, 1.0], [1e-09, 1e-06, 0.001, 1.0])
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    stride = max(1, math.ceil((last - first + 1) / most))
    return [10.0**power for power in range(last, first - 1, -stride)][::-1]


def written(value: float) -> str:
    """A mark's number, short.

    >>> [written(value) for value in (0.0, 0.001, 1e-07, 2.5, 1200.0, 1e6, math.inf)]
    ['0', '0.001', '10⁻⁷', '2.5', '1,200', '10⁶', '∞']
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "–"
    if value and not 1e-3 <= abs(value) < 1e6:
        return in_powers(value)
    return f"{value:,.6g}".replace("-", "−")
