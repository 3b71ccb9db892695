import dataclasses
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from elman.errors import CheckpointError, ChoiceError
from elman.runs import Description, Run
from elman.runs.environment import Environment
from elman.runs.names import FILES, LEARNED
from elman.version import VERSION


def described(**config: Any) -> Description:
    return Description(task="language", config={"layers": 1, "epochs": 5, **config})


def fill(run: Run) -> None:
    run.write_tensors("model.safetensors", {"a": torch.ones(2)}, {"note": "x"})
    run.write_json("tokenizer.json", ["I", "love", "cats"])
    run.write_json("scores.json", {"perplexity": 98.2})
    run.write_folder("baseline", lambda folder: (folder / "counts").write_text("1"))
    (run.path / "resume.safetensors").write_text("…")
    (run.path / "history.jsonl").write_text('{"step": 1}\n')


def test_what_is_written_is_read(run_folder: Path) -> None:
    with Run.begin(run_folder, described()) as run:
        assert not run.resuming
        fill(run)
    found = Run.open(run_folder, task="language")
    assert found.description == run.description
    assert found.read_json("tokenizer.json") == ["I", "love", "cats"]
    assert found.read_tensors("model.safetensors")[0]["a"].tolist() == [1, 1]
    assert (found.folder("baseline") / "counts").read_text() == "1"
    assert found.history() == [{"step": 1}]
    assert found.holds("scores.json")
    assert not found.holds("probe.safetensors")


def test_reading_is_not_writing(run_folder: Path) -> None:
    Run.begin(run_folder, described()).close()
    with pytest.raises(CheckpointError, match=r"scores\.json: the run must be open for writing"):
        Run.open(run_folder).write_json("scores.json", {})
    with Run.begin(run_folder, described()) as run:
        run.write_json("scores.json", {})


def test_only_files_of_a_run_may_be_named(run_folder: Path) -> None:
    with Run.begin(run_folder, described()) as run, pytest.raises(ChoiceError, match=r"'\.\./x'"):
        run.write_json("../x", {})


def test_the_same_again_goes_on(run_folder: Path) -> None:
    with Run.begin(run_folder, described()) as run:
        fill(run)
    with Run.begin(run_folder, described(epochs=9)) as run:
        assert run.resuming
        assert run.holds("resume.safetensors")
    assert Run.open(run_folder).description.config["epochs"] == 9


def test_going_on_keeps_the_command_that_began_the_run(run_folder: Path) -> None:
    began = dataclasses.replace(described(), command="elman demo", version="0.0.1")
    Run.begin(run_folder, began).close()
    Run.begin(run_folder, dataclasses.replace(described(), command="LanguageModel.fit")).close()
    found = Run.open(run_folder).description
    assert (found.command, found.version) == ("elman demo", VERSION)


def test_different_options_are_refused_with_the_difference(run_folder: Path) -> None:
    with Run.begin(run_folder, described()) as run:
        fill(run)
    said = r"must keep its options.*\n  option  then  now\n  layers  1     2\nGive the same.*--out"
    with pytest.raises(CheckpointError, match=said):
        Run.begin(run_folder, described(layers=2))
    with Run.begin(
        run_folder, described()
    ) as run:  # the refusal freed its lock and changed nothing
        assert run.read_json("scores.json") == {"perplexity": 98.2}


def test_overwriting_removes_a_runs_files_and_no_others(run_folder: Path) -> None:
    with Run.begin(run_folder, described()) as run:
        fill(run)
    (run_folder / "notes.txt").write_text("mine")
    with Run.begin(run_folder, described(layers=2), overwrite=True) as run:
        assert not run.resuming
        assert sorted(os.listdir(run_folder)) == [".lock", "config.json", "notes.txt"]
    assert Run.open(run_folder).description.config["layers"] == 2


def test_overwriting_a_run_of_a_later_format_is_allowed(run_folder: Path) -> None:
    with Run.begin(run_folder, described()) as run:
        run.write_json("config.json", {"program": "elman", "format": 2})
    with pytest.raises(CheckpointError, match="`format` must be 1, got 2"):
        Run.begin(run_folder, described())
    Run.begin(run_folder, described(), overwrite=True).close()
    assert Run.open(run_folder).description.config == described().config


