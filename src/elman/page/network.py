"""A small language model written down for the browser, which runs it: weights, vocabulary, probe.

Letters: V tokens, E features, L layers, H hidden units, G blocks of a cell, K lags of the probe.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.errors import DataError

__all__ = ["MOST_NUMBERS", "BrowserNetwork"]

MOST_NUMBERS = 1_500_000
"""The largest network that a page carries: 6 MB of float32, 8 MB in the file."""


@dataclass(frozen=True, kw_only=True)
class BrowserNetwork:
    """A language model that a page can run by itself.

        x_t = E[token_t],  h_t = stack(x_t, h_{t-1}),  o_t = softmax(W P h_t + c)

    Attributes:
        name: how the page calls it.
        cell: 'elman', 'gru' or 'lstm'; gates are in torch's order.
        activation: f of the Elman cell.
        layers: L.
        tensors: float32 by name: `embedding` (V, E); for each layer `layers.0.U` (G·H, I),
            `layers.0.V` (G·H, H) and, with biases, `layers.0.b` and `layers.0.d` (G·H,); `bias`
            (V,); `head` (V, F) unless it is the embedding; `projection` (F, H) if there is one;
            `probe.weights`, `probe.bias`, `probe.codes`, `probe.edges`, `probe.precision` as in
            `elman.inspect.probe.Probe` if there is one.
        tokens: id → text.
        split: how text is cut: 'punctuation', 'whitespace' or 'characters'.
        unknown: the id of what is not listed.
        eos: the id of a line's end, which the network reads before a text begins.
        sequences: 'sentence' if memory starts anew at every `eos`.
    """

    name: str
    cell: str
    activation: str = "tanh"
    layers: int
    tensors: Mapping[str, NDArray[np.float32]]
    tokens: Sequence[str]
    split: str
    unknown: int
    eos: int
    sequences: str

    @property
    def numbers(self) -> int:
        """How many numbers it holds; pages take up to `MOST_NUMBERS`."""
        return sum(tensor.size for tensor in self.tensors.values())

    def to_json(self) -> dict[str, Any]:
        """Plain values for `modules/network/source.js`; weights as base64 of little-endian float32.

        Raises:
            DataError: it holds more than `MOST_NUMBERS`.
        """
        if self.numbers > MOST_NUMBERS:
            raise DataError(
                f"BrowserNetwork: a page must carry at most {MOST_NUMBERS:,} numbers, "
                f"got {self.numbers:,}. Give a recording of it instead."
            )
        places, at = {}, 0
        for name, tensor in self.tensors.items():
            places[name] = {"shape": list(tensor.shape), "at": at}
            at += tensor.size
        flat = [np.ravel(tensor).astype("<f4") for tensor in self.tensors.values()]
        return {
            "kind": "network",
            "name": self.name,
            "cell": self.cell,
            "activation": self.activation,
            "layers": self.layers,
            "tensors": places,
            "numbers": base64.b64encode(np.concatenate(flat).tobytes()).decode("ascii"),
            "codec": {
                "split": self.split,
                "tokens": list(self.tokens),
                "unknown": self.unknown,
                "eos": self.eos,
            },
            "sequences": self.sequences,
        }
