import dataclasses
import json
from pathlib import Path

import pytest

from elman.errors import CheckpointError
from elman.runs import Description, Run
from elman.runs.claiming import (
    describe,
    has_learned,
    is_run,
    refuse_foreign,
    refuse_other,
    remove_run,
    what_is,
)
from elman.runs.names import LOCK, temporary_name

NOW = Description(task="language", config={"layers": 1, "epochs": 5}, data={"train": "ab"})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with Run.begin(tmp_path / "run", NOW) as begun:
        begun.write_json("tokenizer.json", [])
        begun.write_folder("baseline", lambda folder: (folder / "counts").write_text("1"))
    return tmp_path / "run"


def test_a_run_says_what_it_is(run: Path) -> None:
    assert is_run(run)
    found = describe(run)
    assert (found.task, found.config, found.data) == (NOW.task, NOW.config, NOW.data)


def test_what_is_no_run_is_shown_for_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"without config\.json \(it is empty\)\.$"):
        describe(tmp_path)
    for name in "abcd":
        (tmp_path / name).touch()
    with pytest.raises(CheckpointError, match=r"\(it holds 'a', 'b', 'c', …\)\.$"):
        describe(tmp_path)


@pytest.mark.parametrize("content", ['{"program": "other"}', "[]", "{", '"elman"'])
def test_the_config_of_another_program_is_no_run(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    assert not is_run(tmp_path)
    with pytest.raises(CheckpointError, match=r"something else \(it holds 'config\.json'\)"):
        refuse_foreign(tmp_path)


def test_a_run_of_a_later_format_is_a_run(run: Path) -> None:
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps({**config, "format": 99}))
    assert is_run(run)
    refuse_foreign(run)


def test_what_a_killed_beginning_left_is_not_foreign(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / "nowhere")
    refuse_foreign(tmp_path)
    (tmp_path / LOCK).touch()
    (tmp_path / temporary_name("config.json")).touch()
    refuse_foreign(tmp_path)
    (tmp_path / "letters.txt").touch()
    with pytest.raises(CheckpointError, match="not even --overwrite touches this one"):
        refuse_foreign(tmp_path)


def test_a_run_of_other_options_is_refused_with_the_difference(run: Path) -> None:
    refuse_other(run, NOW, describe(run))
    other = dataclasses.replace(NOW, config={"layers": 2, "epochs": 5})
    with pytest.raises(CheckpointError, match=r"options and data, got:\n.*\n  layers  1     2\n"):
        refuse_other(run, other, describe(run))


def test_of_a_run_of_another_task_only_that_is_said(run: Path) -> None:
    other = dataclasses.replace(NOW, task="tagging", config={"heads": 1}, data={})
    with pytest.raises(CheckpointError, match=r"task +language +tagging\nGive the same again"):
        refuse_other(run, other, describe(run))


def test_removing_takes_a_runs_files_and_no_others(run: Path) -> None:
    (run / "notes.txt").write_text("mine")
    remove_run(run)
    assert {path.name for path in run.iterdir()} - {LOCK} == {"notes.txt"}


def test_what_stands_at_a_path_is_told(run: Path) -> None:
    (run.parent / "file").touch()
    (run.parent / "link").symlink_to("nowhere")
    assert what_is(run) == "a folder."
    assert what_is(run.parent / "file") == "a file."
    assert what_is(run.parent / "link") == "a link to nothing."
    assert what_is(run.parent / "runn") == f"nothing there. Did you mean '{run}'?"
    assert what_is(run / "deep" / "deeper") == "nothing there."


def test_only_runs_of_a_like_name_are_suggested(run: Path) -> None:
    (run.parent / "rum").mkdir()
    (run.parent / "rub").touch()
    assert what_is(run.parent / "rux") == f"nothing there. Did you mean '{run}'?"
    assert what_is(run.parent / "nothing") == "nothing there."  # its path alone is alike
    assert what_is(run / ".loc") == "nothing there."
    assert what_is(run / "confi.json") == "nothing there."


def test_a_vocabulary_and_counts_are_not_learned_but_weights_are(run: Path) -> None:
    (run / "history.jsonl").touch()
    assert not has_learned(run)
    (run / "model.safetensors").touch()
    assert has_learned(run)
