"""The version, read from the installed package: pyproject.toml is the one place that states it."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["VERSION"]


def _installed() -> str:
    try:
        return version("elman")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"


VERSION = _installed()
