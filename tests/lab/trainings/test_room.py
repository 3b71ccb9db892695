"""Trainings in their own processes: begun, paused, gone on with, kept, found again."""

import asyncio
import dataclasses
import threading

import pytest

import elman
from elman.data.datasets.elman_sentences import generate
from elman.errors import CheckpointError, ChoiceError, ConfigError, DataError
from elman.lab.news import News
from elman.lab.shelf import Shelf
from elman.lab.trainings import room as rooms
from elman.lab.trainings.ledger import Ledger
from elman.lab.trainings.room import TrainingRoom
from elman.lab.uploads import Uploads
from elman.tasks.language.config import LanguageConfig

TEXT = "\n".join(generate(400, seed=3)).encode()
CONFIG = dataclasses.asdict(
    LanguageConfig(cell="elman", hidden_size=12, epochs=3, ngram_order=2, dropout=0.0, threads=1)
)


def open_room(tmp_path):
    news = News()
    uploads = Uploads(tmp_path / "up")
    return TrainingRoom(tmp_path / "trainings", tmp_path / "runs", uploads, news, Shelf(news))


def send(room, text=TEXT):
    async def coming():
        yield text

    return asyncio.run(room._uploads.receive(coming()))[0]


def until(training, *states):
    """Wait until it is in one of `states`, without a time limit of its own."""
    told = -1
    while training.ledger.state not in states:
        told = training.wait(told, 60)
    return training.ledger.state


@pytest.fixture
def room(tmp_path):
    made = open_room(tmp_path)
    yield made
    made.close()


def test_a_training_paused_and_gone_on_with_ends_as_one_that_never_stopped(room, tmp_path):
    training = room.begin("ada", "cats", send(room), {**CONFIG, "epochs": 10})
    while len(training.progress.points) < 2:
        training.wait(training.progress.told, 60)
    training.pause(wait=True)
    assert training.ledger.state == "paused"
    assert 0 < training.progress.points[-1][0] < training.progress.now["steps"]
    room.resume(training)
    assert until(training, "finished", "failed") == "finished"

    (tmp_path / "text.txt").write_bytes(TEXT)
    whole = elman.LanguageModel(**{**CONFIG, "epochs": 10}).fit(tmp_path / "text.txt")
    for (name, mine), theirs in zip(
        elman.load(training.run).module.state_dict().items(),
        whole.module.state_dict().values(),
        strict=True,
    ):
        assert mine.equal(theirs), name

    place = room.keep(training, "my cats")
    assert place == tmp_path / "runs" / "my cats"
    kept, never_stopped = (each.score(tmp_path / "text.txt") for each in (elman.load(place), whole))
    assert kept["perplexity"].value == pytest.approx(never_stopped["perplexity"].value)
    shown = room._shelf.get(f"training {training.ledger.id}", "ada")
    assert shown.name == "cats"
    with pytest.raises(ChoiceError):
        room._shelf.get(f"training {training.ledger.id}", "bob")
    room.discard(training)
    assert place.is_dir()  # what was kept stays
    assert not training.folder.exists()


def test_a_training_that_is_paused_twice_still_saves_where_it_is(room):
    training = room.begin("ada", "cats", send(room), {**CONFIG, "epochs": 200})
    while not training.progress.points:
        training.wait(training.progress.told, 60)
    training.pause()
    training.pause()  # as by two windows, or by the lab's end
    training.pause(wait=True)
    assert training.ledger.state == "paused"
    steps = elman.runs.Run.open(training.run).history()[-1]["step"]
    assert steps >= training.progress.points[-1][0]
    assert training.has_model


def test_a_disk_that_is_full_keeps_no_training_from_its_pause(room, monkeypatch, caplog):
    training = room.begin("ada", "cats", send(room), {**CONFIG, "epochs": 200})
    while not training.progress.points:
        training.wait(training.progress.told, 60)
    with monkeypatch.context() as full:
        full.setattr(Ledger, "write", refuse)
        with pytest.raises(CheckpointError, match="The disk is full"):
            training.pause()
    training.pause(wait=True)
    assert training.ledger.state == "paused"
    assert training.has_model
    assert "it is killed" not in caplog.text


