"""What a classifier hands to the instruments of `elman.inspect`: its network, and examples."""

import contextlib

import torch

from elman.contracts import Material, Training
from elman.data.sources import expand
from elman.errors import DataError, ElmanError
from elman.runs import Run
from elman.sequences import PaddedBatch
from elman.tasks.classification.corpus import TASK, Data, Example, open_corpus, read_all
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.trained import Trained
from elman.tasks.commands import as_named, named_data

__all__ = ["material"]

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
        examples, said = _held_out(trained)
    else:
        kind = "text" if trained.codec.is_text else "series"
        examples = read_all(expand(data, "test", TASK), trained.config, kind=kind)
        said = as_named(data)
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


def _beginning(read: Examples) -> list[int]:
    """The first examples, up to so many steps."""
    total = read.lengths.cumsum()
    return list(range(max(1, int((total <= MOST_STEPS).sum()))))


def _held_out(trained: Trained) -> tuple[list[Example], str]:
    """What a run was validated on, if what its command names still has the same bytes.

    Raises:
        DataError: it is not at hand.
    """
    where, command = "Classifier.material", ""
    if trained.path is not None:
        command = Run.open(trained.path, TASK).description.command
        where = str(trained.path)
    for data, validation in named_data(command):
        with contextlib.suppress(ElmanError):  # what the command names may be gone
            corpus = open_corpus(data, validation, trained.config)
            if corpus.digests == dict(trained.data):
                named = as_named(data if validation is None else validation)
                return corpus.validation, f"{named} ({corpus.split})"
    raise DataError(
        f"{where}: `DATA` must be given, since what the model was validated on is not at hand "
        f"(its command: {command or 'none'})."
    )
