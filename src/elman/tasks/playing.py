"""A model for a page: the network itself where a browser can run it, else a recording of it."""

from dataclasses import dataclass
from typing import Any

from elman.errors import ConfigError
from elman.inspect.playing import recordings
from elman.page.network import MOST_NUMBERS, BrowserNetwork
from elman.page.recording import Recording
from elman.tasks.language.estimator import LanguageModel

__all__ = ["Play", "play"]

_WORDS = {"word": 8, "subword": 12, "character": 24}


@dataclass(frozen=True)
class Play:
    """What a page plays.

    Attributes:
        sources: the network, or recordings of it.
        text: what the network reads first; "" for recordings.
    """

    sources: tuple[BrowserNetwork | Recording, ...]
    text: str = ""


def play(model: Any, data: Any = None) -> Play:
    """Take a model's network if a page can run it, else record what it does with its data.

    Args:
        model: a `LanguageModel`, or whatever `elman.inspect.diagnose` takes.
        data: as there.

    >>> import torch
    >>> play(torch.nn.GRU(2, 3, batch_first=True), torch.zeros(4, 5, 2)).sources[0].name
    'GRU'
    """
    if isinstance(model, LanguageModel):
        try:
            network = model.browser_network()
        except ConfigError:  # a page cannot cut subwords; it then shows a recording, and says so
            return Play(recordings(model, data))
        if network.numbers <= MOST_NUMBERS:
            return Play((network,), _beginning(model, data))
    return Play(recordings(model, data))


def _beginning(model: LanguageModel, data: Any) -> str:
    """The first words of what was read, up to a line's end."""
    found = model.material(data)
    assert found.names is not None
    tokens: list[str] = []
    for token in found.data[: _WORDS[found.unit]].tolist():
        if found.names[token] == "<eos>":
            break
        tokens.append(found.names[token])
    return ("" if found.unit == "character" else " ").join(tokens)
