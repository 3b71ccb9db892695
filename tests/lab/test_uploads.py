import asyncio

import pytest

from elman.errors import DataError
from elman.lab import uploads
from elman.lab.uploads import Uploads


def send(place, *chunks):
    async def coming():
        for chunk in chunks:
            yield chunk

    return asyncio.run(place.receive(coming()))


def test_a_text_arrives_whole_and_is_taken_once(tmp_path):
    place = Uploads(tmp_path / "up")
    number, length = send(place, b"I love caf", b"\xc3", b"\xa9s\n")
    assert length == 14
    place.take(number, tmp_path / "text.txt")
    assert (tmp_path / "text.txt").read_text("utf-8") == "I love cafés\n"
    with pytest.raises(DataError, match="must have been sent"):
        place.take(number, tmp_path / "again.txt")


@pytest.mark.parametrize("number", ["", "../text", "0" * 32, "/etc/passwd"])
def test_what_was_not_sent_cannot_be_taken(tmp_path, number):
    with pytest.raises(DataError, match="must have been sent"):
        Uploads(tmp_path / "up").take(number, tmp_path / "text.txt")


@pytest.mark.parametrize(
    ("chunks", "why"),
    [
        ([], "must hold something, got nothing"),
        ([b"caf\xe9 au lait"], "must be UTF-8, got byte 0xe9"),
        ([b"cut off \xc3"], "must be UTF-8, got byte 0xc3"),
    ],
)
def test_what_is_no_text_is_refused_and_leaves_nothing(tmp_path, chunks, why):
    place = Uploads(tmp_path / "up")
    with pytest.raises(DataError, match=why):
        send(place, *chunks)
    assert list((tmp_path / "up").iterdir()) == []


def test_a_text_without_bounds_is_cut_off_as_it_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 2**20)
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield b"x" * 2**16

    place = Uploads(tmp_path / "up")
    with pytest.raises(DataError, match="at most 1 MB"):
        send(place, *_first(endless(), 100))
    assert list((tmp_path / "up").iterdir()) == []


def _first(items, count):
    return [item for item, _ in zip(items, range(count), strict=False)]


def test_the_oldest_of_many_unused_texts_makes_room(tmp_path):
    place = Uploads(tmp_path / "up")
    numbers = [send(place, b"x")[0] for _ in range(17)]
    with pytest.raises(DataError):
        place.take(numbers[0], tmp_path / "a")
    place.take(numbers[1], tmp_path / "a")
