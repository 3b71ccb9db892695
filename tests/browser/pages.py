"""Small pages for the tests: the packed modules, the styles, and plain data."""

import json
import time
from pathlib import Path
from typing import Any

from elman.page.assets import STYLES, read_asset
from elman.page.packing import packed

PATIENCE_S = 600


def module_page(folder: Path, entry: str, data: Any = None) -> Path:
    """A page that holds what `entry` exports as `page`, and `data`."""
    styles = "".join(read_asset(name) for name in STYLES)
    held = json.dumps(data).replace("<", "\\u003c")
    file = folder / "page.html"
    file.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>a page of a test</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<style>{styles}</style><main class="page"><h1>Elman</h1><div id="place"></div></main>'
        f'<script type="module">{packed(entry)}\nObject.assign(window, {{ page, data: {held} }});'
        "</script>",
        "utf-8",
    )
    return file


def until(page: Any, script: str, arg: Any = None) -> None:
    """Wait until a script says true; the browser's own way of waiting is forbidden by our pages."""
    begun = time.monotonic()
    while not page.evaluate(script, arg):
        assert time.monotonic() - begun < PATIENCE_S, script
        page.wait_for_timeout(50)
