"""The report: one file with the verdict, figures, tables and the network itself, playable."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from elman.inspect.results import Result
from elman.inspect.tables import Table
from elman.page.document import document
from elman.page.figures import draw
from elman.page.network import MOST_NUMBERS, BrowserNetwork
from elman.page.packing import packed
from elman.page.recording import Recording
from elman.page.svg import Markup, tag
from elman.runs.writing import replace_file
from elman.version import VERSION

__all__ = ["Advice", "Report", "write_report"]

_START = "globalThis.unfold = page.openReport(elman);"


@dataclass(frozen=True)
class Advice:
    """What to try, and what speaks for it.

    Attributes:
        text: what to do.
        evidence: the figure that it rests on.
    """

    text: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a report tells.

    Attributes:
        title: which model, on which data.
        headline: the answer in two or three words: "9 words".
        verdict: the sentences beside it.
        advice: what to try.
        results: what the instruments found, in the order of the page.
        play: the network itself where a browser can run it, or recordings of it, one for each
            layer if they differ; empty for none.
        text: what the network reads first.
        notes: how the figures came about, a sentence each.
    """

    title: str
    headline: str
    verdict: Sequence[str]
    advice: Sequence[Advice] = ()
    results: Sequence[Result] = ()
    play: Sequence[BrowserNetwork | Recording] = ()
    text: str = "I love cats"
    notes: Sequence[str] = ()


def write_report(path: str | Path, report: Report) -> Path:
    """Write a report as one HTML file, which opens without a network.

    Args:
        path: where; a file that is there is replaced.
        report: what to tell.

    Returns:
        The file's path.

    Raises:
        CheckpointError: the place cannot be written; what was there is as before.
        DataError: a network of `report.play` is too large for a page.

    >>> import tempfile
    >>> report = Report(title="runs/demo", headline="9 words", verdict=["It looks back 9 words."])
    >>> file = write_report(Path(tempfile.mkdtemp()) / "report.html", report)
    >>> "<strong>9 words</strong>" in file.read_text()
    True
    >>> write_report(file.parent, report)
    Traceback (most recent call last):
    elman.errors.CheckpointError: ...
    """
    path = Path(path).absolute()
    data = {"text": report.text, "sources": [source.to_json() for source in report.play]}
    script = f"{packed('report.js')}\n{_START}"
    page = document(f"{report.title} · Elman", _body(report), script, data)
    replace_file(path, lambda made: _write(made, page))
    return path


def _write(file: Path, page: str) -> None:
    """Write a page; what UTF-8 cannot say (half a surrogate pair) becomes a mark."""
    file.write_bytes(page.encode("utf-8", errors="replace"))


def _body(report: Report) -> Markup:
    """All that is seen."""
    sections = [_headline(report), _unfolded(report), _advice(report), _measured(report)]
    return Markup(
        tag("header", _heading(report), _switches(), class_="page masthead")
        + tag("main", *sections, class_="page")
        + tag("footer", *(tag("p", note) for note in _notes(report)), class_="page soft")
    )


def _heading(report: Report) -> Markup:
    """Whose report it is."""
    return tag("h1", "Elman ", tag("small", report.title))


def _switches() -> Markup:
    """Colours and motion; the system's wish holds until somebody presses."""
    names = ("theme: auto", "motion: on")
    buttons = [tag("button", name, type="button", id=name.split(":")[0]) for name in names]
    return tag("div", *buttons, class_="row")


def _headline(report: Report) -> Markup:
    """The answer, large, and the sentences that belong to it."""
    if not report.headline and not report.verdict:
        return Markup("")
    said = tag("p", " ".join(report.verdict))
    return tag("section", tag("strong", report.headline), said, class_="card headline")


def _unfolded(report: Report) -> Markup:
    """Where the script puts the network."""
    if not report.play:
        return Markup("")
    without = "The network is drawn by the script in this file; this browser does not run it."
    return tag(
        "section",
        tag("h2", "The network, unfolded through time"),
        tag("div", tag("noscript", tag("p", without)), id="unfold"),
        tag("p", *_playing(report.play), class_="soft"),
    )


def _playing(play: Sequence[BrowserNetwork | Recording]) -> list[str]:
    """What is played, in a sentence."""
    first = play[0]
    if isinstance(first, BrowserNetwork):
        numbers = f"{first.numbers:,}"
        return [f"The network itself runs in this file ({numbers} numbers): type what you like."]
    return [
        f"A recording: what the network did with {len(first.steps):,} steps of its data. A page "
        f"runs networks of words or characters with up to {MOST_NUMBERS:,} numbers itself."
    ]


def _advice(report: Report) -> Markup:
    """What to try, with its evidence."""
    if not report.advice:
        return Markup("")
    items = [
        tag("li", tag("strong", each.text), " ", tag("span", each.evidence, class_="soft"))
        for each in report.advice
    ]
    return tag("section", tag("h2", "What to try"), tag("ul", *items))


def _measured(report: Report) -> Markup:
    """Every result: its figures, and its table to open."""
    if not report.results:
        return Markup("")
    cards = [_card(result) for result in report.results]
    return tag("section", tag("h2", "What was measured"), tag("div", *cards, class_="grid"))


def _card(result: Result) -> Markup:
    """One result."""
    table = result.table()
    figures = draw(result.to_json())
    written = tag(
        "div", _rows(table), class_="wide", tabindex="0", role="group", aria_label="table"
    )
    numbers = tag("details", tag("summary", "the numbers"), written) if figures else written
    captions = [tag("p", note) for note in table.notes]
    caption = tag("figcaption", tag("h3", table.title), *captions)
    if len(figures) < 2:
        return tag("figure", caption, *figures, numbers, class_="card")
    return tag("figure", caption, tag("div", *figures, class_="grid"), numbers, class_="card broad")


def _rows(table: Table) -> Markup:
    """A table, numbers to the right."""
    classes = [None if table.is_wordy(at) else "number" for at in range(len(table.columns))]
    titles = zip(table.columns, classes, strict=True)
    head = [tag("th", column.title, class_=kind, scope="col") for column, kind in titles]
    rows = [
        tag("tr", *(tag("td", cell, class_=kind) for cell, kind in zip(row, classes, strict=True)))
        for row in table.written()
    ]
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows))


def _notes(report: Report) -> list[str]:
    """What stands at the foot."""
    own = f"Written by elman {VERSION}. This file holds all it needs and fetches nothing."
    return [*report.notes, own]
