"""The package's front door: quiet, quick, complete."""

import subprocess
import sys

import pytest

import elman


def test_import_loads_nothing_heavy_and_says_nothing() -> None:
    probe = "import sys, elman; sys.exit(any(m in sys.modules for m in ('torch', 'numpy', 'rich')))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_errors_are_at_hand_after_import_alone() -> None:
    probe = "import elman; print(issubclass(elman.errors.DataError, ValueError))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize("name", elman.__all__)
def test_everything_promised_is_there(name: str) -> None:
    assert name in dir(elman)
    assert getattr(elman, name) is not None


def test_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'elman' has no attribute 'LanguageModle'"):
        elman.LanguageModle  # noqa: B018
