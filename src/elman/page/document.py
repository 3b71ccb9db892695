"""One HTML file that holds all it needs, opens offline, and runs no script but its own."""

import base64
import hashlib
import json
from typing import Any

from elman.page.assets import STYLES, read_asset
from elman.page.svg import Markup, tag

__all__ = ["document"]


def document(title: str, body: Markup, script: str, data: Any) -> str:
    r"""A page with its styles, its script and its data inside.

    The page's own policy allows the one script by its hash, and nothing from elsewhere; data lie
    in a block that is no script, with every `<` written as \u003c, so that no text can end it.

    Args:
        title: of the page.
        body: what stands in it.
        script: what runs once it is there; it finds `data` as `elman`.
        data: plain values; NaN and infinity are refused.

    Raises:
        ValueError: `data` holds NaN or infinity, or `script` could end its own block.

    >>> page = document("Cats", tag("p", "I love cats"), "", {"word": "</script>"})
    >>> page.count("</script>"), '{"word":"\\u003c/script>"}' in page
    (2, True)
    >>> document("Cats", tag("p", ""), "a </script> b", None)
    Traceback (most recent call last):
    ValueError: document: `script` must not hold '</script'.
    """
    if "</script" in script.lower():
        raise ValueError("document: `script` must not hold '</script'.")
    held = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    code = f'const elman = JSON.parse(document.getElementById("data").textContent);\n{script}\n'
    digest = base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    meta = {"http-equiv": "Content-Security-Policy", "content": policy}
    return "".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n',
            _void("meta", meta),
            tag("title", title),
            "\n<style>\n",
            *(read_asset(name) for name in STYLES),
            "</style>\n</head>\n<body>\n",
            body,
            '\n<script type="application/json" id="data">',
            held.replace("<", "\\u003c"),
            '</script>\n<script type="module">',
            code,
            "</script>\n</body>\n</html>\n",
        ]
    )


def _void(name: str, attributes: dict[str, str]) -> str:
    """An element without an end."""
    written = tag(name, **{key.replace("-", "_"): value for key, value in attributes.items()})
    return f"{written.removesuffix(f'</{name}>')}\n"
