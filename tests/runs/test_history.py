import errno
import json
from pathlib import Path

import pytest

from elman.errors import CheckpointError
from elman.runs.history import HistoryFile, read_history


def test_records_come_back_and_a_cut_forgets_the_later_ones(tmp_path: Path) -> None:
    history = HistoryFile(tmp_path)
    history.add({"event": "start", "text": "ä"})
    kept = history.length_bytes
    history.add({"event": "step"})
    history.flush()
    history.close()
    assert [record["event"] for record in read_history(tmp_path)] == ["start", "step"]
    again = HistoryFile(tmp_path, kept)
    again.add({"event": "epoch"})
    again.close()
    assert [record["event"] for record in read_history(tmp_path)] == ["start", "epoch"]


def test_every_line_is_strict_json(tmp_path: Path) -> None:
    history = HistoryFile(tmp_path)
    history.add({"loss": float("nan"), "norms": {"a": [float("inf"), 1.5]}})
    history.close()
    line = (tmp_path / "history.jsonl").read_text()
    assert json.loads(line, parse_constant=pytest.fail) == {
        "loss": None,
        "norms": {"a": [None, 1.5]},
    }


def test_a_line_cut_off_in_writing_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text('{"step": 1}\n{"ste')
    assert read_history(tmp_path) == [{"step": 1}]


@pytest.mark.parametrize(
    ("line", "said"),
    [("[1]", "must be a JSON object"), ("{", "must hold JSON"), ("\udcff", "JSON")],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    text = f'{{"step": 1}}\n{line}\n'
    (tmp_path / "history.jsonl").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(CheckpointError, match=rf"history\.jsonl, line 2: .*{said}"):
        read_history(tmp_path)


def test_a_history_that_lost_lines_is_refused(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text('{"step": 1}\n')
    with pytest.raises(CheckpointError, match=r"must have at least 500 bytes, .* got 12"):
        HistoryFile(tmp_path, 500)
    assert (tmp_path / "history.jsonl").read_text() == '{"step": 1}\n'


def test_a_full_disk_takes_the_line_back(tmp_path: Path) -> None:
    class Full:
        """Half a line fits."""

        def __init__(self, real) -> None:
            self.real, self.writes = real, 0

        def __getattr__(self, name: str):
            return getattr(self.real, name)

        def write(self, line: bytes) -> int:
            self.writes += 1
            if self.writes > 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.real.write(line[: len(line) // 2])

    history = HistoryFile(tmp_path)
    history.add({"step": 1})
    history._file = Full(history._file)
    with pytest.raises(CheckpointError, match=r"history\.jsonl: .*No space left"):
        history.add({"step": 2})
    history.close()
    assert (tmp_path / "history.jsonl").read_text() == '{"step": 1}\n'


def test_links_are_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "diary"
    target.write_text("dear")
    (tmp_path / "history.jsonl").symlink_to(target)
    with pytest.raises(CheckpointError, match=r"history\.jsonl: "):
        HistoryFile(tmp_path)
    assert target.read_text() == "dear"
