"""What a memory still holds: linear probes from the state to the inputs of the steps before.

Letters: B sequences, T steps, V words, E width of a word's code.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.contracts import Inspectable, Material, Steppable
from elman.errors import DataError
from elman.inspect.memories import split, text_states, watched_states
from elman.inspect.preparing import prepare
from elman.inspect.readback import codes_of, recall_ids, recall_values
from elman.inspect.recollection import Recall
from elman.inspect.rows import TextRows, cut, evaluating
from elman.inspect.steppables import Text, as_reader, as_text
from elman.inspect.subject import Subject
from elman.wording import counted

__all__ = ["recall"]

_ROWS = 32
_LAGS = 16
_LEAST = 20  # places to learn from, and to be measured on


def recall(
    model: Any,
    data: Any = None,
    *,
    vocabulary_size: int | None = None,
    embedding: Tensor | None = None,
    lags: int | None = None,
    penalty: float = 1e-4,
) -> Recall:
    r"""Train a linear probe for each lag and measure it on data that it was not trained on.

        W_k = argmin over W, b of sum over t of |W s_t + b - code(x_{t-k})|² + λ|W diag(σ)|²

    s_t is the whole state after step t, all parts and all layers that walk forward, and σ² the sum
    of squares of each of its numbers about their mean, so that units do not matter. The code of an
    id is one-hot for vocabularies up to 256, else its embedding, in the 64 directions that vary
    most; values are their own code, each scaled to variance 1. The first four fifths of the data
    train the probe, in closed form and in float64; the rest measures it, of vocabularies above 256
    about 4,096 places of it.

    Shapes: N steps of text, B sequences, T steps, I inputs, V words, E width of the embedding.

    Args:
        model: a `torch.nn.Module` with recurrent layers, an estimator such as `LanguageModel`, or
            any `Steppable` over ids.
        data: ids of a text (N,), or whatever `elman.inspect.preparing.prepare` takes, which the
            model should not have been trained on.
        vocabulary_size: V; None for that of the model's embedding, else the largest id and one.
        embedding: (V, E), for V above 256; None for the model's own.
        lags: how many steps back to look, the present one included; None for 16, or half the
            longest sequence if that is less.
        penalty: λ.

    Raises:
        ConfigError: a number is out of its range, or the model holds no recurrent layer.
        ShapeError: a tensor has another shape, or the embedding is missing.
        DataError: the data is too short, or a weight or state is not finite.

    Source: closed-form linear probes, Alain and Bengio, arXiv:1610.01644; recall by lag, Jaeger's
    memory capacity, GMD report 152.

    >>> _ = torch.manual_seed(0)
    >>> class Shift:
    ...     '''Remembers the last two inputs, and nothing more.'''
    ...     def initial_state(self, batch_size):
    ...         return (torch.zeros(1, batch_size, 8),)
    ...     def __call__(self, x, state=None, resets=None):
    ...         memory, = state or self.initial_state(len(x))
    ...         for word in x.T:
    ...             now = torch.nn.functional.one_hot(word, 4).float()
    ...             memory = torch.cat([now[None], memory[..., :4]], dim=-1)
    ...         return memory[0, :, None], (memory,)
    >>> found = recall(Shift(), torch.randint(4, (4000,)), lags=3)
    >>> [round(score, 1) for score in found.scores], found.held
    ([1.0, 1.0, 0.2], 2)
    >>> recall(Shift(), torch.randint(4, (20,)), lags=3)
    Traceback (most recent call last):
    elman.errors.DataError: recall: the text must have at least 30 steps, got 20. Give more text, or
    look less far back.
    """
    if lags is not None:
        check_range("recall", "lags", lags, at_least=1)
    check_range("recall", "penalty", penalty, above=0)
    if vocabulary_size is not None:
        check_range("recall", "vocabulary_size", vocabulary_size, at_least=2)
    material = model.material(data) if isinstance(model, Inspectable) else Material(model, data)
    text, reader = as_text(material), as_reader(material.module)
    if text is not None and reader is not None:
        codes = codes_of(material.module, text[0], vocabulary_size, embedding)
        found = _read_text(reader, text, codes, lags or _LAGS, penalty)
    else:
        subject = prepare("recall", model, data, least=(lags or 1) + 1)
        lags = lags or max(1, min(_LAGS, subject.longest // 2))
        with subject.evaluating(), torch.no_grad():
            found = _read_sequences(subject, lags, vocabulary_size, embedding, penalty)
    return replace(found, unit=material.unit, unit_per_step=material.unit_per_step)


def _read_text(reader: Steppable, text: Text, codes: Tensor, lags: int, penalty: float) -> Recall:
    """Of a text of ids, step by step with the state carried."""
    rows = cut("recall", *text, _ROWS, 10 * lags)
    T = rows.ids.shape[1]
    fitted, held_out = _columns(rows, 0, T * 4 // 5), _columns(rows, T * 4 // 5, T)
    R, places = held_out.ids.shape
    with evaluating(reader):
        return recall_ids(
            text_states(reader, fitted, lags),
            text_states(reader, held_out, lags),
            codes,
            penalty,
            places=R * (places - lags + 1),
        )


def _read_sequences(
    subject: Subject,
    lags: int,
    vocabulary_size: int | None,
    embedding: Tensor | None,
    penalty: float,
) -> Recall:
    """Of any network: what its layers held while it read its data."""
    halves = split(subject)
    fitted, held_out = (
        watched_states(subject, halves, lags, fitted=learning) for learning in (True, False)
    )
    least = min(halves.places(lags, fitted=learning) for learning in (True, False))
    if least < _LEAST:
        raise DataError(
            f"recall: `data` must leave at least {_LEAST} steps to learn from and to be measured "
            f"on {counted(lags, 'step')} back, got {least}. Give more sequences or longer ones, "
            "or look less far back."
        )
    x = subject.batches[0].x
    if x.is_floating_point():
        return recall_values(fitted, held_out, halves, lags, penalty)
    if x.dim() != 2:
        raise DataError(f"recall: inputs must be ids (B, T) or values, got {tuple(x.shape)}.")
    ids = torch.cat([batch.x.flatten() for batch in subject.batches])
    codes = codes_of(subject.module, ids, vocabulary_size, embedding)
    places = halves.places(lags, fitted=False)
    return recall_ids(fitted, held_out, codes, penalty, places=places)


def _columns(text: TextRows, begin: int, end: int) -> TextRows:
    """Some steps of every row."""
    resets = None if text.resets is None else text.resets[:, begin:end]
    return TextRows(text.ids[:, begin:end], resets)
