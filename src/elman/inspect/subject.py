"""Any network and its data, made ready for the instruments: what all of them stand on.

    subject = prepare("trace", model, data)              # every form of model and data
    with subject.evaluating():                           # dropout off; modes are given back
        for batch in subject.batches:                    # Batch: x (B, T, …), batch first
            outputs = subject.read(batch)                # o_t: (B, T, …); (B, …) if one a sequence
            losses = subject.losses(outputs, batch)      # (B, T) or (B,); needs targets

`prepare` is in `elman.inspect.preparing`. Letters: B sequences, T steps, O outputs, V vocabulary.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import Module

from elman.contracts import Scorable
from elman.errors import DataError
from elman.inspect.answers import Answer
from elman.inspect.batches import Batch
from elman.inspect.calling import Call
from elman.inspect.gathering import on_module
from elman.inspect.layers import RecurrentLayer
from elman.inspect.losses import Loss, step_losses
from elman.nn.modes import evaluating_module

__all__ = ["Subject"]


@dataclass(frozen=True, eq=False)
class Subject:
    """A network, its recurrent layers, and batches that it can read.

    Attributes:
        where: the beginning of messages.
        module: the network itself, no copy.
        layers: its recurrent layers; empty where none was asked for.
        batches: what to read, batch first, on the module's device and in its dtype.
        call: how the module is called.
        answer: where o_t stands in what the module returns.
        loss: the user's; None for the one by the kind of the targets.
        source: "data", or "random" where none was given.
        unit: what a step is, in the singular.
        unit_per_step: how many of that unit a step stands for.
        names: what each id means; None where it is not known or inputs are no ids.
    """

    where: str
    module: Module
    layers: tuple[RecurrentLayer, ...]
    batches: tuple[Batch, ...]
    call: Call
    answer: Answer
    loss: Loss | None = None
    source: str = "data"
    unit: str = "step"
    unit_per_step: float = 1.0
    names: Sequence[str] | None = None

    @property
    def has_targets(self) -> bool:
        """Whether there are losses to measure."""
        return self.batches[0].targets is not None

    @property
    def speaks_each_step(self) -> bool:
        """Whether there is an output at every step, not one a sequence."""
        return self.answer.time is not None or self.answer.flat

    @property
    def judges_steps(self) -> bool:
        """Whether there is a loss at every step, or could be; not one a sequence."""
        batch = self.batches[0]
        if not self.speaks_each_step or batch.targets is None:
            return self.speaks_each_step
        return batch.targets.shape[:2] == batch.x.shape[:2]

    @property
    def longest(self) -> int:
        """Real steps of the longest sequence."""
        return max(int(batch.lengths.max()) for batch in self.batches)

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Without dropout; every part's mode is given back. Gradients are as they were."""
        with evaluating_module(self.module):
            yield

    def read(self, batch: Batch) -> Tensor:
        """What the network says from its initial state on: (B, T, …), or (B, …) for one a sequence.

        Any sequences will do, such as `batch.steps(begin, end)`.
        """
        B, T = batch.x.shape[:2]
        outputs = self.answer.pick(self.call.run(self.module, batch), B, T)
        if self.speaks_each_step and outputs.shape[1] < T:  # a network that drops common padding
            gap = outputs.new_zeros(B, T - outputs.shape[1], *outputs.shape[2:])
            outputs = torch.cat([outputs, gap], 1)
        return outputs

    def features(self, batch: Batch) -> Tensor:
        """What outputs are made of, (B, T, …), where a network tells it; else the outputs.

        Of a network with many words that is far less: where outputs are wanted at few steps or at
        none, read this, and make them by `outputs`.
        """
        apart = self._apart
        return self.read(batch) if apart is None else apart.features(batch.x, None, batch.resets)[0]

    def outputs(self, features: Tensor) -> Tensor:
        """The outputs of n features, (n, …)."""
        return features if self._apart is None else self._apart.logits(features)

    def losses(self, outputs: Tensor, batch: Batch) -> Tensor:
        """The loss of every output of `read(batch)`, (B, T) or (B,); padding counts as 0.

        With one output a step and one target a sequence, the last real step's output is judged:
        (B,).

        Raises:
            DataError: there are no targets.
            ConfigError: there is no loss for such targets, and none is given.
        """
        if batch.targets is None:
            raise DataError(f"{self.where}: `data` must hold targets, got inputs alone.")
        targets = batch.targets
        if not self.speaks_each_step:
            return step_losses(self.where, outputs, targets, self.loss)
        B, T = batch.x.shape[:2]
        if not self.judges_steps:
            last = outputs[torch.arange(B, device=outputs.device), (batch.lengths - 1).clamp_min(0)]
            return step_losses(self.where, last, targets, self.loss)
        if batch.is_full:
            found = step_losses(self.where, outputs.flatten(0, 1), targets.flatten(0, 1), self.loss)
            return found.view(B, T)
        mask = batch.mask
        found = step_losses(self.where, outputs[mask], targets[mask], self.loss)
        return found.new_zeros(B, T).masked_scatter(mask, found)

    @property
    def _apart(self) -> Scorable | None:
        """The network, if it tells features and outputs apart."""
        plain = self.call.form == "tensor" and not self.call.time_first
        return self.module if plain and isinstance(self.module, Scorable) else None

    def double(self) -> "Subject":
        """The same on a deep copy in float64 whose parameters want no gradients."""
        module = copy.deepcopy(self.module).double().requires_grad_(False)
        batches = tuple(on_module(module, batch) for batch in self.batches)
        return replace(self, module=module, batches=batches)
