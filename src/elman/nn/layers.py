"""The layers: drop-in for torch's, with a fused recurrence on the CPU."""

import torch

from elman.nn.drop_in import DropIn

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(DropIn, torch.nn.RNN):
    r"""The memory of an Elman network; `elman.nn.Elman` is the whole network, with its output.

    `torch.nn.RNN` with a fused recurrence. At step t, with x_t of width I and h_t of width H:

        h_t = f(W x_t + b_ih + R h_{t-1} + b_hh)

    where f is tanh, or relu with nonlinearity='relu'. In the letters of `elman.nn.Elman`, W is U,
    R is V, and there is no o_t: the output is h_t itself.

    Shapes, as in torch: input (T, B, I), (B, T, I) with batch_first, (T, I), or a
    `PackedSequence`; hx (L·D, B, H). Beyond torch: `layer(PaddedBatch, state)` returns a
    `PaddedBatch` and a tuple of states, (L·D, B, H) each.

    Args:
        input_size, hidden_size, num_layers, nonlinearity, bias, batch_first, dropout,
            bidirectional, device, dtype: torch's, in torch's order.
        learned_state: keyword only; the initial state is a parameter, initial_h (L·D, 1, H).
        variational_dropout: keyword only; `dropout` draws one mask for all steps of a row of the
            batch, resets included (Gal and Ghahramani, 2016), in place of one a step.
        layer_norm: keyword only; layer-normalised cells as `elman.nn.normalised` defines them.

    Raises:
        BackendError: inside `elman.nn.backend("native")`, where torch's operators would run.
        ConfigError: where an extra and proj_size exclude each other.
        ShapeError: where a `PaddedBatch` or its state does not fit. All other errors are torch's.

    Source: Elman, Finding structure in time, Cognitive Science 14, 1990.

    >>> layer = RNN(3, 4, batch_first=True)
    >>> output, h_n = layer(torch.zeros(2, 5, 3))
    >>> output.shape, h_n.shape
    (torch.Size([2, 5, 4]), torch.Size([1, 2, 4]))
    >>> layer(torch.zeros(2, 5, 7))
    Traceback (most recent call last):
    RuntimeError: input.size(-1) must be equal to input_size. Expected 3, got 7
    """


class GRU(DropIn, torch.nn.GRU):
    r"""Gated recurrent unit over a batch of sequences; `torch.nn.GRU` with a fused recurrence.

    At step t, with x_t of width I and h_t of width H (gate order r, z, n):

        r = sigmoid(W_r x_t + b_ir + R_r h_{t-1} + b_hr)
        z = sigmoid(W_z x_t + b_iz + R_z h_{t-1} + b_hz)
        n = tanh(W_n x_t + b_in + r * (R_n h_{t-1} + b_hn))
        h_t = (1 - z) * n + z * h_{t-1}

    Shapes, extras and errors: see `elman.nn.RNN`. Weights are torch's, gates stacked in the order
    above: weight_ih (3H, I), weight_hh (3H, H).

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device,
            dtype: torch's, in torch's order.
        learned_state, variational_dropout, layer_norm: keyword only; see `elman.nn.RNN`.

    Source: Cho et al., EMNLP 2014, with the reset gate applied after the product as in torch and
    cuDNN.

    >>> layer = GRU(3, 4)
    >>> output, h_n = layer(torch.zeros(5, 2, 3))
    >>> output.shape, h_n.shape
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]))
    >>> layer(torch.zeros(5, 2, 3), torch.zeros(1, 3, 4))
    Traceback (most recent call last):
    RuntimeError: Expected hidden size (1, 2, 4), got [1, 3, 4]
    """


class LSTM(DropIn, torch.nn.LSTM):
    r"""Long short-term memory over a batch of sequences; `torch.nn.LSTM` with a fused recurrence.

    At step t, with x_t of width I and h_t, c_t of width H (gate order i, f, g, o):

        i = sigmoid(W_i x_t + b_ii + R_i h_{t-1} + b_hi)
        f = sigmoid(W_f x_t + b_if + R_f h_{t-1} + b_hf)
        g = tanh(W_g x_t + b_ig + R_g h_{t-1} + b_hg)
        o = sigmoid(W_o x_t + b_io + R_o h_{t-1} + b_ho)
        c_t = f * c_{t-1} + i * g
        h_t = o * tanh(c_t)

    Shapes, extras and errors: see `elman.nn.RNN`; states are pairs (h, c). Weights are torch's,
    gates stacked in the order above: weight_ih (4H, I), weight_hh (4H, H). With proj_size=P > 0,
    h_t is projected to width P; such layers run on torch's operators.

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size,
            device, dtype: torch's, in torch's order.
        learned_state, variational_dropout, layer_norm: keyword only; see `elman.nn.RNN`.

    Source: Hochreiter and Schmidhuber, Neural Computation 9, 1997; forget gate of Gers,
    Schmidhuber and Cummins, 2000.

    >>> layer = LSTM(3, 4)
    >>> output, (h_n, c_n) = layer(torch.zeros(5, 2, 3))
    >>> output.shape, h_n.shape, c_n.shape
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]), torch.Size([1, 2, 4]))
    >>> layer(torch.zeros(5, 2, 3), (torch.zeros(1, 2, 4), torch.zeros(1, 2, 3)))
    Traceback (most recent call last):
    RuntimeError: Expected hidden[1] size (1, 2, 4), got [1, 2, 3]
    """
