"""The models that a lab can show, by key; each may be replaced by a newer version of itself."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from elman.checks import suggest
from elman.contracts import Material
from elman.errors import ChoiceError
from elman.kernels.layout import CELLS
from elman.lab.news import News
from elman.lab.tasks import said_of, task_of
from elman.tasks.language.trained import Trained

__all__ = ["Exhibit", "Shelf"]

T = TypeVar("T")

_DOORS = {"elman": (), "gru": ("r", "z"), "lstm": ("i", "f", "o")}
"""Gates that open and close, of each cell; `CELLS` lists what they let pass too."""


@dataclass(frozen=True)
class Exhibit(Generic[T]):
    """One model of any task, as it stands; never changed, only replaced.

    Attributes:
        key: what the page calls it in messages.
        name: what people call it.
        trained: the model.
        version: grows with every replacement.
        stage: "waiting" to learn, "learning" or "ready".
        share: of its learning that is done.
        perplexity: on held-out text; None where it is not known.
        visitor: whose it is; None for everyone's.
        held_out: gives it with a text that it did not learn from; None for what its run names.
    """

    key: str
    name: str
    trained: T
    version: int = 0
    stage: str = "ready"
    share: float = 1.0
    perplexity: float | None = None
    visitor: str | None = None
    held_out: Callable[[T], Material] | None = None

    def described(self) -> dict[str, Any]:
        """What the page must know of it."""
        trained: Any = self.trained
        config = trained.config
        cell = "elman" if config.cell == "rnn" else config.cell
        assert cell in CELLS, "the config was checked"
        return {
            "key": self.key,
            "name": self.name,
            "task": task_of(trained),
            "said": said_of(trained),
            "version": self.version,
            "stage": self.stage,
            "share": self.share,
            "perplexity": self.perplexity,
            "cell": cell,
            "layers": config.layers,
            "hidden": config.hidden_size,
            "gates": list(_DOORS[cell]),
            "unit": trained.codec.unit,
        }


class Shelf:
    """Holds the models and tells the page of them as news of the topic ``models``.

    Args:
        news: where to tell.
    """

    def __init__(self, news: News) -> None:
        self._news, self._lock = news, threading.Lock()
        self._exhibits: dict[str, Exhibit[Any]] = {}

    def put(self, exhibit: Exhibit[Any]) -> None:
        """Add a model, or replace the one of the same key."""
        with self._lock:
            before = self._exhibits.get(exhibit.key)
            version = before.version + 1 if before else exhibit.version
            self._exhibits[exhibit.key] = replace(exhibit, version=version)
        self._tell(exhibit.visitor)

    def change(self, key: str, change: Callable[[Exhibit[Any]], Exhibit[Any]]) -> None:
        """Change what is said of a model, but not the model."""
        with self._lock:
            changed = self._exhibits[key] = change(self._exhibits[key])
        self._tell(changed.visitor)

    def remove(self, key: str) -> None:
        """Take a model away, if it is there."""
        with self._lock:
            removed = self._exhibits.pop(key, None)
        if removed is not None:
            self._tell(removed.visitor)

    def get(self, key: str, visitor: str | None = None) -> Exhibit[Trained]:
        """A language model by its key; raises as `find` does."""
        return self.find(key, visitor, Trained)

    def find(self, key: str, visitor: str | None, kind: type[T]) -> Exhibit[T]:
        """A model by its key.

        Args:
            key: of the model.
            visitor: who wants to see it.
            kind: what it must be, the `Trained` of a task; `object` for any.

        Raises:
            ChoiceError: there is none that this visitor may see, or it is of another kind.
        """
        with self._lock:
            found = self._exhibits.get(key)
            known = [each.key for each in self._exhibits.values() if _sees(visitor, each)]
        if found is None or not _sees(visitor, found):
            raise ChoiceError(
                f"lab: `model` must be one of those on the page, got '{key:.60}'."
                f"{suggest(key[:60], known)}"
            )
        if not isinstance(found.trained, kind):
            raise ChoiceError(
                f"lab: `model` must be {said_of(kind)}, got '{key:.60}', {said_of(found.trained)}."
            )
        return found

    def all(self) -> list[Exhibit[Any]]:
        """Every model, in the order in which they came."""
        with self._lock:
            return list(self._exhibits.values())

    def _tell(self, visitor: str | None) -> None:
        """Tell of the models that are everyone's, or a visitor of their own."""
        seen = [each.described() for each in self.all() if each.visitor == visitor]
        self._news.announce(
            "models" if visitor is None else "own models", {"models": seen}, visitor
        )


def _sees(visitor: str | None, exhibit: Exhibit[Any]) -> bool:
    return exhibit.visitor in (None, visitor)
