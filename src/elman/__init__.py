"""Elman: recurrent networks.

    h_t = f(U x_t + V h_{t-1} + b)        the memory, updated at every step
    o_t = g(W h_t + c)                    what it says at that step

Nothing heavy is imported until it is used, so that `import elman` and `elman --help` are instant.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what the table below serves, for type checkers and editors
    from elman import errors as errors
    from elman import inspect as inspect
    from elman import nn as nn
    from elman import streaming as streaming
    from elman.nn import accelerate as accelerate
    from elman.nn import restore as restore
    from elman.tasks.classification.estimator import Classifier as Classifier
    from elman.tasks.language.estimator import LanguageModel as LanguageModel
    from elman.tasks.loading import load as load
    from elman.tasks.tagging.estimator import Tagger as Tagger

    __version__: str

__all__ = [
    "Classifier",
    "LanguageModel",
    "Tagger",
    "__version__",
    "accelerate",
    "errors",
    "inspect",
    "load",
    "nn",
    "restore",
    "streaming",
]

_PLACES: dict[str, tuple[str, str | None]] = {
    "Classifier": ("elman.tasks.classification.estimator", "Classifier"),
    "LanguageModel": ("elman.tasks.language.estimator", "LanguageModel"),
    "Tagger": ("elman.tasks.tagging.estimator", "Tagger"),
    "__version__": ("elman.version", "VERSION"),
    "accelerate": ("elman.nn", "accelerate"),
    "errors": ("elman.errors", None),
    "inspect": ("elman.inspect", None),
    "load": ("elman.tasks.loading", "load"),
    "nn": ("elman.nn", None),
    "restore": ("elman.nn", "restore"),
    "streaming": ("elman.streaming", None),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'elman' has no attribute '{name}'")
    module, attribute = _PLACES[name]
    value = importlib.import_module(module)
    globals()[name] = value if attribute is None else getattr(value, attribute)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
