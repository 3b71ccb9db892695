"""A linear-chain conditional random field: labels of a sequence, judged together.

Shapes: B sequences, T steps, K labels.
"""

import torch
from torch import Tensor
from torch.nn import Module, Parameter, init

from elman.errors import ShapeError
from elman.sequences import PaddedBatch

__all__ = ["CRF"]

_MATMUL_RANGE = 40.0  # of transitions, within which exp of their differences loses nothing


class CRF(Module):
    r"""A linear-chain conditional random field over label sequences y_1 … y_T.

    With emissions e_t (K,), transitions A (K, K), and what it takes to begin and to end:

        score(y)  = start[y_1] + Σ_t e_t[y_t] + Σ_t A[y_{t-1}, y_t] + end[y_T]
        p(y)      = exp(score(y) - log Z),   Z = Σ_y' exp(score(y'))

    An empty sequence has one labelling, the empty one, of score 0.

    Shapes: emissions (B, T, K) as a `PaddedBatch`, labels (B, T); what stands at padding is never
    read.

    Args:
        labels: K.

    Raises:
        ShapeError: where emissions or labels do not fit.

    Source: Lafferty, McCallum and Pereira, ICML 2001; as the top of a recurrent network: Huang, Xu
    and Yu, arXiv:1508.01991.

    >>> crf = CRF(3)
    >>> batch = PaddedBatch.from_list([torch.eye(3), torch.eye(3)[:1]])
    >>> crf.decode(batch)[0]
    tensor([[0, 1, 2],
            [0, 0, 0]])
    >>> crf.log_likelihood(PaddedBatch.full(torch.zeros(1, 2, 4)), torch.zeros(1, 2).long())
    Traceback (most recent call last):
    elman.errors.ShapeError: CRF.log_likelihood: `emissions` must have shape (B, T, K=3),
    got (1, 2, 4).
    """

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.transitions = Parameter(torch.empty(labels, labels))
        self.start = Parameter(torch.empty(labels))
        self.end = Parameter(torch.empty(labels))
        for parameter in (self.transitions, self.start, self.end):
            init.zeros_(parameter)

    def log_likelihood(self, emissions: PaddedBatch, labels: Tensor) -> Tensor:
        """The logarithm of p(labels), (B,); 0 for an empty sequence.

        Args:
            emissions: e, (B, T, K).
            labels: (B, T) int64.
        """
        self._check("log_likelihood", emissions)
        if labels.shape != emissions.values.shape[:2]:
            B, T = emissions.values.shape[:2]
            raise ShapeError(
                f"CRF.log_likelihood: `labels` must have shape (B={B}, T={T}), "
                f"got {tuple(labels.shape)}."
            )
        return self._path_score(emissions, labels) - self.log_partition(emissions)

    def log_partition(self, emissions: PaddedBatch) -> Tensor:
        """The logarithm of Z, (B,): the forward algorithm, all sequences side by side."""
        self._check("log_partition", emissions)
        if emissions.values.shape[1] == 0:
            return emissions.values.new_zeros(len(emissions.values))
        alpha = self.forward_messages(emissions)[-1]
        return torch.logsumexp(alpha + self.end, 1).where(emissions.lengths > 0, 0.0)

    def forward_messages(self, emissions: PaddedBatch) -> list[Tensor]:
        """The logarithm of α_t, (B, K), for each t: the mass of all labellings so far.

        It is told apart by their last label. Its softmax is the distribution of label t given the
        emissions up to t alone. Beyond a sequence's end it stays what it was.
        """
        self._check("forward_messages", emissions)
        steps, mask = _steps(emissions), emissions.mask.unsqueeze(-1).unbind(1)
        enter = _entering(self.transitions)
        alpha = [self.start + steps[0]] if steps else []
        for e_t, real in zip(steps[1:], mask[1:], strict=True):
            alpha.append(torch.where(real, enter(alpha[-1]) + e_t, alpha[-1]))
        return alpha

    def advance(self, alpha: Tensor | None, emission: Tensor) -> Tensor:
        """One step of `forward_messages`, (B, K) each; None for `alpha` begins a sequence."""
        return (self.start if alpha is None else _entering(self.transitions)(alpha)) + emission

    def marginals(self, emissions: PaddedBatch, *, differentiable: bool = False) -> Tensor:
        """p(y_t = k), (B, T, K), given the whole sequence; zeros at padding.

        The derivative of log Z with respect to e_t[k] is this probability.

        Args:
            emissions: e, (B, T, K).
            differentiable: let gradients flow through the result, if they are on.
        """
        values = emissions.values
        through = differentiable and values.requires_grad
        values = values if through else values.detach().requires_grad_()
        with torch.enable_grad():
            total = self.log_partition(emissions.with_values(values)).sum()
            return torch.autograd.grad(total, values, create_graph=through)[0]

    @torch.no_grad()
    def decode(self, emissions: PaddedBatch) -> tuple[Tensor, Tensor]:
        """The labelling of the highest score (Viterbi).

        Returns:
            Labels (B, T), zeros at padding, and their scores (B,).
        """
        self._check("decode", emissions)
        B, T = emissions.values.shape[:2]
        labels = torch.zeros(B, T, dtype=torch.int64, device=emissions.values.device)
        if T == 0:
            return labels, emissions.values.new_zeros(B)
        steps, mask = _steps(emissions), emissions.mask.unbind(1)
        entering = self.transitions.t().contiguous()  # row j: what it takes to go to label j
        best = [self.start + steps[0]]
        for e_t, real in zip(steps[1:], mask[1:], strict=True):
            score = (best[-1][:, None, :] + entering).amax(2)
            best.append(torch.where(real[:, None], score + e_t, best[-1]))
        score, label = (best[-1] + self.end).max(1)
        for t in range(T - 1, -1, -1):
            labels[:, t] = label.where(mask[t], 0)
            if t:  # a label stays what it is until its sequence has begun to be walked back
                origin = (best[t - 1] + entering[label]).argmax(1)
                label = torch.where(mask[t], origin, label)
        return labels, score.where(emissions.lengths > 0, 0.0)

    def _path_score(self, emissions: PaddedBatch, labels: Tensor) -> Tensor:
        """score(labels), (B,)."""
        mask, lengths = emissions.mask, emissions.lengths
        if labels.shape[1] == 0:
            return emissions.values.new_zeros(len(labels))
        labels = labels.where(mask, 0)
        emitted = emissions.values.gather(2, labels[:, :, None])[:, :, 0].where(mask, 0.0).sum(1)
        moved = self.transitions[labels[:, :-1], labels[:, 1:]].where(mask[:, 1:], 0.0).sum(1)
        last = labels.gather(1, (lengths - 1).clamp_min(0)[:, None])[:, 0]
        ends = self.start[labels[:, 0]] + self.end[last]
        return emitted + moved + ends.where(lengths > 0, 0.0)

    def _check(self, verb: str, emissions: PaddedBatch) -> None:
        K = len(self.start)
        if emissions.values.dim() != 3 or emissions.values.shape[2] != K:
            raise ShapeError(
                f"CRF.{verb}: `emissions` must have shape (B, T, K={K}), "
                f"got {tuple(emissions.values.shape)}."
            )


