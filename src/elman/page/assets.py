"""The files that a browser gets: style sheets and ES modules, shipped inside the package."""

from importlib.resources import files

from elman.errors import DataError

__all__ = ["MODULES", "STYLES", "read_asset"]

STYLES = ("colours.css", "theme.css", "unfold.css")
"""The style sheets, in the order in which a page takes them."""

MODULES = "modules"
"""The folder of ES modules, beside this file; a server gives it as it is."""


def read_asset(name: str) -> str:
    """The text of one file of this package.

    Args:
        name: its path below `elman/page`, such as "theme.css" or "modules/dom.js".

    Raises:
        DataError: there is no such file.

    >>> read_asset("modules/motion.js").splitlines()[2]
    'const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");'
    >>> read_asset("../errors.py")
    Traceback (most recent call last):
    elman.errors.DataError: read_asset: `name` must be a file of elman.page, got '../errors.py'.
    """
    path = files("elman.page").joinpath(name)
    if ".." in name.split("/") or not path.is_file():
        raise DataError(f"read_asset: `name` must be a file of elman.page, got {name!r}.")
    return path.read_text("utf-8")
