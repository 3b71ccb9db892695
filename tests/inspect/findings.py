"""What instruments might have found, made up for the tests of what is said of it."""

from elman.inspect.gradient_flow import GradientFlow, LayerFlow
from elman.inspect.horizon import Horizon
from elman.inspect.recollection import Recall
from elman.inspect.saturation import LayerSaturation, Saturation
from elman.inspect.spectrum import LayerSpectrum, Spectrum

HORIZON = Horizon(9, 8, 10, 0.01, (0.4,) + (0.1,) * 11, (0.0,) * 12, 1.0, 500, unit="word")


def flow(*curves, unit="word", per=1.0):
    layers = tuple(
        LayerFlow(
            f"l{number}",
            "forward",
            curve,
            curve,
            None,
            1.0,
            next((k for k in range(len(curve)) if max(curve[k:]) < 0.01), None),
            100,
        )
        for number, curve in enumerate(curves)
    )
    return GradientFlow(layers, len(curves[0]) - 1, "loss", unit=unit, unit_per_step=per)


def recalled(*scores, measure="accuracy"):
    return Recall(measure, scores, 0.1, None, 100, None, "word")


def stuck(*gates, units=80, dead=()):
    return Saturation((LayerSaturation("l", "forward", gates, units, dead),), 0.1, 1e-3, 500)


def stretching(exponent):
    shares = ((0.9,), (0.8,), (1.0,))
    return Spectrum((LayerSpectrum("l", "forward", *shares, -0.1, (), 0.9, exponent, 64),))


def fading(lags, rate):
    return tuple(rate**lag for lag in range(lags + 1))
