import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data import text
from elman.data.text import TextSpan, read_blocks, read_lines, sha256, split_off
from elman.errors import DataError


def write(folder: Path, content: bytes | str, name: str = "corpus.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def normalised(content: str) -> str:
    """The slow twin of `read_blocks`: the whole text at once, line by line."""
    lines = re.split(r"\r\n|\r|\n", content.removeprefix("\ufeff"))
    lines = ["" if not line.strip() else line for line in lines]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    kept = [line for i, line in enumerate(lines) if line or lines[i - 1]]
    return "\n".join(kept) + "\n"


@given(
    lines=st.lists(
        st.text("ab é日\u0301𝄞,", max_size=40).map(lambda line: line if line.strip() else line[:2])
    ),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    block=st.integers(min_value=8, max_value=64),
)
def test_blocks_of_any_size_join_to_the_normalised_text(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, mark: str, block: int
) -> None:
    content = mark + end.join(lines)
    if not content.removeprefix("\ufeff").strip():
        return
    path = write(tmp_path_factory.mktemp("text"), content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK_BYTES", block)
        assert "".join(read_blocks(path)) == normalised(content)


def test_blocks_end_with_lines_where_lines_are_short(tmp_path: Path) -> None:
    path = write(tmp_path, "I love cats .\n\n" * 200_000)
    blocks = list(read_blocks(path))
    assert len(blocks) > 2
    assert all(block.endswith("\n") for block in blocks)


def test_a_long_line_is_cut_after_white_space(tmp_path: Path) -> None:
    path = write(tmp_path, "word " * 500_000)
    *pieces, last = read_blocks(path)
    assert len(pieces) > 1
    assert all(piece.endswith("word ") for piece in pieces)
    assert last.endswith("word \n")


def test_a_long_line_without_white_space_is_cut_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, "日" * 3_000_000)
    blocks = list(read_blocks(path))
    assert len(blocks) > 1
    assert "".join(blocks) == "日" * 3_000_000 + "\n"


def test_memory_stays_within_a_few_blocks(tmp_path: Path) -> None:
    path = write(tmp_path, b"word " * 6_000_000)
    tracemalloc.start()
    for _ in read_blocks(path):
        pass
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 12 * text.BLOCK_BYTES < path.stat().st_size


def test_lines_are_those_that_are_not_blank(tmp_path: Path) -> None:
    path = write(tmp_path, "\n  \nI love cats\r\n\r\n  I love you \n\n\n")
    assert list(read_lines(path)) == ["I love cats", "  I love you "]


def test_a_span_reads_its_part_only(tmp_path: Path) -> None:
    path = write(tmp_path, "one\ntwo\nthree\n")
    assert "".join(read_blocks(TextSpan(path, 4, 7))) == "two\n"
    assert "".join(read_blocks(TextSpan(path, 8))) == "three\n"


def test_a_byte_order_mark_is_dropped_at_the_beginning_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffcats\n\ufeffdogs\n")
    assert "".join(read_blocks(path)) == "cats\n\ufeffdogs\n"


class TestFaults:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(
            DataError, match=r"`.*cats.txt` must be a text file, got no such file\."
        ):
            list(read_blocks(tmp_path / "cats.txt"))

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"must be a text file, got a folder\."):
            list(read_blocks(tmp_path))

    def test_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(DataError, match=r"got a pipe or device\. .* save it to a file first"):
            list(read_blocks(tmp_path / "pipe"))

    def test_empty(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"must hold text, got an empty file\."):
            list(read_blocks(write(tmp_path, "")))

    def test_only_blank_lines(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"must hold text, got only blank lines\."):
            list(read_blocks(write(tmp_path, "\n \t \r\n\n")))

    def test_not_utf8_names_line_and_column(self, tmp_path: Path) -> None:
        path = write(tmp_path, b"caf\xc3\xa9\ncaf\xe9 noir\n")
        with pytest.raises(
            DataError, match=r"UTF-8 text, got byte 0xe9 in line 2, column 4\..*iconv -f latin1"
        ):
            list(read_blocks(path))

    def test_not_utf8_deep_inside(self, tmp_path: Path) -> None:
        path = write(tmp_path, b"0123456\n" * 200_000 + b"\xff")
        with pytest.raises(DataError, match=r"0xff in line 200,001, column 1\."):
            list(read_blocks(path))

    def test_a_character_torn_at_the_end(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"byte 0xe6 in line 1, column 5\."):
            list(read_blocks(write(tmp_path, b"cat " + "日".encode()[:2])))

    def test_binary(self, tmp_path: Path) -> None:
        with pytest.raises(
            DataError, match=r"got a NUL byte in line 2, column 2\. This is a file of another"
        ):
            list(read_blocks(write(tmp_path, b"\x7fELF\n\x02\x00")))

    def test_utf16(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"a NUL byte .*iconv -f utf-16le"):
            list(read_blocks(write(tmp_path, "I love cats".encode("utf-16-le"))))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
    def test_unreadable(self, tmp_path: Path) -> None:
        path = write(tmp_path, "cats")
        path.chmod(0)
        with pytest.raises(DataError, match=r"must be readable, got: Permission denied\."):
            list(read_blocks(path))

    def test_unreadable_for_any_reason(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        path = write(tmp_path, "cats")
        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(DataError, match=r"must be readable, got: Permission denied\."):
            list(read_blocks(path))


@pytest.mark.parametrize("blank", ["\n", " \n", "\t\r\n"])
def test_a_run_of_blank_lines_longer_than_a_block_is_one(tmp_path: Path, blank: str) -> None:
    path = write(tmp_path, "I love cats\n" + blank * (2_000_000 // len(blank)) + "and dogs")
    assert "".join(read_blocks(path)) == "I love cats\n\nand dogs\n"


class TestSha256:
    def test_of_one_file_is_that_of_its_bytes(self, tmp_path: Path) -> None:
        path = write(tmp_path, "abc")
        assert sha256([path]) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    def test_of_several_tells_where_each_ends(self, tmp_path: Path) -> None:
        a, b = write(tmp_path, "ab", "a"), write(tmp_path, "c", "b")
        c, d = write(tmp_path, "a", "c"), write(tmp_path, "bc", "d")
        assert sha256([a, b]) != sha256([c, d])


class TestSplitOff:
    def text_of(self, spans: list[TextSpan]) -> str:
        return "".join("".join(read_blocks(span)) for span in spans)

    @given(
        lengths=st.lists(st.integers(1, 30), min_size=2, max_size=30),
        files=st.integers(1, 3),
        share=st.floats(0.01, 0.9),
    )
    def test_both_parts_together_are_the_text(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        lengths: list[int],
        files: int,
        share: float,
    ) -> None:
        folder = tmp_path_factory.mktemp("split")
        content = "".join("é" * length + "\n" for length in lengths)
        paths = [write(folder, content, f"{number}.txt") for number in range(files)]
        before, after = split_off(paths, share)
        assert self.text_of(before) + self.text_of(after) == content * files
        longest = 2 * max(lengths) + 1
        held_out = len(self.text_of(after).encode())
        assert held_out == pytest.approx(share * len(content.encode()) * files, abs=longest + 2)

    def test_blank_lines_at_the_end_are_no_text_to_hold_out(self, tmp_path: Path) -> None:
        before, after = split_off([write(tmp_path, "one\ntwo\nthree" + "\n" * 100)], 0.1)
        assert self.text_of(before) == "one\ntwo\n"
        assert self.text_of(after) == "three\n"

    def test_blank_lines_before_a_text_are_no_text_to_learn_from(self, tmp_path: Path) -> None:
        blank = "\n \n" * 50
        before, after = split_off([write(tmp_path, f"{blank}one two three")], 0.1)
        assert self.text_of(before).strip() == "one two"
        assert self.text_of(after) == "three\n"
        with pytest.raises(DataError, match=r"at least 2 words .*, got 1\."):
            split_off([write(tmp_path, f"{blank}one\n\n")], 0.1)

    @pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.95])
    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    def test_lines_of_any_end_stay_whole(self, tmp_path: Path, end: str, share: float) -> None:
        path = tmp_path / "text.txt"
        path.write_bytes("".join(f"I love cats {number}{end}" for number in range(9)).encode())
        before, after = split_off([path], share)
        lines = (self.text_of(before) + self.text_of(after)).splitlines()
        assert lines == [f"I love cats {number}" for number in range(9)]

    @pytest.mark.parametrize("space", [" ", "\t"])
    def test_one_line_is_cut_between_words(self, tmp_path: Path, space: str) -> None:
        before, after = split_off([write(tmp_path, f"I love cats{space}and dogs")], 0.3)
        assert self.text_of(before) == f"I love cats{space}\n"
        assert self.text_of(after) == "and dogs\n"

    def test_no_character_is_torn(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(text, "BLOCK_BYTES", 16)
        before, after = split_off([write(tmp_path, "日" * 100)], 0.5)
        assert self.text_of(before).count("日") + self.text_of(after).count("日") == 100

    def test_one_word_cannot_be_split(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"at least 2 words for 10% .*, got 1\. Give more"):
            split_off([write(tmp_path, "cats\n")], 0.1)
