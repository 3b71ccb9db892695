"""Instruments that read a model from outside: how far back it looks, what its memory holds.

They work on any `torch.nn.Module` with recurrent layers of `torch.nn` or `elman.nn`, and on Elman's
own models.
"""

from elman.inspect.contexts import memory_horizon
from elman.inspect.gradient_flow import GradientFlow, gradient_flow
from elman.inspect.horizon import Horizon
from elman.inspect.recall import Recall, recall
from elman.inspect.saturation import Saturation, saturation
from elman.inspect.spectrum import Spectrum, spectrum
from elman.inspect.trace import Trace, trace

__all__ = [
    "GradientFlow",
    "Horizon",
    "Recall",
    "Saturation",
    "Spectrum",
    "Trace",
    "gradient_flow",
    "memory_horizon",
    "recall",
    "saturation",
    "spectrum",
    "trace",
]
