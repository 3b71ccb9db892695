"""The errors Elman raises, in one tree: catch `ElmanError` for all of them.

Form of every message: ``where: `name` must …, got …. [What to do.]``
"""

__all__ = [
    "AddressError",
    "BackendError",
    "CheckpointError",
    "ChoiceError",
    "ConfigError",
    "DataError",
    "DivergenceError",
    "ElmanError",
    "ShapeError",
]


class ElmanError(Exception):
    """Any error that Elman raises on purpose."""


class ShapeError(ElmanError, ValueError):
    """A tensor has the wrong shape, type or device."""


class ChoiceError(ElmanError, ValueError):
    """A name is not one of those allowed."""


class ConfigError(ElmanError, ValueError):
    """An option has a value that cannot be used."""


class DataError(ElmanError, ValueError):
    """Input data cannot be read or does not fit the model."""


class CheckpointError(ElmanError):
    """A run folder cannot be read, written or resumed."""


class AddressError(ElmanError):
    """A page cannot be served at the address that was asked for."""


class BackendError(ElmanError, RuntimeError):
    """The native core was demanded but cannot do the work."""


class DivergenceError(ElmanError, ArithmeticError):
    """Training met a loss or gradient that is not finite; the message is the autopsy."""
