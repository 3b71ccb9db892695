"""The table that people read."""

import statistics
from collections.abc import Sequence

from elman.bench.layers import Figures, Row
from elman.bench.shapes import Shape
from elman.wording import counted, percent, significant

__all__ = ["header", "line", "summary", "title"]

_WIDTHS = (7, 8, 8, 7, 6, 8, 8, 7, 6, 14)  # 79: a terminal's width, less one
_NAMES = ("cell", *(("ours", "torch", "ratio", "peak") * 2), "(torch's)")
_ABOVE = f"{'':7}{'forward, ms':^29}{'training, ms':^29}{'error':>14}"


def header() -> str:
    """The names of the columns, two lines."""
    return f"{_ABOVE}\n{_join(_NAMES)}"


def title(name: str, shape: Shape) -> str:
    """What stands above the lines of a shape.

    >>> title("series", Shape(100, 128, 8, 64))
    'series: T 100, B 128, I 8, H 64'
    """
    sizes = zip("TBIH", shape, strict=True)
    return f"{name}: {', '.join(f'{letter} {size}' for letter, size in sizes)}"


def line(row: Row) -> str:
    """One line of the table; ~ marks a figure that was measured while others were busy."""
    cells = [row.cell, *_cells(row.forward), *_cells(row.training)]
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
        "and a large matrix\nproduct (the peak) took turns; ratio is torch / ours; "
        "errors against float64"
    )
    noisy = sum(figures.noisy for row in rows for figures in (row.forward, row.training))
    if noisy:
        lines.append(
            f"~ {noisy} of {2 * len(rows)} figures were measured while other processes were busy.\n"
            "Close them and measure again."
        )
    fallen = sorted({row.cell for row in rows if row.backend != "native"})
    if fallen:
        lines.append(f"{', '.join(fallen)}: ran on torch's operators. See `elman doctor`.")
    return "\n".join(lines)


def _cells(figures: Figures) -> list[str]:
    mark = "~" if figures.noisy else ""
    return [
        significant(figures.ours_ms),
        significant(figures.torch_ms),
        f"{mark}{figures.speedup:.2f}",
        percent(figures.of_peak),
    ]


def _join(cells: Sequence[str]) -> str:
    right = (f"{cell:>{width}}" for cell, width in zip(cells[1:], _WIDTHS[1:], strict=True))
    return f"{cells[0]:<{_WIDTHS[0]}}{''.join(right)}".rstrip()
