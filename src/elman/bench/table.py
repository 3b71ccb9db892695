"""The table that people read."""

import statistics
from collections.abc import Sequence

from elman.bench.layers import Figures, Row
from elman.wording import counted, percent, significant

__all__ = ["header", "line", "summary"]

_WIDTHS = (15, 20, 6, 9, 8, 9, 9, 8, 9, 17)
_NAMES = (
    *("shape", "T, B, I, H", "cell"),
    *("forward", "× torch", "of peak"),
    *("training", "× torch", "of peak"),
    "error (torch's)",
)


def header() -> str:
    """The names of the columns."""
    return _join(_NAMES)


def line(row: Row) -> str:
    """One line of the table; ~ marks a figure that was measured while others were busy."""
    cells = [row.name, ", ".join(map(str, row.shape)), row.cell]
    for figures in (row.forward, row.training):
        cells += _cells(figures)
    return _join([*cells, f"{row.error:.0e} ({row.torch_error:.0e})"])


def summary(rows: Sequence[Row], threads: int) -> str:
    """What the table comes to, and whether it can be trusted."""
    lines = []
    for cell in dict.fromkeys(row.cell for row in rows):
        mine = [row for row in rows if row.cell == cell]
        forward = statistics.geometric_mean(row.forward.speedup for row in mine)
        training = statistics.geometric_mean(row.training.speedup for row in mine)
        worst = min(min(row.forward.speedup, row.training.speedup) for row in mine)
        lines.append(
            f"{cell:<6} {forward:.2f} × torch forward, {training:.2f} × in training, "
            f"{worst:.2f} × at worst"
        )
    lines.append(
        f"{counted(threads, 'thread')}; medians of rounds in which ours, torch's "
        "and a large matrix product (the peak) took turns; errors against float64"
    )
    noisy = sum(figures.noisy for row in rows for figures in (row.forward, row.training))
    if noisy:
        lines.append(
            f"~ {noisy} of {2 * len(rows)} figures were measured while other processes were busy. "
            "Close them and measure again."
        )
    fallen = sorted({row.cell for row in rows if row.backend != "native"})
    if fallen:
        lines.append(f"{', '.join(fallen)}: ran on torch's operators. See `elman doctor`.")
    return "\n".join(lines)


def _cells(figures: Figures) -> list[str]:
    mark = "~" if figures.noisy else ""
    return [
        f"{significant(figures.ours_ms)} ms",
        f"{mark}{figures.speedup:.2f}",
        percent(figures.of_peak),
    ]


def _join(cells: Sequence[str]) -> str:
    left = [f"{cell:<{width}}" for cell, width in zip(cells[:3], _WIDTHS, strict=False)]
    right = [f"{cell:>{width}}" for cell, width in zip(cells[3:], _WIDTHS[3:], strict=True)]
    return "".join(left + right).rstrip()
