import io

import pytest
from rich.console import Console

from elman.errors import ShapeError
from elman.inspect.tables import Column, Table
from elman.wording import percent

TABLE = Table(
    "What it holds",
    (Column("word"), Column("lag"), Column("read back", percent)),
    (("love", 0, 0.984), ("I", 10, None)),
    ("Measured on 400 words.",),
)


def test_prints_as_text() -> None:
    assert str(TABLE).splitlines() == [
        "What it holds",
        "word  lag  read back",
        "love    0       98 %",
        "I      10          –",
        "Measured on 400 words.",
    ]


def test_rich_draws_the_same_words() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(TABLE)
    assert out.getvalue().split() == str(TABLE).split()


def test_markup_in_cells_is_only_text() -> None:
    hostile = Table("<b>[red]", (Column("<th>"),), (("<script>[bold]x",),), ("&",))
    assert hostile._repr_html_() == (
        "<table><caption>&lt;b&gt;[red]</caption><thead><tr><th>&lt;th&gt;</th></tr></thead>"
        "<tbody><tr><td>&lt;script&gt;[bold]x</td></tr></tbody></table><p>&amp;</p>"
    )
    out = io.StringIO()
    Console(file=out, width=80).print(hostile)
    assert "<script>[bold]x" in out.getvalue()


def test_no_rows_leave_the_titles() -> None:
    assert str(Table("none", (Column("a"), Column("b")), ())) == "none\na  b"


def test_rows_must_fit() -> None:
    with pytest.raises(ShapeError, match=r"`rows\[1\]` must have 1 cells, got 2"):
        Table("t", (Column("a"),), ((1,), (1, 2)))