def _steps(emissions: PaddedBatch) -> tuple[Tensor, ...]:
    """e_t, (B, K) each; zeros at padding, which may hold what no gradient comes back from."""
    values = emissions.values
    return values.where(emissions.mask.unsqueeze(-1), 0.0).unbind(1)


class _Exact:
    """log Σ_i exp(α[i] + A[i, j]), every sum with its own largest term taken out: B·K² exps."""

    def __init__(self, transitions: Tensor) -> None:
        self._transitions = transitions

    def __call__(self, alpha: Tensor) -> Tensor:
        """From α (B, K) to (B, K)."""
        return torch.logsumexp(alpha[:, :, None] + self._transitions, 1)


class _Product:
    """The same as a product of matrices: B·K exps, exact while transitions lie close together."""

    def __init__(self, transitions: Tensor) -> None:
        self._highest = transitions.detach().max()
        self._factors = (transitions - self._highest).exp()

    def __call__(self, alpha: Tensor) -> Tensor:
        """From α (B, K) to (B, K)."""
        top = alpha.detach().amax(1, keepdim=True)
        return ((alpha - top).exp() @ self._factors).log() + (top + self._highest)


def _entering(transitions: Tensor) -> _Exact | _Product:
    """How to step forward: by a product of matrices wherever it loses nothing."""
    low, high = transitions.detach().aminmax()
    return _Product(transitions) if bool(high - low < _MATMUL_RANGE) else _Exact(transitions)
