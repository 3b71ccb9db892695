"""Several networks that judge together."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Module, ModuleList

from elman.sequences import PaddedBatch
from elman.tasks.classification.model import ClassificationModule

__all__ = ["Committee", "Judge"]


class Committee(Module):
    """M networks that learn side by side, each from its own first weights, and judge together.

        p = (1/M) Σ_m softmax(o_m)

    What each has wrong in its own way is outvoted by the others, and p is surer where they agree.

    Shapes: B sequences, T steps, I inputs, K classes, M members.

    Args:
        members: at least one network; all of the same inputs, direction and classes.

    Source: Hansen and Salamon, IEEE TPAMI 12, 1990; Lakshminarayanan et al., NeurIPS 2017; of
    series: Ismail Fawaz et al., Data Mining and Knowledge Discovery 34, 2020.

    >>> from elman.tasks.classification.config import ClassifierFields
    >>> fields = ClassifierFields(hidden_size=8)
    >>> both = Committee(ClassificationModule(fields, 3, 2, of_text=False) for _ in range(2)).eval()
    >>> batch = PaddedBatch(torch.zeros(4, 5, 3), torch.tensor([5, 4, 1, 2]))
    >>> both(batch).shape, both.members_logits(batch).shape
    (torch.Size([4, 2]), torch.Size([2, 4, 2]))
    """

    def __init__(self, members: Iterable[ClassificationModule]) -> None:
        super().__init__()
        self.members = ModuleList(members)

    @property
    def classes(self) -> int:
        """K."""
        return self._every[0].classes

    @property
    def answers_early(self) -> bool:
        """Whether it has an answer after every step, as its members have."""
        return self._every[0].answers_early

    def forward(self, x: PaddedBatch) -> Tensor:
        """The logarithm of p of each sequence, (B, K).

        Args:
            x: ids (B, T), or values (B, T, I).
        """
        return _together(self.members_logits(x))

    def every_step(self, x: PaddedBatch) -> Tensor:
        """The same after every step, of the steps so far, (B, T, K).

        Raises:
            ConfigError: the networks read in both directions.
        """
        return _together(torch.stack([member.every_step(x) for member in self._every]))

    def members_logits(self, x: PaddedBatch) -> Tensor:
        """What each member says alone, (M, B, K)."""
        return torch.stack([member(x) for member in self._every])

    @property
    def _every(self) -> list[ClassificationModule]:
        return list(self.members)  # type: ignore[arg-type]  # ModuleList says Module


Judge = ClassificationModule | Committee
"""One network, or several."""


def _together(logits: Tensor) -> Tensor:
    """The logarithm of the members' mean probability."""
    return logits.log_softmax(-1).logsumexp(0) - math.log(len(logits))
