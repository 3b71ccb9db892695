import re

import pytest

from elman.errors import DataError
from elman.page import packing
from elman.page.packing import packed


def _with(monkeypatch, files):
    monkeypatch.setattr(packing, "read_asset", lambda name: files[name.removeprefix("modules/")])


def test_an_import_is_taken_apart_from_the_constant_of_its_module(monkeypatch) -> None:
    files = {
        "a/one.js": 'import { two, three as trois } from "../b/two.js";\nexport const one = two;\n',
        "b/two.js": "export function two() {}\nexport class three {}\nconst own = 1;\n",
    }
    _with(monkeypatch, files)
    assert packed("a/one.js").splitlines() == [
        "const _b_two_js = (() => {",
        "function two() {}",
        "class three {}",
        "const own = 1;",
        "return { two, three };",
        "})();",
        "const _a_one_js = (() => {",
        "const { two, three: trois } = _b_two_js;",
        "const one = two;",
        "return { one };",
        "})();",
        "const page = _a_one_js;",
    ]


def test_a_module_that_two_import_comes_once_and_before_both(monkeypatch) -> None:
    files = {
        "top.js": 'import { a } from "./a.js";\nimport { b } from "./b.js";\n',
        "a.js": 'import { c } from "./c.js";\nexport const a = c;\n',
        "b.js": 'import { c } from "./c.js";\nexport const b = c;\n',
        "c.js": "export const c = 1;\n",
    }
    _with(monkeypatch, files)
    assert re.findall(r"^const (_\w+) = \(", packed("top.js"), re.MULTILINE) == [
        "_c_js",
        "_a_js",
        "_b_js",
        "_top_js",
    ]


def test_a_ring_is_refused(monkeypatch) -> None:
    files = {
        "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
        "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
    }
    _with(monkeypatch, files)
    with pytest.raises(DataError, match=r"modules must not import each other in a ring, got a\.js"):
        packed("a.js")


def test_the_report_needs_nothing_from_elsewhere() -> None:
    script = packed("report.js")
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script
    assert "innerHTML" not in script  # text never becomes markup