def test_a_disk_that_is_full_keeps_nobody_from_hearing_of_the_end(room, monkeypatch, caplog):
    begun = [room.begin("ada", name, send(room), {**CONFIG, "epochs": 200}) for name in ("a", "b")]
    for training in begun:
        while not training.progress.points:
            training.wait(training.progress.told, 60)
    heard = []
    monkeypatch.setattr(room._news, "announce", lambda _, told, __: heard.append(told))
    with monkeypatch.context() as full:
        full.setattr(Ledger, "write", refuse)
        room.close()
        assert [training.ledger.state for training in begun] == ["paused", "paused"]
        assert [each["state"] for each in heard[-1]["trainings"]] == ["paused", "paused"]
        assert "how 'a' ended is not noted. training.json" in caplog.text
        with pytest.raises(CheckpointError, match="The disk is full"):
            room.resume(begun[0])
        assert begun[0].ledger.state == "paused"


def refuse(*_):
    raise CheckpointError("training.json: it cannot be written. The disk is full.")


def test_another_lab_finds_what_was_learning_when_the_first_one_ended(room, tmp_path):
    training = room.begin("ada", "cats", send(room), {**CONFIG, "epochs": 200})
    while not (training.progress.points and training.has_model):
        training.wait(training.progress.told, 60)
    room.close()
    later = open_room(tmp_path)
    found = later.get("ada", training.ledger.id)
    assert found.ledger.state == "paused"
    assert found.progress.points == training.progress.points[: len(found.progress.points)]
    assert found.has_model
    with pytest.raises(ChoiceError, match="must be one of your trainings"):
        later.get("bob", training.ledger.id)


def test_a_text_that_teaches_nothing_says_why(room):
    training = room.begin("ada", "short", send(room, b"once only words"), CONFIG)
    assert until(training, "finished", "failed") == "failed"
    assert "must" in training.ledger.message
    with pytest.raises(ConfigError, match="saved nothing yet"):
        room.keep(training, "short")


def test_a_taken_name_is_refused_and_nothing_moves(room, tmp_path):
    (tmp_path / "runs" / "taken").mkdir(parents=True)
    training = room.begin("ada", "cats", send(room), {**CONFIG, "epochs": 1})
    until(training, "finished", "failed")
    with pytest.raises(ConfigError, match="`name` must be free, got 'taken'"):
        room.keep(training, "taken")
    with pytest.raises(ConfigError, match="`name` must be 1 to 64"):
        room.keep(training, "../out")
    assert training.run.is_dir()
    assert training.ledger.kept == ""


def test_a_text_that_was_not_sent_leaves_nothing(room, tmp_path):
    with pytest.raises(DataError, match="must have been sent"):
        room.begin("ada", "cats", "0" * 32, CONFIG)
    assert list((tmp_path / "trainings").iterdir()) == []


def test_there_is_room_for_so_many_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(rooms, "MOST_EACH", 2)
    for number in range(2):
        folder = tmp_path / "trainings" / f"t{number}"
        folder.mkdir(parents=True)
        Ledger(f"t{number}", "ada", "cats", CONFIG).write(folder)
    (tmp_path / "trainings" / "something else").mkdir()
    room = open_room(tmp_path)
    with pytest.raises(ConfigError, match="fewer than 2 trainings of yours, got 2"):
        room.begin("ada", "cats", "0" * 32, CONFIG)
    monkeypatch.setattr(rooms, "MOST_AT_ONCE", 0)
    with pytest.raises(ConfigError, match="at most 0 networks may learn at once"):
        room.resume(room.get("ada", "t0"))


def test_its_visitor_is_told_of_it_and_nobody_else(room):
    told, overheard = threading.Event(), []
    room._news.listen("ada", lambda _, message: '"failed"' in message and told.set())
    room._news.listen("bob", lambda _, message: overheard.append(message))
    room.begin("ada", "cats", send(room, b"once only words"), CONFIG)
    assert told.wait(600)
    assert not any("cats" in message for message in overheard)


@pytest.mark.parametrize("written", ["cats", "I love cats.", "a a a a b c"])
def test_a_text_that_is_too_short_is_told_by_the_name_that_its_visitor_gave(room, written):
    training = room.begin("ada", "my notes", send(room, written.encode()), CONFIG)
    assert until(training, "finished", "failed") == "failed"
    assert "`my notes`" in training.ledger.message
    assert training.ledger.message.lower().endswith("give more text.")
    assert "text.txt" not in training.ledger.message
