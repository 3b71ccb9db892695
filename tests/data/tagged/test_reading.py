import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.tagged import Format, fill, format_of, line_of, read_sentences, read_tagged
from elman.data.tagged.columns import Columns
from elman.data.tagged.conllu import Conllu
from elman.data.tagged.slashes import Slashes
from elman.errors import DataError

WORD = "1\tI\tI\tPRON\t_\t_\t0\troot\t_\t_"


def read(text: str, written: Format) -> list:
    return list(read_sentences(io.BytesIO(text.encode()), written))


LINES = st.lists(
    st.sampled_from(["a\tX\n", "b \t Y\n", "c\t\r\n", "\n", "  \n", "\r\n", "# no\n"]), max_size=12
)


@given(LINES, st.booleans())
def test_texts_make_up_the_file_and_own_tags_change_nothing(lines: list[str], cut: bool) -> None:
    text = "".join(lines)
    text = text.removesuffix("\n") if cut else text
    sentences = read(text, Columns(2))
    assert "".join(sentence.text for sentence in sentences) == text
    assert all(sentence.words for sentence in sentences[:-1])
    assert [line_of(s, 0, Columns(2)) for s in sentences if s.words] == [
        number
        for number, line in enumerate(lines, 1)
        if "\t" in line and (number == 1 or "\t" not in before(lines, number))
    ]
    for sentence in sentences:
        assert fill(sentence, sentence.tags, Columns(2)) == sentence.text


def before(lines: list[str], number: int) -> str:
    """The last line before `number` that is no comment."""
    said = [line for line in lines[: number - 1] if not line.startswith("#")]
    return said[-1] if said else ""


@pytest.mark.parametrize(
    ("written", "text", "filled"),
    [
        (Slashes(), "\n I  love/X\tcats\r\n\r\n", "\n I/A  love/B\tcats/C\r\n\r\n"),
        (Columns(1), "I\nlove\ncats", "I\tA\nlove\tB\ncats\tC"),
        (
            Conllu(),
            f"# cats\n{WORD}\n1.1" + WORD[1:] + "\n2" + WORD[1:] + "\r\n3" + WORD[1:] + "\n\n",
            "# cats\n1\tI\tI\tA\t_\t_\t0\troot\t_\t_\n1.1"
            + WORD[1:]
            + "\n2\tI\tI\tB\t_\t_\t0\troot\t_\t_\r\n3\tI\tI\tC\t_\t_\t0\troot\t_\t_\n\n",
        ),
    ],
)
def test_nothing_but_the_tags_is_changed(written: Format, text: str, filled: str) -> None:
    assert (
        "".join(
            fill(sentence, "ABC"[: len(sentence.words)], written)
            for sentence in read(text, written)
        )
        == filled
    )


def test_a_stream_gives_each_sentence_when_it_ends() -> None:
    asked = list[int]()

    class Endless(io.RawIOBase):
        """A stream of lines that never ends."""

        def readline(self, size: int | None = -1) -> bytes:
            asked.append(1)
            return b"" if len(asked) > 99 else (b"I\tPRON\n" if len(asked) % 2 else b"\n")

    stream: Iterator = read_sentences(Endless(), Columns(2))
    next(stream)
    assert len(asked) == 2
    next(stream)
    assert len(asked) == 4


def test_several_files_and_entities(tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_bytes("\ufeffEU I-ORG\nsaid O\n\n\nUN I-ORG\n".encode())
    paths = sorted(tmp_path.iterdir())
    written = format_of(paths[0])
    assert written.entities
    assert [s.tags for s in read_tagged(paths, written)] == [("B-ORG", "O"), ("B-ORG",)] * 2
    assert next(s.words for s in read_tagged(paths, written)) == ("EU", "said")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a\tX\nb\n", r"line 2 of `.*` must have 2 tab-separated columns, got 1\."),
        (
            b"a\tX\n\nb\t\n",
            r"line 3 .* must have a tag for the word 'b', got none in column 2",
        ),
        (b"a/X b/\n", r"line 1 of `.*` must have a tag for the word 'b', got none after"),
        (b"a B X\n\n" * 9 + b"c\n", r"line 19 .* must have 3 space-separated columns, got 1"),
        (b"-DOCSTART- -X- O\n\na\tB\tX\nb\tB\t\n", "got none in column 3"),
        (WORD.encode() + b"\n\n" + WORD.replace("PRON", "_").encode(), r"line 3 .*in UPOS\."),
        (b"a\tX\nb\xff\tX\n", r"must be UTF-8 text, got byte 0xff in line 2, column 2\."),
        (b"a\0b\tX\n", r"NUL byte in line 1, column 2\. This is a file of another"),
        (b"EU X O\nAnna Y B-PER\n\nin Z\n", r"line 4 .* 3 space-sep.*, got 2\.$"),
        (b"a X O\nb Y O\n\nin Z\nc X O\nd X O\n", r"line 4 .* 3 space-sep.*, got 2\.$"),
        (b"", r"must hold tagged sentences, got none\."),
        (b"\n\n", r"must hold tagged sentences, got none\."),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=complaint):
        for _ in read_tagged([path], format_of(path)):
            pass


def test_a_tag_that_is_no_entity() -> None:
    with pytest.raises(DataError, match=r"line 3 of `<stdin>` must have O or .*, got 'PER'"):
        read("a O\n\nb PER\n", Columns(2, tabbed=False, entities=True))


def test_another_format_is_named() -> None:
    with pytest.raises(DataError, match=r"got 1\. It looks like the format 'slashes'\."):
        read("I/PRON love/VERB cats/NOUN\n", Conllu())


def test_no_end_of_a_sentence() -> None:
    with pytest.raises(DataError, match=r"blank lines between its sentences, got none in 100,000"):
        read("a\tX\n" * 100_002, Columns(2))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(DataError, match=r"must be a file that can be read, got: "):
            format_of(path)
