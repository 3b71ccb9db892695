"""Layers whose weights are packed once, for reading a sequence as it comes.

Shapes: B sequences, T steps, L layers, I inputs, H hidden units, G gates.
"""

from collections.abc import Sequence

from torch import Tensor

from elman.kernels.arguments import ACTIVATION_CODES, CELL_CODES, ELEMENT_CODES
from elman.kernels.core import check_status, require
from elman.kernels.reference import Weights

__all__ = ["PackedLayers"]


class PackedLayers:
    """A copy of the weights of L layers above each other, in one direction, as the core reads them.

    Never changed after it was made, so streams and threads may share it.

    Args:
        cell: a key of `kernels.layout.CELLS`.
        activation: f of the Elman cell.
        weights: of every layer, lowest first; dense, on the CPU, all float32 or all float64.

    Raises:
        BackendError: no native core, or no memory.
    """

    def __init__(self, cell: str, activation: str, weights: Sequence[Weights]) -> None:
        core = require("kernels.PackedLayers")
        kept = [[None if w is None else w.detach().contiguous() for w in of] for of in weights]
        first = weights[0][0]
        status, self._packed = core.pack(
            CELL_CODES[cell],
            ACTIVATION_CODES[activation],
            ELEMENT_CODES[first.dtype],
            first.shape[1],
            weights[0][1].shape[1],
            [tuple(0 if w is None else w.data_ptr() for w in of) for of in kept],
        )
        check_status("kernels.PackedLayers", status)

    def __deepcopy__(self, _memo: dict[int, object]) -> "PackedLayers":
        return self

    def step(self, x: Tensor, h: Tensor, c: Tensor | None, output: Tensor) -> None:
        """Read T steps on the calling thread; nothing is allocated, nothing goes through torch.

        Whoever calls sees to it that all are contiguous, of the weights' type and on the CPU.

        Args:
            x: (B, T, I).
            h: (L, B, H); the state before, overwritten by the state after.
            c: the same for an LSTM's c, else None.
            output: (B, T, H), overwritten by h of the topmost layer.

        Raises:
            KeyboardInterrupt: Ctrl-C between two chunks of steps; the state is then that of some
                step in between.
        """
        batch, steps, _ = x.shape
        status = self._packed.step(
            batch,
            steps,
            x.data_ptr(),
            h.data_ptr(),
            0 if c is None else c.data_ptr(),
            output.data_ptr(),
        )
        if status:
            check_status("kernels.PackedLayers.step", status)
