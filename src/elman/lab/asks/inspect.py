"""What the Inspect view asks.

inspect.report  {model, text, ending}   parts {text}: what is being measured;
                                → {address, headline, verdict, stage: the model's when it began}

`text` is the number that POST /texts gave, for who wants another text read than the one at hand;
left out, it is that one. `ending` is that of its file's name, by which .ts is told from the rest.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from elman.lab.protocol import Body, Call, Handler
from elman.lab.shelf import Exhibit
from elman.records import Record

__all__ = ["ASKS"]

_ENDINGS = (".txt", ".ts")


def _report(call: Call) -> Body:
    """Look at a model with all instruments."""
    exhibit: Exhibit[Any] = call.lab.shelf.find(call.text("model"), call.visitor, object)

    def observe(record: Record) -> None:
        call.part({"text": record["text"]}, latest=True)

    with _text(call) as text:
        written = call.lab.reports.write(exhibit, text, observe)
    return {
        "address": f"reports/{written.name}",
        "headline": written.headline,
        "verdict": list(written.verdict),
        "stage": exhibit.stage,
    }


@contextlib.contextmanager
def _text(call: Call) -> Iterator[Path | None]:
    """The text that was sent, for as long as it is read; None if none was."""
    number = call.text("text", "")
    if not number:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"{number}{call.choice('ending', _ENDINGS, _ENDINGS[0])}"
        call.lab.uploads.take(number, place)
        yield place


ASKS: dict[str, Handler] = {"inspect.report": _report}
