"""A text as a network reads it: memory, gates, what comes next and what is still held, by step.

Letters: T steps, L layers, H hidden units, G gates, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.kernels.layout import CELLS
from elman.kernels.reference import Scan, forward
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import as_read, remembered_along
from elman.tasks.language.trained import Trained

__all__ = ["LayerSteps", "Reading", "Steps"]

_MILESTONE = 64  # the memory is kept after every so many steps


@dataclass(frozen=True)
class LayerSteps:
    """What one layer did, by step.

    Attributes:
        h: its memory, (T, H).
        c: an LSTM's second memory, (T, H); None for other cells.
        gates: letter → (T, H).
    """

    h: Tensor
    c: Tensor | None
    gates: dict[str, Tensor]


@dataclass(frozen=True)
class Steps:
    """Some steps of a text.

    Attributes:
        layers: the lowest first.
        expected: probabilities of the token after each step, (T, V).
        remembered: by step, the tokens that are still held, as of `remembered_along`; None
            without a probe.
    """

    layers: tuple[LayerSteps, ...]
    expected: Tensor
    remembered: list[tuple[str | None, ...]] | None


class Reading:
    """One visitor's reading of texts with one network: what two texts share is read once.

    The memory starts from the end of a line, as wherever Elman reads a prompt. With memory off it
    is wiped before every step: V = 0.

    Args:
        trained: the network.
        memory: whether it has one.
    """

    def __init__(self, trained: Trained, memory: bool = True) -> None:
        self.trained, self.memory = trained, memory
        self._ids: list[int] = []
        self._memories: dict[int, list[tuple[Tensor, ...]]] = {}

    @torch.no_grad()
    def read(self, ids: Sequence[int], pieces: Sequence[str], begin: int, end: int) -> Steps:
        """The steps begin … end - 1 of a text.

        Args:
            ids: the whole text.
            pieces: how its tokens are written.
            begin: first step wanted, from 0.
            end: the step after the last one wanted.
        """
        self._turn_to(ids)
        at = max(place for place in self._memories if place <= begin) if self.memory else begin
        while at + _MILESTONE < begin:
            self._walk(at, at + _MILESTONE)
            at += _MILESTONE
        layers, features = self._walk(at, end)
        skipped = begin - at
        layers = [_from(layer, skipped) for layer in layers]
        logits = self.trained.module.logits(features[skipped:])
        return Steps(
            tuple(layers), logits.double().softmax(-1), self._held(layers, ids, pieces, begin, end)
        )

    def _turn_to(self, ids: Sequence[int]) -> None:
        """Forget what was read after the place from which on this text differs."""
        same = 0
        for before, now in zip(self._ids, ids, strict=False):
            if before != now:
                break
            same += 1
        self._ids = list(ids)
        self._memories = {at: state for at, state in self._memories.items() if at <= same}
        if 0 not in self._memories:
            self._memories[0] = []
            self._memories[0] = self._ends(self._layers([self.trained.codec.eos_id], [])[0])

    def _walk(self, begin: int, end: int) -> tuple[list[LayerSteps], Tensor]:
        """Read some steps and keep the memory after them."""
        before = self._memories[begin] if self.memory else []
        layers, features = self._layers(self._ids[begin:end], before)
        if self.memory:
            self._memories[end] = self._ends(layers)
        return layers, features

    def _layers(
        self, ids: list[int], before: list[tuple[Tensor, ...]]
    ) -> tuple[list[LayerSteps], Tensor]:
        """All layers over some tokens; the last one's memory, (T, H), as the head looks at it."""
        module = self.trained.module
        tokens = torch.tensor(ids, device=module.device)
        ends = tokens == self.trained.codec.eos_id
        resets = ends if self.trained.config.sequences == "sentence" else None
        x, layers = module.embedding(tokens), []
        for k in range(module.stack.num_layers):
            layer = self._layer(module, k, x, resets, before[k] if before else ())
            layers.append(layer)
            x = layer.h
        return layers, (x if module.projection is None else module.projection(x))

    def _layer(
        self,
        module: LanguageModule,
        k: int,
        x: Tensor,
        resets: Tensor | None,
        before: tuple[Tensor, ...],
    ) -> LayerSteps:
        """Layer k over T inputs: one walk of T steps, or, with memory off, T walks of one."""
        cell = "elman" if self.trained.config.cell == "rnn" else self.trained.config.cell
        stack = module.stack
        T, H = len(x), stack.hidden_size
        sizes = (1,) * T if self.memory else (T,)
        U, V = getattr(stack, f"weight_ih_l{k}"), getattr(stack, f"weight_hh_l{k}")
        b, d = getattr(stack, f"bias_ih_l{k}"), getattr(stack, f"bias_hh_l{k}")
        blank = x.new_zeros(sizes[0], H)
        h_0, c_0 = before[0] if before else blank, before[1] if len(before) > 1 else blank
        has_cell = CELLS[cell].has_cell
        scan = Scan(cell, sizes, resets=resets)
        found = forward(
            scan, torch.nn.functional.linear(x, U, b), V, d, h_0, c_0 if has_cell else None
        )
        gates = dict(
            zip(CELLS[cell].gates, found.gates.chunk(CELLS[cell].gate_count, 1), strict=True)
        )
        return LayerSteps(found.output, found.cells, gates)

    def _ends(self, layers: list[LayerSteps]) -> list[tuple[Tensor, ...]]:
        """The memory after the last step: (1, H) each, h and perhaps c, by layer."""
        parts = ((layer.h, layer.c) for layer in layers)
        return [tuple(part[-1:] for part in pair if part is not None) for pair in parts]

    def _held(
        self,
        layers: list[LayerSteps],
        ids: Sequence[int],
        pieces: Sequence[str],
        begin: int,
        end: int,
    ) -> list[tuple[str | None, ...]] | None:
        """What the probe reads back after each of the steps."""
        probe = self.trained.probe
        if probe is None:
            return None
        parts = [torch.stack([layer.h for layer in layers])]
        if layers[0].c is not None:
            parts.append(torch.stack([layer.c for layer in layers if layer.c is not None]))
        states = tuple(part.cpu() for part in parts)
        words = as_read(self.trained.codec, ids[:end], pieces[:end])
        return remembered_along(probe, states, ids[:end], words, begin)


def _from(layer: LayerSteps, at: int) -> LayerSteps:
    """A layer's steps from `at` on."""
    return LayerSteps(
        layer.h[at:],
        None if layer.c is None else layer.c[at:],
        {letter: gate[at:] for letter, gate in layer.gates.items()},
    )
