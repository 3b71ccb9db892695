"""Questions on gates: what an LSTM keeps, and why."""

import torch
from torch import Tensor

from elman.lab.quiz.figures import Curve, Curves
from elman.lab.quiz.question import Finding, Question, nearest, scientific
from elman.nn import LSTM, RNN
from elman.training.randomness import fork_randomness
from elman.wording import percent

__all__ = ["HUNDRED_STEPS", "OPEN_GATE"]

_I, _H, _LAGS = 8, 32, 30


def _hundred_steps(seed: int) -> Finding:
    """dc_100/dc_0 of an LSTM cell whose forget gate stands at 0.99."""
    with fork_randomness(seed):
        cell = torch.nn.LSTMCell(_I, _H).double()
        inputs = torch.randn(100, 1, _I).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter[_H : 2 * _H] = 0.0  # f then follows from its bias alone
        cell.weight_hh.zero_()
        cell.bias_hh[_H : 2 * _H] = torch.logit(torch.tensor(0.99, dtype=torch.float64))
    c = first = torch.zeros(1, _H, dtype=torch.float64, requires_grad=True)
    h = torch.zeros(1, _H, dtype=torch.float64)
    left = [1.0]
    for x in inputs:
        h, c = cell(x, (h, c))
        (gradient,) = torch.autograd.grad(c[0, 0], first, retain_graph=True)
        left.append(gradient.norm().item())
    return Finding(
        answer=nearest(left[100], {"nearly all": 0.99, "third": 0.37, "nothing": 0.0}),
        said=f"{percent(left[100])} is left after 100 steps, {percent(left[10])} after 10.",
        figure=Curves("steps", "what is left in c", (Curve("f = 0.99", tuple(left)),)),
    )


HUNDRED_STEPS = Question(
    name="hundred-steps",
    topic="gates",
    text=(
        "An LSTM's forget gate lets 99 % through at every step. "
        "How much of what stood in its memory cell is left after 100 steps?"
    ),
    options={"nearly all": "99 %", "third": "37 %", "nothing": "nothing"},
    expected="third",
    explanation=(
        "0.99¹⁰⁰ = 0.37. A gate can come close to 1, and then fading is slow; it does not stop. "
        "The first LSTM of 1997 had no forget gate and kept all, until its cells ran full; the "
        "gate came in 2000."
    ),
    source="Gers, Schmidhuber and Cummins, Learning to forget, Neural Computation 12, 2000.",
    experiment=_hundred_steps,
)


def _open_gate(seed: int) -> Finding:
    """How gradients fade in fresh networks: Elman, and LSTMs whose gates start in two places."""
    with fork_randomness(seed):
        inputs = torch.randn(1, 2 * _LAGS, _I).double()
        elman, lstm, opened = RNN(_I, _H), LSTM(_I, _H), LSTM(_I, _H)
    opened.load_state_dict(lstm.state_dict())
    with torch.no_grad():
        opened.get_parameter("bias_hh_l0")[_H : 2 * _H] += 3.0
    curves = {
        "elman": _fading(elman.double(), inputs),
        "lstm": _fading(lstm.double(), inputs),
        "open": _fading(opened.double(), inputs),
    }
    left = {key: values[_LAGS] for key, values in curves.items()}
    names = {"elman": "Elman", "lstm": "LSTM as torch makes it", "open": "LSTM, forget bias 3"}
    best = max(left, key=lambda key: left[key])
    return Finding(
        answer="same" if max(left.values()) < 10 * min(left.values()) else best,
        said="Left of the gradient 30 steps back: "
        + "; ".join(f"{names[key]}: {scientific(value)}" for key, value in left.items())
        + ".",
        figure=Curves(
            "steps back",
            "gradient, relative",
            tuple(Curve(names[key], values) for key, values in curves.items()),
            logarithmic=True,
        ),
    )


def _fading(layer: RNN | LSTM, inputs: Tensor) -> tuple[float, ...]:
    """|d⟨u, h_T⟩/d(state k steps back)| for k = 0 … 30, relative to k = 0; h and c together."""
    direction = torch.linspace(-1, 1, _H, dtype=torch.float64)
    state: Tensor | tuple[Tensor, Tensor] | None = None
    states: list[tuple[Tensor, ...]] = []
    for x in inputs[0]:
        _, state = layer(x[None], state)
        states.append(state if isinstance(state, tuple) else (state,))
    h_last = states[-1][0]
    norms = []
    for parts in states[: -_LAGS - 2 : -1]:
        gradients = torch.autograd.grad(
            (h_last[0] * direction).sum(), parts, retain_graph=True, allow_unused=True
        )
        norms.append(torch.cat([g.flatten() for g in gradients if g is not None]).norm().item())
    return tuple(norm / norms[0] for norm in norms)


OPEN_GATE = Question(
    name="open-gate",
    topic="gates",
    text=(
        "Three networks, none of them trained yet: Elman, LSTM, and the same LSTM with 3 added to "
        "the bias of its forget gate. In which is most of a gradient left 30 steps back?"
    ),
    options={
        "elman": "Elman",
        "lstm": "The plain LSTM",
        "open": "The LSTM whose forget gate starts open",
        "same": "They are about the same",
    },
    expected="open",
    explanation=(
        "An LSTM does not keep a gradient because it is an LSTM, but where its forget gate is near "
        "1. A fresh one stands near ½ and halves what is in the cell at every step; the bias opens "
        "it, and training can."
    ),
    source=(
        "Jozefowicz, Zaremba and Sutskever, An empirical exploration of recurrent network "
        "architectures, ICML 2015."
    ),
    experiment=_open_gate,
)
