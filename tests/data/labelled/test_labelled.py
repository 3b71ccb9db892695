import pytest

from elman.data.labelled import classes_of
from elman.errors import DataError


def test_numbers_are_ordered_as_numbers() -> None:
    assert classes_of(["10", "2", "1", "2"], "x") == ["1", "2", "10"]
    assert classes_of(["10", "2", "b"], "x") == ["10", "2", "b"]


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ([], "at least two classes, got none"),
        (["a", "a"], r"at least two classes, got only 'a' \(2 examples\)"),
        (["a", "", "b"], "a label for each example, got 1 without"),
    ],
)
def test_too_few(labels: list[str], complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        classes_of(labels, "x.csv")
