"""How tokens are written on pages, whatever they are made of."""

from tests.browser.pages import module_page

LATIN, HEBREW = "naïve", "שלום"
FAMILY = "👩\u200d👧"  # joined by what leaves no ink by itself
WRITTEN = {
    "cats": "cats",
    LATIN: LATIN,
    FAMILY: FAMILY,
    "": "",
    " ": "␣",
    "a b\n": "a␣b⏎",
    "\u200b": "U+200B",
    "\u00ad\u200d": "U+00AD U+200D",
    "\x00": "U+0000",
    "\u00a0": "U+00A0",
    "\ufe0f": "U+FE0F",
    HEBREW: f"\u2068{HEBREW}\u2069",
    "\u202egnp\u202c": "gnp",
    f"\u2069{HEBREW}\u202e": f"\u2068{HEBREW}\u2069",
    "w" * 60: "w" * 60,
    "w" * 61: "w" * 59 + "…",
    f"{HEBREW}\u200f": f"\u2068{HEBREW}\u2069",
    "🐈" * 31: "🐈" * 31,
    "🐈" * 500: "🐈" * 59 + "…",
    "a\x1b[31m\x7f\x85b": "a␛[31m␡\ufffdb",
    "a\tb": "a␉b",
    "w" * 5_000_000: "w" * 59 + "…",
    "\u200b" * 500: f"{'U+200B ' * 8}U+2…",
}


def test_every_token_can_be_seen_and_keeps_to_itself(open_page, tmp_path):
    page = open_page(module_page(tmp_path, "visible.js", list(WRITTEN)))
    seen = page.evaluate("data.map((word) => page.visible(word))")
    assert dict(zip(WRITTEN, seen, strict=True)) == WRITTEN


def test_a_name_is_as_safe_and_keeps_its_spaces(open_page, tmp_path):
    names = ["standing still", " ", HEBREW, "\u202eX", "a\nb", "half \ud83d of a cat"]
    page = open_page(module_page(tmp_path, "visible.js", names))
    seen = page.evaluate("data.map((name) => page.legible(name))")
    isolated = f"\u2068{HEBREW}\u2069"
    assert seen == ["standing still", "U+0020", isolated, "X", "a␊b", "half \ufffd of a cat"]
