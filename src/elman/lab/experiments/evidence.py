"""A loaded language model and a text to measure it on, and the same model with V turned up or down.

Letters: N tokens of a text, R rows, T steps, V recurrent weights.
"""

import copy
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.contracts import Material, State
from elman.data.datasets.elman_sentences import generate, machine
from elman.decoding.sampling import Sampling
from elman.errors import DataError
from elman.tasks.language.inspecting import material, material_of_ids
from elman.tasks.language.trained import Trained

__all__ = ["Evidence", "gathering", "heeding", "scaled"]

_GRAMMAR = ("new sentences of the grammar", "elman-sentences (")
"""How the names of texts begin that are drawn from the grammar of elman-sentences."""

_SENTENCES, _SENTENCES_SEED = 3_000, 1_992  # the starters learn from others
_ROWS, _STEPS = 32, 400
_TOLD = 8  # steps written between two words about it
_MOST_SCALE = 10.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the instruments of `elman.inspect` take in place of an estimator.

    Attributes:
        held: the network and the text.
    """

    held: Material

    @property
    def of_grammar(self) -> bool:
        """Whether the text is drawn from elman-sentences, whose true horizon is known."""
        return self.held.source.startswith(_GRAMMAR)

    def material(self, data: Any = None) -> Material:  # noqa: ARG002  (of `contracts.Inspectable`)
        """The network and the text."""
        return self.held


def gathering(trained: Trained) -> Generator[float, None, Evidence]:
    """A model and a text that it did not learn from, or else one that it writes itself.

    The text that its run was validated on, if that is at hand; new sentences of the grammar, for a
    model of elman-sentences; else what the model says when it is left alone, which no file is
    needed for: its horizon on that is how far back it looks while it speaks.

    Yields:
        The share of the text that the model has written.

    Raises:
        DataError: the model has diverged.
    """
    try:
        return Evidence(material(trained, None))
    except DataError:
        pass  # the text is not at hand
    grammar = set(machine().words) <= set(trained.codec.tokens) <= {*machine().words, "<unk>"}
    if grammar:
        lines = generate(_SENTENCES, _SENTENCES_SEED)
        codec = trained.codec
        ids = torch.tensor([id_ for line in lines for id_ in (*codec.encode(line), codec.eos_id)])
        return Evidence(_material(trained, ids, _GRAMMAR[0], starts=None))
    ids = yield from _speech(trained)
    starts = torch.arange(0, ids.numel(), _STEPS)
    return Evidence(_material(trained, ids.flatten(), "text that it wrote itself", starts))


def heeding(evidence: Evidence, check: Callable[[], None]) -> Evidence:
    """The same on a copy of the network that calls `check` whenever a part of it begins to work.

    What `check` raises ends a measurement that is not wanted any more.
    """
    module = copy.deepcopy(evidence.held.module)
    for part in (module, *module.children()):  # not all that is asked of it begins with `forward`
        part.register_forward_pre_hook(lambda *_: check())
    return Evidence(replace(evidence.held, module=module))


def scaled(evidence: Evidence, scale: float) -> Evidence:
    """The same with V, the weights from memory to memory, times `scale`, on a copy of the network.

    Raises:
        ConfigError: `scale` is out of its range.
    """
    check_range("scaled", "scale", scale, at_least=0, at_most=_MOST_SCALE)
    module = copy.deepcopy(evidence.held.module)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name.rpartition(".")[2].startswith("weight_hh_l"):
                weight.mul_(scale)
    return Evidence(replace(evidence.held, module=module))


def _material(trained: Trained, ids: Tensor, source: str, starts: Tensor | None) -> Material:
    """A text of ids (N,); memory is wiped at `starts`, and at line ends where the model is so."""
    wiped = torch.zeros(len(ids), dtype=torch.bool)
    if starts is not None:
        wiped[starts] = True
    if trained.config.sequences == "sentence":
        wiped |= ids == trained.codec.eos_id
    return material_of_ids(trained, ids, wiped, source)


def _speech(trained: Trained, seed: int = 0) -> Generator[float, None, Tensor]:
    """What the model says when it is left alone, from the end of a line on: (R, T)."""
    module, codec = trained.module, trained.codec
    generator = torch.Generator().manual_seed(seed)
    sampling = Sampling(forbidden=[codec.unknown_id])
    said = [torch.full((_ROWS,), codec.eos_id)]
    state: State | None = None
    by_sentence = trained.config.sequences == "sentence"
    while len(said) < _STEPS:
        read = said[-1][:, None].to(module.device)
        resets = read == codec.eos_id if by_sentence else None
        with torch.no_grad():
            logits, state = module(read, state, resets)
        said.append(sampling.draw(logits[:, 0].cpu(), generator))
        if len(said) % _TOLD == 0:
            yield len(said) / _STEPS
    return torch.stack(said, dim=1)
