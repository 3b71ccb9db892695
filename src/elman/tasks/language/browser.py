"""A fitted language model written down for a page, whose browser runs it."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from elman.data.codecs import Codec
from elman.data.codecs.words import WordCodec
from elman.errors import ConfigError
from elman.page.network import BrowserNetwork
from elman.tasks.language.trained import Trained

__all__ = ["browser_network"]

_NAMES = {"elman": "Elman", "rnn": "Elman", "gru": "GRU", "lstm": "LSTM"}
_PARTS = {"weight_ih": "U", "weight_hh": "V", "bias_ih": "b", "bias_hh": "d"}
_PROBE = ("weights", "bias", "codes", "edges", "precision")


def browser_network(trained: Trained) -> BrowserNetwork:
    """All that a browser needs to read and to predict as the model does.

    Raises:
        ConfigError: the text is cut into subwords, which a page cannot do.
    """
    module = trained.module
    tensors = {"embedding": module.embedding.weight, "bias": module.head.bias}
    if module.head.weight is not module.embedding.weight:
        tensors["head"] = module.head.weight
    if module.projection is not None:
        tensors["projection"] = module.projection.weight
    for layer in range(module.stack.num_layers):
        for part, letter in _PARTS.items():
            tensors[f"layers.{layer}.{letter}"] = getattr(module.stack, f"{part}_l{layer}")
    if trained.probe is not None:
        tensors |= {f"probe.{part}": getattr(trained.probe, part) for part in _PROBE}
    return BrowserNetwork(
        name=_NAMES[trained.config.cell],
        cell="elman" if trained.config.cell == "rnn" else trained.config.cell,
        layers=module.stack.num_layers,
        tensors={name: _plain(tensor) for name, tensor in tensors.items()},
        tokens=trained.codec.tokens,
        split=_split(trained.codec),
        unknown=trained.codec.unknown_id,
        eos=trained.codec.eos_id,
        sequences=trained.config.sequences,
    )


def _plain(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor's numbers, in float32."""
    numbers: NDArray[np.float32] = tensor.detach().float().cpu().numpy()
    return numbers


def _split(codec: Codec) -> str:
    """How the page cuts text as the codec does."""
    if isinstance(codec, WordCodec):
        return codec.word_split
    if codec.unit != "character":
        raise ConfigError(
            f"browser_network: `unit` must be 'word' or 'character' for a page to cut text, "
            f"got '{codec.unit}'. Give a recording instead."
        )
    return "characters"
