import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests.browser.networks import random_model

from elman.errors import CheckpointError, DataError
from elman.inspect.horizon import Horizon
from elman.inspect.report import Advice, Report, write_report
from elman.inspect.tables import Column, Table
from elman.tasks.language.browser import browser_network

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"
HORIZON = Horizon(2, 1, 3, 0.01, (0.5, 0.005, 0.0), (0.01,) * 3, 1.4, 500, unit="word")


@dataclass
class Poem:
    """A result without a figure, from a hostile source."""

    def table(self) -> Table:
        return Table(HOSTILE, (Column(HOSTILE),), ((HOSTILE,),), (HOSTILE,))

    def plot(self, axes: Any = None) -> Any:
        return axes

    def to_json(self) -> dict[str, Any]:
        return {"kind": "poem"}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href")]


def written(folder: Path, **changes: Any) -> str:
    settings = {"title": "runs/demo", "headline": "2 words", "verdict": ["It looks back 2 words."]}
    return write_report(folder / "report.html", Report(**{**settings, **changes})).read_text(
        "utf-8"
    )


def test_it_holds_the_verdict_the_advice_with_its_evidence_the_figures_and_the_tables(
    tmp_path: Path,
) -> None:
    advice = [Advice("Try an LSTM.", "31 % of the units are stuck.")]
    page = written(tmp_path, advice=advice, results=[HORIZON])
    assert "<strong>2 words</strong><p>It looks back 2 words.</p>" in page
    assert "<strong>Try an LSTM.</strong>" in page
    assert "31 % of the units are stuck." in page
    assert "Seeing 1, it loses 0.5; the model looks back 2 words (1–3)." in page
    assert "<h3>Memory horizon: 2 words (1–3)</h3>" in page
    assert '<td class="number">0.005</td>' in page


def test_hostile_words_inject_nothing(tmp_path: Path) -> None:
    trained = random_model(cell="elman", hidden_size=4, probe=False)
    trained.codec.tokens[3] = HOSTILE
    page = written(
        tmp_path,
        title=HOSTILE,
        headline=HOSTILE,
        verdict=[HOSTILE],
        advice=[Advice(HOSTILE, HOSTILE)],
        results=[Poem()],
        play=[browser_network(trained)],
        text=HOSTILE,
        notes=[HOSTILE],
    )
    tags = Tags(page)
    assert "img" not in tags.names
    assert tags.names.count("script") == 2
    assert not re.search(r"<[^>]*\sonerror", page)


def test_it_fetches_nothing(tmp_path: Path) -> None:
    trained = random_model(cell="gru", hidden_size=4, probe=False)
    page = written(tmp_path, results=[HORIZON, Poem()], play=[browser_network(trained)])
    assert Tags(page).links == []
    assert "url(" not in page.replace("url(#", "").replace("`url(", "")
    assert "@import" not in page


def test_half_a_surrogate_pair_does_not_stop_it(tmp_path: Path) -> None:
    assert "cats ?" in written(tmp_path, title="cats \udc80")


def test_a_place_that_cannot_be_written_is_named_and_the_old_file_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    report = Report(title="t", headline="h", verdict=[])
    with pytest.raises(CheckpointError, match="must be writable, got: Not a directory"):
        write_report(tmp_path / "file" / "report.html", report)
    with pytest.raises(CheckpointError, match="must be writable, got: Is a directory"):
        write_report(tmp_path, report)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_network_too_large_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    trained = random_model(cell="lstm", hidden_size=500, probe=False)
    with pytest.raises(DataError, match="at most 1,500,000 numbers"):
        written(tmp_path, play=[browser_network(trained)])
    assert list(tmp_path.iterdir()) == []
