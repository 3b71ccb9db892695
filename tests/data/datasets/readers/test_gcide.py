import gzip

import pytest

from elman.data.datasets.readers.gcide import read
from elman.errors import DataError

TEXT = """
00-database-info
   This file was converted.

GCIDE is free software.

Cat \\Cat\\, n. [AS. cat.]
   1. An animal of various species
      of the genera Felis.
      [1913 Webster]

            Laugh ye, my fellow cats.

Catfish
Catnip \\Cat"nip`\\, n.
   A well-known plant, caf\u00e9
   aimed at.
""".encode()


def test_paragraphs_are_lines_and_entries_documents() -> None:
    text = TEXT.replace("\u00e9".encode(), b"\xe9")  # a line in Windows-1252
    dealt = list(read({"gcide.dict.dz": gzip.compress(text)}))
    assert dealt == [
        (
            "train",
            "Cat \\Cat\\, n. [AS. cat.] 1. An animal of various species of the genera Felis. "
            "[1913 Webster]\nLaugh ye, my fellow cats.\nCatfish\n",
        ),
        ("train", 'Catnip \\Cat"nip`\\, n. A well-known plant, caf\u00e9 aimed at.\n'),
    ]


def test_every_fiftieth_entry_is_test() -> None:
    text = "".join(f"w{n} \\w\\, n.\n\n" for n in range(1, 103)).encode()
    splits = [split for split, _ in read({"x": gzip.compress(text)})]
    assert [n for n, split in enumerate(splits, 1) if split == "test"] == [50, 100]
    assert [n for n, split in enumerate(splits, 1) if split == "validation"] == [51, 101]


def test_damaged() -> None:
    with pytest.raises(DataError, match=r"gcide: the file must be whole gzip data, got: "):
        list(read({"x": gzip.compress(TEXT)[:-20]}))
