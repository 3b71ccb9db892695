"""Instruments that read a model from outside: how far back it looks, learns and remembers.

`diagnose(model, data)` calls them all and ends in plain words. They work on any `torch.nn.Module`
that holds recurrent layers of `torch.nn` or `elman.nn`, and on Elman's own models.
"""

from elman.inspect.contexts import memory_horizon
from elman.inspect.diagnosis import Diagnosis, diagnose
from elman.inspect.gradient_flow import GradientFlow, gradient_flow
from elman.inspect.horizon import Horizon
from elman.inspect.recall import recall
from elman.inspect.recollection import Recall
from elman.inspect.report import write_report
from elman.inspect.saturation import Saturation, saturation
from elman.inspect.spectrum import Spectrum, spectrum
from elman.inspect.surprisal import Surprisal, surprisal
from elman.inspect.trace import Trace, trace

__all__ = [
    "Diagnosis",
    "GradientFlow",
    "Horizon",
    "Recall",
    "Saturation",
    "Spectrum",
    "Surprisal",
    "Trace",
    "diagnose",
    "gradient_flow",
    "memory_horizon",
    "recall",
    "saturation",
    "spectrum",
    "surprisal",
    "trace",
    "write_report",
]
