"""Figures drawn as SVG from plain numbers, each with words for those who cannot see it.

They take their colours from the page around them, and work without one (in a notebook); see
`elman.page.colours.standalone` for a file of its own.
"""

from elman.page.figures.eigenvalues import eigenvalue_plane
from elman.page.figures.gradient_by_lag import GradientCurve, gradient_by_lag
from elman.page.figures.kinds import draw
from elman.page.figures.loss_by_context import Reach, loss_by_context
from elman.page.figures.recall_by_lag import recall_by_lag
from elman.page.figures.saturation import Shares, saturation
from elman.page.figures.spectrum import singular_values
from elman.page.figures.surprisal import surprisal_strip

__all__ = [
    "GradientCurve",
    "Reach",
    "Shares",
    "draw",
    "eigenvalue_plane",
    "gradient_by_lag",
    "loss_by_context",
    "recall_by_lag",
    "saturation",
    "singular_values",
    "surprisal_strip",
]
