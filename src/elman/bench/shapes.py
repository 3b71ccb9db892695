"""Shapes of work that people have, by the names under which they are known."""

from typing import NamedTuple

__all__ = ["QUICK", "SHAPES", "Shape"]


class Shape(NamedTuple):
    """The sizes of one layer's call.

    Attributes:
        steps: T.
        batch: B, sequences.
        inputs: I.
        units: H.
    """

    steps: int
    batch: int
    inputs: int
    units: int

    def operations(self, gates: int) -> int:
        """Floating-point operations of the products of a pass forward; a training step has 3 times.

        >>> Shape(steps=2, batch=3, inputs=4, units=5).operations(gates=1)
        540
        """
        return 2 * self.steps * self.batch * gates * self.units * (self.inputs + self.units)


SHAPES: dict[str, Shape] = {
    "step": Shape(1, 1, 256, 256),  # streaming
    "agents": Shape(1, 16, 64, 256),  # reinforcement learning
    "short": Shape(50, 1, 64, 64),
    "long": Shape(1000, 1, 128, 128),
    "series": Shape(100, 128, 8, 64),
    "char-rnn": Shape(50, 50, 128, 128),
    "ptb-small": Shape(20, 20, 200, 200),  # Zaremba et al. 2014, as the next two
    "ptb-medium": Shape(35, 20, 650, 650),
    "ptb-large": Shape(35, 20, 1500, 1500),
    "speech": Shape(400, 64, 123, 320),
    "fastrnns": Shape(100, 64, 512, 512),  # torch's own benchmark
    "awd": Shape(70, 80, 1150, 1150),  # Merity et al. 2018
    "deepbench-lstm": Shape(25, 32, 512, 512),
    "deepbench-gru": Shape(187, 32, 1024, 1024),
    "wide": Shape(5, 500, 510, 32),
}

QUICK: tuple[str, ...] = ("step", "short", "series", "char-rnn", "ptb-small", "ptb-medium")
"""What is measured unless something else is asked for."""
