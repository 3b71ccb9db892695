"""The recurrent layers that options describe."""

from elman.fields import StackFields
from elman.nn import GRU, LSTM, RNN

__all__ = ["Stack", "kind_of", "recurrent_stack"]

Stack = RNN | GRU | LSTM


def kind_of(cell: str) -> type[Stack]:
    """The layer of a cell, one of `choices.CELL_NAMES`."""
    kinds: dict[str, type[Stack]] = {"elman": RNN, "rnn": RNN, "gru": GRU, "lstm": LSTM}
    return kinds[cell]


def recurrent_stack(
    fields: StackFields,
    width: int,
    *,
    bidirectional: bool = False,
    variational_dropout: bool = False,
) -> Stack:
    """Layers of `fields.cell`, batch first, that read `width` numbers a step."""
    return kind_of(fields.cell)(
        width,
        fields.hidden_size,
        num_layers=fields.layers,
        batch_first=True,
        dropout=fields.dropout if fields.layers > 1 else 0.0,  # torch warns of one without effect
        bidirectional=bidirectional,
        variational_dropout=variational_dropout,
    )
