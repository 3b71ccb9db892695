import pytest

from elman.errors import CheckpointError, ConfigError
from elman.lab.trainings.ledger import Ledger, Progress, check_name


def steps(step, loss):
    names = ("gradient_norm", "gradient_norm_max", "clipped_steps", "clip_scale")
    figures = dict.fromkeys(names, 0.5)
    return {
        "event": "step",
        "epoch": 1,
        "step": step,
        "loss": loss,
        "gradient_norms": {},
        **figures,
    }


def test_what_is_written_is_read_and_what_was_learning_is_paused(tmp_path):
    folder = tmp_path / "t1"
    folder.mkdir()
    Ledger("t1", "ada", "cats", {"cell": "gru"}, state="learning").write(folder)
    assert Ledger.read(folder) == Ledger("t1", "ada", "cats", {"cell": "gru"}, state="paused")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"id": "t1"}',
        '{"id":"../x","visitor":"","name":"","config":{},"kept":"","state":"","message":""}',
    ],
)
def test_another_folder_is_refused(tmp_path, content):
    (tmp_path / "training.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"training\.json"):
        Ledger.read(tmp_path)


def test_progress_keeps_what_the_page_draws():
    progress = Progress()
    for record in (
        {"event": "start", "epochs": 2, "steps_per_epoch": 10, "parameters": 7},
        steps(5, 3.0),
        {"event": "epoch", "step": 10, "validation": 21.5},
        {"event": "sample", "step": 10, "text": "I love"},
        {"event": "warning", "step": 10, "text": "gradients explode"},
    ):
        progress.take(record)
    assert progress.points == [[5, 3.0, 0.5, 0.5, 0.5, 0.5]]
    assert progress.validations == [[10, 21.5]]
    assert progress.samples == [(10, "I love")]
    assert progress.warnings == [(10, "gradients explode")]
    assert (progress.now["steps"], progress.now["parameters"], progress.told) == (20, 7, 5)


def test_steps_that_come_again_after_a_resume_stand_once():
    progress = Progress()
    for step in (5, 10, 15, 10, 15, 20):
        progress.take(steps(step, 1.0))
    assert [point[0] for point in progress.points] == [5, 10, 15, 20]


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b", "..", "a\0", "x" * 65, "con.", "-x", "a\nb"]
)
def test_names_that_are_no_folders_are_refused(name):
    with pytest.raises(ConfigError, match="train: `name` must be 1 to 64"):
        check_name("train", name)


@pytest.mark.parametrize("name", ["cats", "My cats 2", "чай", "a.b_c-d"])
def test_ordinary_names_pass(name):
    assert check_name("train", f" {name} ") == name
