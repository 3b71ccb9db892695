"""Elman's network as he drew it: three matrices, a memory, and what it says at every step.

Shapes: B sequences, T steps, I inputs, H hidden units, O outputs.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, overload

import torch
from torch import Tensor
from torch.nn import Parameter

from elman.checks import as_kind, check_choice, check_range
from elman.contracts import State
from elman.errors import ShapeError
from elman.kernels.layout import ACTIVATIONS
from elman.kernels.reference import Scan
from elman.nn.backends import NATIVE, NOT_RUN, Backend, fall_back
from elman.nn.padded import Way, check_batch, check_state, run_padded
from elman.nn.reasons import compiling, why_not_here, why_not_these
from elman.nn.rows import Rows
from elman.nn.sequence_layer import SequenceLayer
from elman.nn.walk import Walk, native_walk, torch_walk
from elman.sequences import PaddedBatch

__all__ = ["Elman", "UnfoldedStep", "Unfolding"]

_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda z: z,
    "softmax": lambda z: torch.softmax(z, -1),
    "log_softmax": lambda z: torch.log_softmax(z, -1),
}


class Elman(SequenceLayer):
    r"""The whole network, memory and output; `elman.nn.RNN` is the memory alone, in torch's form.

        h_t = f(U x_t + V h_{t-1} + b)        the memory, updated at every step
        o_t = g(W h_t + c)                    what it says at that step

    `elman.nn.RNN` gives h_t, stacks layers, and has two biases and torch's names; this network
    gives o_t from one layer, with the letters above as its parameters. Without biases it is
    h_t = f(U x_t + V h_{t-1}), o_t = g(W h_t).

    Shapes: U (H, I), V (H, H), W (O, H), b (H,), c (O,).

    Args:
        input_size: I.
        hidden_size: H.
        output_size: O.
        f: 'tanh', 'relu', 'sigmoid' or 'identity'.
        g: one of those, 'softmax' or 'log_softmax' (over the O outputs).
        bias: whether b and c are learned; else they are None.
        device, dtype: of the parameters, as in torch.

    All parameters start uniform in ±1/√H, as torch's layers do.

    Raises:
        ChoiceError: where f or g is not one of those.
        ConfigError: where a size is no whole number, or below 1.

    Source: Elman, Finding structure in time, Cognitive Science 14, 1990.

    >>> network = Elman(2, 3, 4, bias=False)
    >>> outputs, state = network(torch.zeros(1, 5, 2))
    >>> outputs[0, 0]
    tensor([0.2500, 0.2500, 0.2500, 0.2500], grad_fn=<SelectBackward0>)
    >>> Elman(2, 3, 4, f="thanh")
    Traceback (most recent call last):
    elman.errors.ChoiceError: Elman: `f` must be one of 'tanh', 'relu', 'sigmoid', 'identity';
    got 'thanh'. Did you mean 'tanh'?
    """

    b: Parameter | None
    c: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        f: str = "tanh",
        g: str = "softmax",
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "output_size": output_size}
        for name, size in sizes.items():
            check_range("Elman", name, as_kind("Elman", name, size, int), at_least=1)
        check_choice("Elman", "f", f, ACTIVATIONS)
        check_choice("Elman", "g", g, _FUNCTIONS)
        self.input_size, self.hidden_size, self.output_size = sizes.values()
        self.f, self.g = f, g
        self.backend: Backend = NOT_RUN  # only tells: threads may share the layer, not their way

        def parameter(*shape: int) -> Parameter:
            return Parameter(torch.empty(shape, device=device, dtype=dtype))

        self.U = parameter(hidden_size, input_size)
        self.V = parameter(hidden_size, hidden_size)
        self.W = parameter(output_size, hidden_size)
        self.b = parameter(hidden_size) if bias else None
        self.c = parameter(output_size) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew, uniform in ±1/√H."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -bound, bound)

    def initial_state(self, batch_size: int) -> State:
        """An empty memory: (h,), h zeros of shape (1, B, H)."""
        return (self.V.new_zeros(1, batch_size, self.hidden_size),)

    def _read(
        self, where: str, batch: PaddedBatch, state: State | None
    ) -> tuple[PaddedBatch, State]:
        """Read a batch of (B, T, I): o_t of every step, (B, T, O), and (h,), (1, B, H)."""
        check_batch(where, batch.values, self.input_size, self.U.dtype)
        B = len(batch.values)
        if state is None:
            state = self.initial_state(B)
        else:
            check_state(where, state, ((1, B, self.hidden_size),))
        reason = why_not_here() or why_not_these((batch.values, *state, *self.parameters()))
        if not compiling():  # else the note would become part of the graph
            self.backend = fall_back(where, reason) if reason else NATIVE
        walk = torch_walk if reason else native_walk
        way = Way(partial(self._walk, walk), (self.output_size,), takes_resets=True)
        return run_padded(way, batch, state)

    def _walk(
        self, walk: Walk, x: Tensor, rows: Rows, resets: Tensor | None, state: State
    ) -> tuple[Tensor, State]:
        """Rows (…, I) to outputs (…, O); see `nn.padded.RowWalk`."""
        scan = Scan("elman", rows.batch_sizes, self.f, resets=resets)
        h, h_n, _ = walk(scan, x, (self.U, self.V, self.b, None), state[0][0], None)
        return self._say(h), (h_n.unsqueeze(0),)

    def _say(self, h: Tensor) -> Tensor:
        """What the memory says: o = g(W h + c), (…, O) from (…, H)."""
        return _FUNCTIONS[self.g](torch.nn.functional.linear(h, self.W, self.c))

    def unfold(self, x: Tensor, state: State | None = None) -> "Unfolding":
        """The chain of copies that the loop stands for: one step after the other, all in view.

        Args:
            x: one sequence, (T, I).
            state: (h,) of (1, 1, H); None for `initial_state`.

        Raises:
            ShapeError: where x is not (T, I).

        >>> network = Elman(1, 1, 1, f="identity", g="identity", bias=False)
        >>> for matrix, number in ((network.U, 1.0), (network.V, 0.5), (network.W, 10.0)):
        ...     _ = torch.nn.init.constant_(matrix, number)
        >>> network.unfold(torch.tensor([[1.0], [0.0]]))
        step 0: x (1.00), memory (0.00) → (1.00), says (10.00)
        step 1: x (0.00), memory (1.00) → (0.50), says (5.00)
        """
        if x.dim() != 2 or x.shape[1] != self.input_size:
            raise ShapeError(
                f"Elman.unfold: `x` must have shape (T, I={self.input_size}), "
                f"got {tuple(x.shape)}. Unfold one sequence at a time."
            )
        f = _FUNCTIONS[self.f]
        h = self.initial_state(1)[0][0, 0] if state is None else state[0][0, 0]
        b = 0 if self.b is None else self.b
        steps = []
        for t, x_t in enumerate(x):
            h_prev = h
            h = f(self.U @ x_t + self.V @ h_prev + b)
            steps.append(UnfoldedStep(t, x_t, h_prev, h, self._say(h)))
        return Unfolding(tuple(steps))

    def extra_repr(self) -> str:
        """Sizes and functions, for `repr`."""
        sizes = f"{self.input_size}, {self.hidden_size}, {self.output_size}"
        bias = "" if self.b is not None else ", bias=False"
        return f"{sizes}, f={self.f!r}, g={self.g!r}{bias}"


@dataclass(frozen=True, eq=False)
class UnfoldedStep:
    """One copy of the network in the unfolded chain.

    Attributes:
        t: which step, from 0.
        x: what it reads, (I,).
        h_prev: the memory that enters, (H,).
        h: the memory that leaves, (H,).
        o: what it says, (O,).
    """

    t: int
    x: Tensor
    h_prev: Tensor
    h: Tensor
    o: Tensor

    def __repr__(self) -> str:
        x, h_prev, h, o = map(_brief, (self.x, self.h_prev, self.h, self.o))
        return f"step {self.t}: x {x}, memory {h_prev} → {h}, says {o}"


@dataclass(frozen=True, eq=False, repr=False)
class Unfolding(Sequence[UnfoldedStep]):
    """The steps of one sequence, in order; prints as one line a step.

    >>> import torch, elman.nn
    >>> _ = torch.manual_seed(0)
    >>> steps = elman.nn.Elman(2, 3, 2).unfold(torch.eye(2))
    >>> len(steps), steps[1].t, tuple(steps[1].h.shape)
    (2, 1, (3,))
    >>> torch.equal(steps[1].h_prev, steps[0].h)
    True
    """

    steps: tuple[UnfoldedStep, ...]

    @overload
    def __getitem__(self, index: int) -> UnfoldedStep: ...

    @overload
    def __getitem__(self, index: slice) -> "Unfolding": ...

    def __getitem__(self, index: int | slice) -> "UnfoldedStep | Unfolding":
        if isinstance(index, slice):
            return Unfolding(self.steps[index])
        return self.steps[index]

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[UnfoldedStep]:
        return iter(self.steps)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.steps)) or "no steps"


def _brief(vector: Tensor, most: int = 4) -> str:
    """A vector's first values, two decimals each."""
    shown = [f"{value:.2f}" for value in vector[:most].tolist()]
    return f"({', '.join(shown)}{', …' if len(vector) > most else ''})"