FOREIGN = {
    "another tool's model": {"config.json": '{"model_type": "bert"}', "model.safetensors": "…"},
    "a damaged config": {"config.json": '{"program": "el', "history.jsonl": ""},
    "a list": {"config.json": "[]"},
    "a home": {"letter.txt": "dear"},
}


@pytest.mark.parametrize("files", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_foreign_folder_is_never_touched(
    run_folder: Path, files: dict[str, str], overwrite: bool
) -> None:
    run_folder.mkdir()
    for name, text in files.items():
        (run_folder / name).write_text(text)
    with pytest.raises(CheckpointError):
        Run.begin(run_folder, described(), overwrite=overwrite)
    with pytest.raises(CheckpointError):
        Run.open(run_folder)
    assert {path.name: path.read_text() for path in run_folder.iterdir()} == files


def test_what_a_killed_beginning_left_is_no_obstacle(run_folder: Path) -> None:
    (run_folder / ".config.json.part").mkdir(parents=True)
    (run_folder / ".lock").write_text("12345\n")
    Run.begin(run_folder, described()).close()
    assert sorted(os.listdir(run_folder)) == [".lock", "config.json"]


def test_an_overwriting_that_was_killed_leaves_a_run_that_starts_anew(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from elman.runs import claiming

    for survivors in range(1, len(FILES)):
        with Run.begin(run_folder, described(), overwrite=True) as run:
            fill(run)
        left = [survivors]

        def dying(path: Path, left=left, real=claiming.remove) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            real(path)

        with monkeypatch.context() as patch:
            patch.setattr(claiming, "remove", dying)
            with pytest.raises(KeyboardInterrupt):
                Run.begin(run_folder, described(), overwrite=True)
        with Run.begin(run_folder, described()) as run:
            assert not run.holds("resume.safetensors")


def test_two_writers_cannot_be(run_folder: Path) -> None:
    refused = pytest.raises(CheckpointError, match=f"process {os.getpid()}.*--out")
    with Run.begin(run_folder, described()), refused:
        Run.begin(run_folder, described())
    Run.begin(run_folder, described()).close()


@pytest.mark.parametrize("call", [Run.open, lambda path: Run.begin(path, described())])
def test_a_file_is_no_run(run_folder: Path, call) -> None:
    run_folder.write_text("text")
    with pytest.raises(CheckpointError, match=r"must be a .*folder, got a file"):
        call(run_folder)


def test_nothing_there_comes_with_a_suggestion(run_folder: Path) -> None:
    Run.begin(run_folder, described()).close()
    with pytest.raises(CheckpointError, match=f"nothing there. Did you mean '{run_folder}'"):
        Run.open(run_folder.with_name("runn"))


def test_a_run_of_another_task_is_refused(run_folder: Path) -> None:
    Run.begin(run_folder, described()).close()
    with pytest.raises(CheckpointError, match="must be 'tagging', got a run of 'language'"):
        Run.open(run_folder, task="tagging")


def test_a_baseline_elsewhere_is_refused(run_folder: Path, tmp_path: Path) -> None:
    Run.begin(run_folder, described()).close()
    with pytest.raises(CheckpointError, match="baseline: it must be a folder, got nothing there"):
        Run.open(run_folder).folder("baseline")
    (tmp_path / "other").mkdir()
    (run_folder / "baseline").symlink_to(tmp_path / "other")
    with pytest.raises(CheckpointError, match="baseline: it must be a folder"):
        Run.open(run_folder).folder("baseline")


def test_another_environment_is_warned_of(
    run_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Run.begin(run_folder, described()) as run:
        run.note_environment(Environment(torch="2.12.0", threads=1))
    assert json.loads((run_folder / "config.json").read_text())["environment"]["threads"] == 1
    with caplog.at_level(logging.WARNING), Run.begin(run_folder, described()) as run:
        run.note_environment(Environment(torch="2.12.0", threads=2))
    assert "threads was 1, is 2 since the run began" in caplog.text
    assert run.description.environment.threads == 1


def test_a_run_in_which_nothing_was_learned_begins_anew_with_other_options(
    run_folder: Path,
) -> None:
    with Run.begin(run_folder, described()) as run:
        run.write_json("tokenizer.json", ["I"])
        (run_folder / "history.jsonl").write_text('{"event": "divergence"}\n')
    (run_folder / "notes.txt").write_text("mine")
    with Run.begin(run_folder, described()) as run:
        assert run.resuming
        assert run.holds("tokenizer.json")
    with Run.begin(run_folder, described(layers=2)) as run:
        assert not run.resuming
        assert sorted(os.listdir(run_folder)) == [".lock", "config.json", "notes.txt"]
    assert Run.open(run_folder).description.config["layers"] == 2


@pytest.mark.parametrize("name", LEARNED)
def test_what_was_learned_is_not_begun_anew(run_folder: Path, name: str) -> None:
    Run.begin(run_folder, described()).close()
    (run_folder / name).write_text("…")
    with pytest.raises(CheckpointError, match="must keep its options"):
        Run.begin(run_folder, described(layers=2))
    assert (run_folder / name).read_text() == "…"


def fail(path: Path, error: BaseException, *files: str, overwrite: bool = False) -> None:
    """Begin a run, write what comes before training, and these files, and stop with the error."""

    def begin() -> None:
        with Run.begin(path, described(), overwrite=overwrite) as run:
            run.write_json("tokenizer.json", [])
            run.write_folder("baseline", lambda folder: (folder / "counts").write_text("1"))
            for file in files:
                (path / file).write_text("…")
            raise error

    with pytest.raises(type(error)):
        begin()


def test_an_error_before_training_leaves_no_folder_behind(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "deep" / "run"
    (tmp_path / "runs").mkdir()
    fail(path, CheckpointError("a full disk"))
    assert os.listdir(tmp_path / "runs") == []
    path.mkdir(parents=True)
    fail(path, ValueError("no text"))
    assert os.listdir(path) == []  # it was there before
    fail(path, KeyboardInterrupt())  # the same command goes on
    assert (path / "tokenizer.json").exists()
    fail(path, ValueError("no text"))  # an older session counted those n-grams
    assert (path / "baseline" / "counts").exists()


def test_beside_files_of_others_it_stays_a_run(run_folder: Path) -> None:
    Run.begin(run_folder, described()).close()
    (run_folder / "notes.txt").write_text("mine")
    fail(run_folder, ValueError("no text"), overwrite=True)
    Run.begin(run_folder, described()).close()
    assert (run_folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", [*LEARNED, "history.jsonl"])
def test_an_error_in_training_leaves_what_was_done(run_folder: Path, name: str) -> None:
    fail(run_folder, ValueError("diverged"), name)
    assert (run_folder / name).read_text() == "…"
    Run.begin(run_folder, described()).close()


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match=r"file/run: .*Not a directory"):
        Run.begin(tmp_path / "file" / "run", described())


def test_opening_a_run_does_not_load_torch(run_folder: Path) -> None:
    Run.begin(run_folder, described()).close()
    (run_folder / "model.safetensors").write_text("…")
    program = (
        "import sys; from elman.runs import Run, latest;"
        f"Run.open(latest({str(run_folder.parent)!r})); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_place_whose_name_is_not_utf8_is_refused_before_any_work(run_folder: Path) -> None:
    path = run_folder.with_name("caf\udce9")
    with pytest.raises(CheckpointError, match=r"`path` must be UTF-8, got '.*caf\\udce9'.*--out"):
        Run.begin(path, described())
    assert not path.exists()


def test_what_a_baseline_holds_lies_in_it_and_is_a_file(run_folder: Path, tmp_path: Path) -> None:
    with Run.begin(run_folder, described()) as run:
        fill(run)
    assert Run.open(run_folder).folder("baseline") == run_folder / "baseline"
    counts = run_folder / "baseline" / "counts"
    counts.unlink()
    (tmp_path / "secret").write_text("1")
    counts.symlink_to(tmp_path / "secret")
    with pytest.raises(CheckpointError, match=r"baseline/counts: .*, got a link to .*secret"):
        Run.open(run_folder).folder("baseline")
    counts.unlink()
    os.mkfifo(counts)  # to open it would wait for ever
    with pytest.raises(CheckpointError, match="baseline/counts: it must be a regular file"):
        Run.open(run_folder).folder("baseline")
