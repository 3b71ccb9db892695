import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from elman.page.document import document
from elman.page.svg import tag

HOSTILE = ["</script><script>alert(1)</script>", "<!--", '"onload="', "\u2028", "\\u003c", "&lt;"]


class Reader(HTMLParser):
    """Collects start tags and what each script block holds."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script" and self.get_starttag_text():
            self.scripts[-1] += data


def test_hostile_data_come_back_whole_and_open_no_block_of_their_own() -> None:
    reader = Reader()
    reader.feed(document(HOSTILE[0], tag("p", HOSTILE[0]), "run(elman);", {"words": HOSTILE}))
    assert reader.tags.count("script") == 2
    assert json.loads(reader.scripts[0]) == {"words": HOSTILE}


def test_the_policy_allows_the_script_by_its_hash_and_nothing_else() -> None:
    page = document("t", tag("p", ""), "run(elman);", None)
    script = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    allowed = re.search(r"script-src &#x27;sha256-([^&]+)&#x27;; ", page)
    assert script
    assert allowed
    assert base64.b64decode(allowed[1]) == hashlib.sha256(script[1].encode()).digest()
    assert "default-src &#x27;none&#x27;" in page


def test_numbers_that_json_cannot_say_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        document("t", tag("p", ""), "", float("nan"))
