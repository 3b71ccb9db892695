import pytest

from elman.errors import DataError
from elman.page.assets import STYLES, read_asset


def test_every_style_sheet_is_there_and_each_colour_is_named_once() -> None:
    sheets = [read_asset(name) for name in STYLES]
    for colour in ("--U", "--V", "--W", "--low", "--high"):
        assert sum(sheet.count(f"{colour}:") for sheet in sheets) == 1


@pytest.mark.parametrize(
    "name", ["nothing.css", "../errors.py", "modules/../../errors.py", "modules"]
)
def test_only_files_of_the_package_are_given(name) -> None:
    with pytest.raises(DataError, match=r"`name` must be a file of elman\.page, got"):
        read_asset(name)
