"""Questions on unfolding: the chain of copies, and what it does to gradients."""

import torch
from torch import Tensor

from elman.lab.quiz.figures import Bars, Table
from elman.lab.quiz.question import Finding, Question, scientific
from elman.nn import Elman
from elman.training.randomness import fork_randomness

__all__ = ["SAME_NETWORK", "SUM_OF_COPIES"]

_STEPS = 12


def _network_and_input(seed: int) -> tuple[Elman, Tensor]:
    with fork_randomness(seed):
        network = Elman(4, 16, 3, g="identity", bias=False).double()
        return network, torch.randn(_STEPS, 4).double()


def _same_network(seed: int) -> Finding:
    """A loop beside a chain of copies written out."""
    network, x = _network_and_input(seed)
    with torch.no_grad():
        looped = network(x[None])[0][0]
        chained = torch.stack([step.o for step in network.unfold(x)])
    apart = [(looped[t] - chained[t]).abs().max().item() for t in range(_STEPS)]
    answer = "same" if max(apart) < 1e-09 else "grows" if apart[-1] > 10 * apart[0] else "close"
    shown = (0, 3, 7, _STEPS - 1)
    return Finding(
        answer=answer,
        said=f"Over {_STEPS} steps the outputs differ by {scientific(max(apart))} at most.",
        figure=Table(
            ("step", "loop", "chain", "difference"),
            tuple(
                (str(t + 1), f"{looped[t, 0]:+.6f}", f"{chained[t, 0]:+.6f}", scientific(apart[t]))
                for t in shown
            ),
        ),
    )


SAME_NETWORK = Question(
    name="same-network",
    topic="unfolding",
    text=(
        "One unit with a loop reads twelve inputs. A chain of twelve copies, without any loop, "
        "reads the same. How far apart are their outputs?"
    ),
    options={
        "same": "Not at all, save rounding",
        "close": "A little everywhere: the chain is an approximation",
        "grows": "More and more, step by step",
    },
    expected="same",
    explanation=(
        "Unfolding changes the drawing, not the network: the chain does the same sums in the same "
        "order. That is why a network with a loop can be trained like one without."
    ),
    source="Rumelhart, Hinton and Williams, Nature 323, 1986.",
    experiment=_same_network,
)


def _sum_of_copies(seed: int) -> Finding:
    """The gradient of the shared V beside those of twelve separate copies."""
    network, x = _network_and_input(seed)
    loss = network(x[None])[0][0, -1].square().sum()
    (shared,) = torch.autograd.grad(loss, network.V)
    copies = [network.V.detach().clone().requires_grad_() for _ in range(_STEPS)]
    h = network.initial_state(1)[0][0, 0]
    for x_t, V_t in zip(x, copies, strict=True):
        h = torch.tanh(network.U @ x_t + V_t @ h)
    loss = (network.W @ h).square().sum()
    apart = torch.stack(torch.autograd.grad(loss, copies))
    candidates = {"sum": apart.sum(0), "mean": apart.mean(0), "last": apart[-1]}
    size = shared.norm().item()
    errors = {key: (each - shared).norm().item() / size for key, each in candidates.items()}
    answer = min(errors, key=lambda key: errors[key])
    return Finding(
        answer=answer,
        said=(
            f"The {answer} of the copies' gradients is off by {scientific(errors[answer])} of the "
            "true gradient's length; the others by "
            + " and ".join(scientific(errors[key]) for key in errors if key != answer)
            + "."
        ),
        figure=Bars(
            tuple(errors),
            tuple(errors.values()),
            tuple(scientific(error) for error in errors.values()),
            "distance from the gradient of V",
        ),
    )


SUM_OF_COPIES = Question(
    name="sum-of-copies",
    topic="unfolding",
    text=(
        "In the chain each copy of V gets a gradient of its own. "
        "What is the gradient of the one V that they all are?"
    ),
    options={"sum": "Their sum", "mean": "Their mean", "last": "That of the last copy"},
    expected="sum",
    explanation=(
        "V acts on the loss through every step, and the ways add up (the chain rule). "
        "So a long sequence can give a long gradient even where no single step does."
    ),
    source="Werbos, Backpropagation through time, Proceedings of the IEEE 78, 1990.",
    experiment=_sum_of_copies,
)
