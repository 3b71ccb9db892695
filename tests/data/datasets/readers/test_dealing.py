import pytest

from elman.data.datasets.readers.dealing import deal


@pytest.mark.parametrize("every", [3, 10])
def test_every_nth_is_test_and_the_next_validation(every: int) -> None:
    dealt = list(deal(map(str, range(1, 101)), every))
    assert [int(d) for split, d in dealt if split == "test"] == list(range(every, 101, every))
    expected = list(range(every + 1, 101, every))
    assert [int(d) for split, d in dealt if split == "validation"] == expected
    assert [d for _, d in dealt] == [str(n) for n in range(1, 101)]
