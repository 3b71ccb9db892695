"""How fast the recurrent layers are on this machine, beside torch's and beside its peak."""

from elman.bench.layers import CELLS, PEAK_SIZE, Figures, Row, measure
from elman.bench.shapes import QUICK, SHAPES, Shape
from elman.bench.table import header, line, summary

__all__ = [
    "CELLS",
    "PEAK_SIZE",
    "QUICK",
    "SHAPES",
    "Figures",
    "Row",
    "Shape",
    "header",
    "line",
    "measure",
    "summary",
]
