"""What is known of a training: on the disk, and told to the page.

A training's folder holds ``text.txt``, ``training.json`` and, until it is kept, the run.
"""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError, ConfigError
from elman.records import Record
from elman.runs.writing import write_json

__all__ = ["Ledger", "Progress", "check_name"]

NOTE, TEXT, RUN = "training.json", "text.txt", "run"
_MOST_SAMPLES = 30
_NAME = re.compile(r"[^\W_][\w .-]{0,63}")


@dataclass
class Ledger:
    """A training as its folder describes it.

    Attributes:
        id: of the training, the name of its folder.
        visitor: whose it is.
        name: what people call it.
        config: the options of `LanguageConfig`.
        kept: where the run was moved to; empty while it is in the folder.
        state: "learning", "pausing", "paused", "finished" or "failed".
        message: why it failed.
    """

    id: str
    visitor: str
    name: str
    config: dict[str, Any]
    kept: str = ""
    state: str = "paused"
    message: str = ""

    def write(self, folder: Path) -> None:
        """Write it down; raises `CheckpointError` if that cannot be done."""
        write_json(folder / NOTE, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> "Ledger":
        """Read what `write` wrote; one that was learning is paused, since its process is gone.

        Raises:
            CheckpointError: it is missing or damaged.
        """
        try:
            found = json.loads((folder / NOTE).read_text("utf-8"))
            ledger = cls(**{each.name: found[each.name] for each in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(
                f"{folder / NOTE}: it must describe a training. {error}"
            ) from error
        if ledger.id != folder.name or not isinstance(ledger.config, dict):
            raise CheckpointError(f"{folder / NOTE}: `id` must be the folder's name.")
        if ledger.state in ("learning", "pausing"):
            ledger.state = "paused"
        return ledger


@dataclass
class Progress:
    """What a training has told, as far as the page draws it.

    Attributes:
        points: one for each record of steps, as lists: step, loss, gradient norm, the largest of
            them, share of clipped steps, what those were multiplied by.
        validations: step and validation figure after each epoch.
        samples: step and text.
        warnings: step and text of what was wrong with the gradients.
        now: the latest figures.
        told: how many records came; whoever has seen as many has seen all.
    """

    points: list[list[float | None]] = field(default_factory=list)
    validations: list[list[float | None]] = field(default_factory=list)
    samples: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    now: Record = field(default_factory=dict)
    told: int = 0

    def take(self, record: Record) -> None:
        """Note a record."""
        self.told += 1
        match record["event"]:
            case "start":
                total = record["epochs"] * record["steps_per_epoch"]
                self.now |= {"parameters": record["parameters"], "steps": total, "stage": ""}
                self.now["epochs"] = record["epochs"]
            case "stage":
                self.now["stage"] = record["text"]
            case "progress":
                self.now |= {name: record[name] for name in record if name != "event"}
            case "step":
                self._point(record)
            case "epoch":
                self.validations.append([record["step"], record["validation"]])
            case "sample":
                self.samples.append((record["step"], record["text"]))
                del self.samples[:-_MOST_SAMPLES]
            case "warning":
                self.warnings.append((record["step"], record["text"]))
                del self.warnings[:-_MOST_SAMPLES]
            case "baseline":
                self.now["baseline"] = {"name": record["name"], "value": record["perplexity"]}
            case "scores":
                self.now |= {"scores": record["scores"], "reason": record["reason"]}

    def _point(self, record: Record) -> None:
        """Note a record of steps; after a resume some come again, in the place of the old."""
        while self.points and (self.points[-1][0] or 0) >= record["step"]:
            self.points.pop()
        names = (
            "step",
            "loss",
            "gradient_norm",
            "gradient_norm_max",
            "clipped_steps",
            "clip_scale",
        )
        self.points.append([record[name] for name in names])
        self.now |= {name: record[name] for name in ("epoch", "step", "gradient_norms")}


def check_name(where: str, name: str) -> str:
    """A name fit for a folder under runs/; raises `ConfigError` otherwise.

    >>> check_name("train.keep", "my cats")
    'my cats'
    >>> check_name("train.keep", "../cats")
    Traceback (most recent call last):
    elman.errors.ConfigError: train.keep: `name` must be 1 to 64 letters, digits, spaces, dots, _
    or -, beginning with a letter or digit, got '../cats'.
    """
    name = name.strip()
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise ConfigError(
            f"{where}: `name` must be 1 to 64 letters, digits, spaces, dots, _ or -, beginning "
            f"with a letter or digit, got '{name:.80}'."
        )
    return name
