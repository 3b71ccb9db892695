"""The order of gates and the names of cells: written here, and nowhere else in Python.

The letters of every shape in this package: B sequences, T steps, N rows (all real steps of all
sequences, N = T·B when all are equally long), I inputs, H hidden units, G gates.
"""

from dataclasses import dataclass

__all__ = ["ACTIVATIONS", "CELLS", "CellLayout"]


@dataclass(frozen=True)
class CellLayout:
    """What one kind of cell keeps and computes.

    Attributes:
        gates: letters of its gates, in torch's order; G is their number.
        has_cell: whether it carries a second state c beside h.
    """

    gates: tuple[str, ...]
    has_cell: bool = False

    @property
    def gate_count(self) -> int:
        """G."""
        return len(self.gates)


CELLS: dict[str, CellLayout] = {
    "elman": CellLayout(gates=("h",)),
    "gru": CellLayout(gates=("r", "z", "n")),
    "lstm": CellLayout(gates=("i", "f", "g", "o"), has_cell=True),
}

ACTIVATIONS: tuple[str, ...] = ("tanh", "relu", "sigmoid", "identity")
