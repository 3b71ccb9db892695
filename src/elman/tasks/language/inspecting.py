"""What a language model hands to the instruments of `elman.inspect`: its network, and a text."""

import numpy as np
import torch
from torch import Tensor

from elman.contracts import Material, Training
from elman.data.sources import Data, expand
from elman.data.text import Source
from elman.data.tokens import TokenFile
from elman.tasks.commands import as_named
from elman.tasks.held_out import held_out as found_again
from elman.tasks.language.corpus import encode, open_corpus
from elman.tasks.language.trained import Trained

__all__ = ["held_out", "material", "material_of", "material_of_ids"]

MOST_TOKENS = 65_536


def material(trained: Trained, data: Data | None) -> Material:
    """The network, and the first 65,536 tokens of a text as it reads them.

    Args:
        trained: the model.
        data: texts, as for `LanguageModel.score`; None for the one that the run was validated on.

    Raises:
        DataError: a text cannot be read, holds nothing that the model knows, or is not at hand.
    """
    sources, said = held_out(trained) if data is None else (expand(data, "test"), as_named(data))
    with encode(sources, trained.codec, trained.config) as tokens:
        return material_of(trained, tokens, said)


def material_of(trained: Trained, tokens: TokenFile, said: str) -> Material:
    """The network, and the first 65,536 of some tokens.

    Args:
        trained: the model.
        tokens: a text in its ids.
        said: what the text is, for people.
    """
    ids = torch.from_numpy(tokens.ids[:MOST_TOKENS].astype(np.int64))
    resets = torch.zeros(len(ids), dtype=torch.bool)
    starts = tokens.starts[1:]
    # A sequence's first token is predicted from the <eos> before it, with the memory wiped.
    resets[torch.from_numpy(starts[starts <= len(ids)] - 1)] = True
    if len(tokens) > len(ids):
        said = f"the first {len(ids):,} of {len(tokens):,} {trained.codec.unit}s of {said}"
    return material_of_ids(trained, ids, resets, said)


def material_of_ids(trained: Trained, ids: Tensor, wiped: Tensor, source: str) -> Material:
    """The network, and a text in its ids.

    Args:
        trained: the model.
        ids: the text, (N,).
        wiped: (N,) bool, where memory is wiped before a step.
        source: what the text is, for people.
    """
    return Material(
        module=trained.module,
        data=ids,
        resets=wiped if bool(wiped.any()) else None,
        unit=trained.codec.unit,
        names=trained.codec.tokens,
        source=source,
        training=Training(trained.config.truncation_steps, trained.config.clip_norm),
        unknown=float((ids == trained.codec.unknown_id).double().mean()),
    )


def held_out(trained: Trained) -> tuple[tuple[Source, ...], str]:
    """The text that a run was validated on, if what its command names still has the same bytes.

    Raises:
        DataError: it is not at hand.
    """
    where, what = "LanguageModel.material", "the text that"
    return found_again(trained, where, what, open_corpus)
