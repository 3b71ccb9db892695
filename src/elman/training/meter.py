"""Sums over steps, from which the records of the history are made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from elman.errors import CheckpointError
from elman.training.clipping import ClipReport

__all__ = ["Meter"]

_LAYER = "layer/"


@dataclass
class Meter:
    """Sums over the steps since the last record.

    Attributes:
        steps: how many.
        items: items that the losses averaged over.
        loss_sum: losses, weighted by items.
        norm_sum, norm_max: gradient norms before clipping.
        clipped_steps: steps whose gradients were too long.
        scale_sum: what the gradients of those steps were multiplied by.
        cut_sum: share of entries that clipping by value cut.
        spent_s: seconds.
        layer_sums: gradient norms before clipping, by layer.
    """

    steps: int = 0
    items: int = 0
    loss_sum: float = 0.0
    norm_sum: float = 0.0
    norm_max: float = 0.0
    clipped_steps: int = 0
    scale_sum: float = 0.0
    cut_sum: float = 0.0
    spent_s: float = 0.0
    layer_sums: dict[str, float] = field(default_factory=dict)

    def add(self, loss: float, items: int, clip: ClipReport, spent_s: float) -> None:
        """Count one step in."""
        self.steps += 1
        self.items += items
        self.loss_sum += loss * items
        self.norm_sum += clip.norm_before
        self.norm_max = max(self.norm_max, clip.norm_before)
        if clip.clipped_by_norm:
            self.clipped_steps += 1
            self.scale_sum += clip.scale
        self.cut_sum += clip.clipped_values
        self.spent_s += spent_s
        for layer, norm in clip.norm_by_layer.items():
            self.layer_sums[layer] = self.layer_sums.get(layer, 0.0) + norm

    def record(self) -> dict[str, Any]:
        """The means, under the names of docs/runs.md."""
        steps = max(1, self.steps)
        return {
            "loss": self.loss_sum / max(1, self.items),
            "gradient_norm": self.norm_sum / steps,
            "gradient_norm_max": self.norm_max,
            "gradient_norms": {name: norm / steps for name, norm in self.layer_sums.items()},
            "clipped_steps": self.clipped_steps / steps,
            "clip_scale": self.scale_sum / self.clipped_steps if self.clipped_steps else 1.0,
            "clipped_values": self.cut_sum / steps,
            "items_per_s": self.items / self.spent_s if self.spent_s else 0.0,
        }

    def state_dict(self) -> dict[str, float]:
        """The sums, side by side; those of layers as layer/NAME."""
        sums: dict[str, Any] = asdict(self)
        return sums | {_LAYER + name: norm for name, norm in sums.pop("layer_sums").items()}

    @classmethod
    def from_state(cls, state: Mapping[str, float], where: str) -> "Meter":
        """Take up what `state_dict` gave; raises `CheckpointError` on anything else."""
        sums: dict[str, Any] = {k: v for k, v in state.items() if not k.startswith(_LAYER)}
        if sums.keys() != cls().state_dict().keys():
            raise CheckpointError(
                f"{where}: `meters` must hold a meter's sums, got {dict(state)!r}."
            )
        layers = {k.removeprefix(_LAYER): v for k, v in state.items() if k.startswith(_LAYER)}
        return cls(**sums, layer_sums=layers)  # whole numbers come back whole from JSON
