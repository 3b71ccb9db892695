"""How fast the recurrent layers are on this machine, beside torch's and beside its peak."""

from elman.bench.layers import CELLS, PEAK_OPERATIONS, Figures, Row, large_product, measure
from elman.bench.shapes import QUICK, SHAPES, Shape
from elman.bench.table import header, line, summary, title

__all__ = [
    "CELLS",
    "PEAK_OPERATIONS",
    "QUICK",
    "SHAPES",
    "Figures",
    "Row",
    "Shape",
    "header",
    "large_product",
    "line",
    "measure",
    "summary",
    "title",
]
