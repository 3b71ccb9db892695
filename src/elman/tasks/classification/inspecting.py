"""What a classifier hands to the instruments of `elman.inspect`: its network, and examples."""

import torch

from elman.contracts import Material, Training
from elman.data.sources import Data, expand
from elman.errors import DataError
from elman.sequences import PaddedBatch
from elman.tasks.classification.corpus import TASK, Example, open_corpus
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.trained import Trained
from elman.tasks.commands import as_named
from elman.tasks.held_out import held_out as found_again

__all__ = ["held_out", "material"]

MOST_STEPS = 65_536


def material(trained: Trained, data: Data | None) -> Material:
    """The network, and examples of at most 65,536 steps as it reads them.

    Args:
        trained: the model.
        data: as for `Classifier.score`; None for what the run was validated on.

    Raises:
        DataError: a file cannot be read, has no class that the model knows, or is not at hand.
    """
    if data is None:
        examples, said = held_out(trained)
    else:
        examples, said = trained.read(expand(data, "test", TASK)), as_named(data)
    known = [each for each in examples if trained.codec.number(each.label) >= 0]
    if not known:
        raise DataError(
            f"Classifier.material: {said} must hold an example of a class that the model knows, "
            "got none."
        )
    read = Examples(trained.codec, known)
    rows = _beginning(read)
    if len(rows) < len(examples):
        said = f"{len(rows):,} of {len(examples):,} examples of {said}"
    values = [torch.from_numpy(read.values(row)) for row in rows]
    classes = torch.from_numpy(read.classes[rows])
    codec = trained.codec
    ids = torch.cat(values) if codec.is_text else None
    return Material(
        module=trained.module,
        data=(PaddedBatch.from_list(values), classes),
        unit=codec.unit,
        names=codec.reader.tokens if codec.is_text else None,  # type: ignore[union-attr]
        source=said,
        training=Training(None, trained.config.clip_norm),
        unknown=0.0 if ids is None else float((ids == 0).double().mean()),
    )


def held_out(trained: Trained) -> tuple[list[Example], str]:
    """What a run was validated on, if that is still there byte by byte, and its name.

    Raises:
        DataError: it is not at hand.
    """
    return found_again(
        trained,
        "Classifier.material",
        "what",
        lambda data, validation: open_corpus(data, validation, trained.config),
    )


def _beginning(read: Examples) -> list[int]:
    """The first examples, up to so many steps."""
    total = read.lengths.cumsum()
    return list(range(max(1, int((total <= MOST_STEPS).sum()))))
