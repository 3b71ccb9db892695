import pytest

from elman.wording import counted, percent, significant


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "100 %"), (0.0995, "10 %"), (0.0994, "9.9 %"), (0.0, "0.0 %")]
)
def test_shares_have_two_digits(share, said) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.5, "0.5"), (-1234.6, "-1,235"), (999.4, "999"), (1e12, "10¹²"), (1e-7, "10⁻⁷")],
)
def test_numbers_have_three_digits(value, said) -> None:
    assert significant(value) == said


@pytest.mark.parametrize(
    ("count", "unit", "said"),
    [(1, "step", "1 step"), (0, "step", "0 steps"), (0.25, "day", "0.25 days")],
)
def test_units_stand_in_the_plural_where_it_is_due(count, unit, said) -> None:
    assert counted(count, unit) == said
