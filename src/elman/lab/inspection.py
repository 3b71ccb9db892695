"""The report of a model on the shelf: what it is read with, and where the file is held."""

import secrets
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elman.contracts import Material
from elman.errors import ConfigError
from elman.inspect import diagnose
from elman.inspect.playing import recordings
from elman.inspect.report import write_report
from elman.lab.shelf import Exhibit
from elman.lab.tasks import material
from elman.page.network import MOST_NUMBERS, BrowserNetwork
from elman.page.recording import Recording
from elman.records import Observer
from elman.runs.writing import make_folder
from elman.tasks.language.browser import browser_network
from elman.tasks.language.trained import Trained

__all__ = ["Reports", "Written"]

_MOST = 16


@dataclass(frozen=True)
class Written:
    """A report that has been written.

    Attributes:
        name: of its file.
        headline: how far back the model looks.
        verdict: what was found.
    """

    name: str
    headline: str
    verdict: tuple[str, ...]


class Reports:
    """Writes reports, and holds the latest.

    Args:
        folder: where; emptied by `close`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._written: OrderedDict[tuple[Any, ...], Written] = OrderedDict()

    def write(self, exhibit: Exhibit[Any], text: Path | None, observer: Observer) -> Written:
        """Look at a model with all instruments and write what they found.

        Args:
            exhibit: the model.
            text: what to read; None for what is at hand: what it was validated on.
            observer: told of each instrument as it begins.

        Raises:
            DataError: there is nothing at hand, or it is too short.
        """
        key = (exhibit.key, exhibit.version, None if text is None else text.name)
        with self._lock:
            if key in self._written:
                self._written.move_to_end(key)
                return self._written[key]
        reader = _Reader(exhibit, text)
        found = diagnose(reader, observer=observer)
        observer({"event": "stage", "text": "writing the report"})
        report = found.report(f"lab · {exhibit.name}", play=_playable(reader))
        make_folder(self._folder)
        name = f"{secrets.token_hex(16)}.html"
        write_report(self._folder / name, report)
        written = Written(name, found.headline, tuple(found.verdict))
        with self._lock:
            self._written[key] = written
            while len(self._written) > _MOST:
                _, oldest = self._written.popitem(last=False)
                (self._folder / oldest.name).unlink(missing_ok=True)
        return written

    def find(self, name: str) -> Path | None:
        """The file of a report that is held; None for any other name."""
        with self._lock:
            held = any(each.name == name for each in self._written.values())
        return self._folder / name if held else None

    def close(self) -> None:
        """Remove them all."""
        shutil.rmtree(self._folder, ignore_errors=True)


class _Reader:
    """A model with the text that the instruments read; implements `elman.contracts.Inspectable`."""

    def __init__(self, exhibit: Exhibit[Any], text: Path | None) -> None:
        self.exhibit, self._text = exhibit, text

    def material(self, data: Any) -> Material:  # noqa: ARG002  (the text was chosen before)
        """The network and its text."""
        trained = self.exhibit.trained
        if self._text is None and self.exhibit.held_out is not None:
            return self.exhibit.held_out(trained)
        return material(trained, self._text)


def _playable(reader: _Reader) -> tuple[BrowserNetwork | Recording, ...]:
    """The network itself, if a page can run it; of what is no language model, a recording."""
    trained = reader.exhibit.trained
    if not isinstance(trained, Trained):
        return recordings(reader)
    try:
        network = browser_network(trained)
    except ConfigError:  # subwords, which a page cannot cut; the report then shows figures alone
        return ()
    return (network,) if network.numbers <= MOST_NUMBERS else ()
