import pytest

from elman.page.room import Place, Room


@pytest.fixture
def room() -> Room:
    return Room(0, 0, 200, 100)


def test_words_keep_off_a_curve(room: Room) -> None:
    room.take([(0, 20), (200, 20)])
    on, off = Place(10, 24), Place(10, 60)
    assert room.choose([on, off], "chance") == off


def test_words_keep_off_other_words(room: Room) -> None:
    places = [Place(10, 50), Place(10, 55), Place(10, 80)]
    assert room.choose(places, "chance") == places[0]
    assert room.choose(places, "by the present input") == places[2]


@pytest.mark.parametrize(
    "outside", [Place(-5, 50), Place(10, 5), Place(190, 50), Place(10, 99), Place(5, 50, "end")]
)
def test_rather_on_a_curve_than_outside(room: Room, outside: Place) -> None:
    room.take([(0, 50), (200, 50)])
    assert room.choose([outside, Place(50, 52, "middle")], "chance").x == 50


def test_the_first_of_places_that_are_as_good(room: Room) -> None:
    places = [Place(100, 50), Place(50, 80), Place(10, 30)]
    assert room.choose(places, "1 %") == places[0]
