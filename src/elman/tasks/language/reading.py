"""Reading a text with a fitted network, token by token: what it expects, what surprises it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.contracts import State
from elman.data.codecs import UNKNOWN, Codec
from elman.data.text import block_of
from elman.data.tokens import encode_text
from elman.errors import DataError
from elman.inspect.probe import Probe
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import as_read, remembered
from elman.tasks.language.scoring import corpus_log_probabilities

__all__ = ["Candidate", "ReadToken", "Reader", "next_tokens", "surprisals", "unknown_tokens"]


class Reader:
    """A network and its codec, reading one text.

    Args:
        module: the network; it is put into evaluation mode.
        codec: what its ids mean.
        sequences: where its memory starts anew, as in `LanguageConfig`.
    """

    def __init__(self, module: LanguageModule, codec: Codec, sequences: str) -> None:
        self.module = module.eval()
        self.codec = codec
        self.sequences = sequences

    @torch.no_grad()
    def read(self, ids: Sequence[int], state: State | None = None) -> tuple[Tensor, State]:
        """Read on.

        Args:
            ids: T tokens, one at least.
            state: what the last call returned; None to begin.

        Returns:
            Logits (T, V) of the token after each, on the processor; and the state.

        Raises:
            DataError: there are no ids, or one is not in the vocabulary.
        """
        if not ids or min(ids) < 0 or max(ids) >= self.codec.size:
            raise DataError(
                f"Reader.read: `ids` must be tokens in 0 … {self.codec.size - 1}, one at least, "
                f"got {list(ids)!r:.60}."
            )
        tokens = torch.tensor([list(ids)], device=self.module.device)
        resets = tokens == self.codec.eos_id if self.sequences == "sentence" else None
        logits, state = self.module(tokens, state, resets)
        return logits[0].cpu(), state


@dataclass(frozen=True)
class Candidate:
    """A token that may come next, and its probability."""

    token: str
    probability: float


@dataclass(frozen=True)
class ReadToken:
    """Where a network stands after one token of a prompt.

    Attributes:
        token: the token as written; "" before the first one.
        known: whether the model knows it; if not, it was read as `<unk>`.
        candidates: the likeliest next tokens, likeliest first, without `<unk>`.
        unknown_mass: probability that some token comes which the model does not know.
        remembered: the tokens so far, oldest first, as far back as anything is still read from
            the memory by a linear probe; None for one that is not, `<unk>` for one that was not
            known. None in all without a probe.
    """

    token: str
    known: bool
    candidates: tuple[Candidate, ...]
    unknown_mass: float
    remembered: tuple[str | None, ...] | None = None


def next_tokens(reader: Reader, probe: Probe | None, prompt: str, k: int) -> list[ReadToken]:
    """What a network expects after each token of a prompt; for an empty one, at a line's beginning.

    Args:
        reader: the network and its codec.
        probe: what reads the memory back; None for nothing.
        prompt: a line of text.
        k: how many candidates to list after each token.

    Raises:
        DataError: no token of the prompt is known.
    """
    codec = reader.codec
    pieces, ids = codec.split(prompt), codec.encode(prompt)
    known = _known(codec, pieces, ids)
    logits, state = reader.read([codec.eos_id])
    if not ids:
        return [ReadToken("", True, *_expected(logits, codec, k), () if probe else None)]
    if not any(known):
        raise DataError(
            f"LanguageModel.next_tokens: `prompt` must hold a {codec.unit} that the model knows, "
            f"got only unknown ones: {', '.join(pieces):.80}."
        )
    steps = []
    words, lags = as_read(codec, ids, pieces), probe.lags if probe else 0
    for at, token in enumerate(ids):
        logits, state = reader.read([token], state)
        seen = slice(max(0, at + 1 - lags), at + 1)
        held = remembered(probe, state, ids[seen], words[seen]) if probe else None
        steps.append(ReadToken(pieces[at], known[at], *_expected(logits, codec, k), held))
    return steps


def unknown_tokens(codec: Codec, text: str) -> list[str]:
    """The tokens of a text that are read as `<unk>`, as they are written; each once."""
    pieces, ids = codec.split(text), codec.encode(text)
    known = _known(codec, pieces, ids)
    return list(
        dict.fromkeys(piece for piece, is_known in zip(pieces, known, strict=True) if not is_known)
    )


def _known(codec: Codec, pieces: Sequence[str], ids: Sequence[int]) -> list[bool]:
    """Whether a codec knows each token of a text."""
    return [
        token != codec.unknown_id or piece == UNKNOWN
        for piece, token in zip(pieces, ids, strict=True)
    ]


def _expected(logits: Tensor, codec: Codec, k: int) -> tuple[tuple[Candidate, ...], float]:
    """The k likeliest tokens after the last step, and the mass of `<unk>`."""
    probabilities = logits[-1].double().softmax(0)
    unknown_mass = float(probabilities[codec.unknown_id])
    probabilities[codec.unknown_id] = -1
    best = probabilities.topk(min(k, codec.size - 1))
    candidates = tuple(
        Candidate(codec.tokens[token], probability)
        for probability, token in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    )
    return candidates, unknown_mass


def surprisals(reader: Reader, text: str) -> list[tuple[str, float]]:
    """Each token of a text with its surprisal in bits, −log₂ p(token | all before it).

    The text is divided into lines as a file is: blank ones are dropped, the others closed by
    `<eos>`, which is listed too.

    Args:
        reader: the network and its codec.
        text: some lines; a token that the model does not know is read as `<unk>`.
    """
    codec = reader.codec
    tokens = encode_text(text, codec, boundaries=reader.sequences)
    lines = filter(None, block_of(text).split("\n"))
    pieces = [piece for line in lines for piece in (*codec.split(line), codec.tokens[codec.eos_id])]
    nats = -corpus_log_probabilities(reader.module, tokens, eos_id=codec.eos_id)
    return list(zip(pieces, (nats / math.log(2)).tolist(), strict=True))
