"""Many ES modules made one script, for a page that opens from a file and can fetch none."""

import posixpath
import re

from elman.errors import DataError
from elman.page.assets import MODULES, read_asset

__all__ = ["packed"]

_IMPORT = re.compile(r'^import \{ ([^}]+) \} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)


def packed(entry: str) -> str:
    r"""A script with `entry` and all that it imports, each module in a scope of its own.

    A module `import { a } from "./b.js"; … export function c` becomes

        const _c_js = (() => { const { a } = _b_js; … function c … return { c }; })();

    after the module that it imports; what `entry` exports is then in the last constant, `page`.

    Args:
        entry: a module below `modules`, such as "unfold/unfold.js".

    Raises:
        DataError: a module is missing, or modules import each other in a ring.

    >>> script = packed("colour.js")
    >>> script.splitlines()[0], script.splitlines()[-1]
    ('const _colour_js = (() => {', 'const page = _colour_js;')
    >>> packed("paint.js")
    Traceback (most recent call last):
    elman.errors.DataError: read_asset: `name` must be a file of elman.page, got 'modules/paint.js'.
    """
    scopes: dict[str, str | None] = {}
    _pack(entry, scopes)
    return "\n".join([*filter(None, scopes.values()), f"const page = {_name(entry)};"])


def _pack(module: str, scopes: dict[str, str | None]) -> None:
    """Add a module to `scopes`, after those that it imports."""
    if module in scopes:
        if scopes[module] is None:
            raise DataError(f"packed: modules must not import each other in a ring, got {module}.")
        return
    scopes[module] = None
    source = read_asset(f"{MODULES}/{module}")
    beside = posixpath.dirname(module)
    for _, path in _IMPORT.findall(source):
        _pack(posixpath.normpath(posixpath.join(beside, path)), scopes)
    names = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(lambda found: _taken(found, beside), source))
    del scopes[module]  # a module comes after its imports
    scopes[module] = f"const {_name(module)} = (() => {{\n{body}return {{ {names} }};\n}})();"


def _taken(found: re.Match[str], beside: str) -> str:
    """An import as a taking apart of the other module's constant."""
    names = found[1].replace(" as ", ": ")
    module = posixpath.normpath(posixpath.join(beside, found[2]))
    return f"const {{ {names} }} = {_name(module)};\n"


def _name(module: str) -> str:
    """The constant that stands for a module."""
    return "_" + re.sub(r"\W", "_", module)
