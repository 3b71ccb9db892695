"""A visitor of a lab that shows a tagger: a text is tagged as it is typed."""

import threading

import pytest
from tests.browser.pages import until
from tests.cli.conftest import run
from tests.lab.conftest import Served

from elman import Tagger
from elman.errors import DataError
from elman.lab.asks import tag

SENTENCES = (
    "duck/VERB now/ADV ./PUNCT\n"
    "duck/NOUN sleeps/VERB ./PUNCT\n"
    "the/DET duck/NOUN sleeps/VERB now/ADV ./PUNCT\n"
)
SMALL = {
    "hidden_size": 16,
    "character_hidden_size": 6,
    "dropout": 0.1,
    "learning_rate": 0.02,
    "epochs": 3,
    "threads": 1,
}


def served(folder, text, **options):
    """A lab that shows a tagger of this text."""
    text.write_text(SENTENCES * 60, "utf-8")
    Tagger(**SMALL, **options).fit(text, out=folder / "run", command=f"elman train tagging {text}")
    return Served(folder / "run", folder / "runs")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tagger")
    made = served(folder, folder / "ducks.txt")
    yield made
    made.close()


@pytest.fixture
def visit(lab, open_page):
    """Open the lab, whose first view it is."""

    def open_(lab=lab, **how):
        page = open_page(lab.url, **how)
        page.wait_for_selector("html[data-lab=awake][data-view=tag]")
        return page

    return open_


def type_(page, text):
    """Type a text, and wait for its words."""
    page.fill("#tag-text", text)
    until_words(page, text.split())


def until_words(page, words):
    """Wait until just these words stand there."""
    stand = """words => {
        const seen = Array.from(document.querySelectorAll(".tagged-word"), word => word.innerText);
        return JSON.stringify(seen) === JSON.stringify(words);
    }"""
    until(page, stand, words)


def tags(page):
    return page.locator(".tagged-tag").all_inner_texts()


def test_the_view_is_there_first_with_a_sentence_that_was_held_out(visit):
    page = visit()
    page.wait_for_selector("#tag-source:has-text('Sentence 1 of 18 of')")
    page.wait_for_selector(".tagged button")
    assert len(tags(page)) == len(page.input_value("#tag-text").split())
    first = page.input_value("#tag-text")
    page.click("#tag-example")
    page.wait_for_selector("#tag-source:has-text('Sentence 2 of 18 of')")
    assert page.input_value("#tag-text") != first


def test_the_keyboard_goes_through_all_controls_and_stays_where_it_was(visit):
    page = visit()
    page.wait_for_selector("#tag-source:has-text('Sentence 1 of 18 of')")
    page.wait_for_selector(".tagged button")
    page.focus("#tag-text")
    focused = "document.activeElement.id || document.activeElement.closest('.tagged')?.className"
    page.keyboard.press("Tab")
    for number in (2, 3):
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#tag-source:has-text('Sentence {number} of 18 of')")
        assert page.evaluate(focused) == "tag-example"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_selector("#view-tag[data-memory=off]")
    assert page.evaluate(focused) == "tag-memory"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "tagged"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == "tag-memory"


def test_an_example_that_is_gone_leaves_the_focus_in_the_text(visit, monkeypatch):
    page = visit()
    page.wait_for_selector("#tag-source:has-text('Sentence 1 of 18 of')")
    asked, answer = [], threading.Event()

    class Gone:
        def one(self, _, number):
            asked.append(number)
            answer.wait()
            raise DataError("data: it must be there, got nothing.")

    monkeypatch.setattr(tag, "_sentences", Gone())
    page.focus("#tag-example")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#tag-example[aria-disabled=true]")
    assert page.evaluate("document.activeElement.id") == "tag-example"
    answer.set()
    page.wait_for_selector("#tag-source:has-text('not at hand')")
    assert page.is_hidden("#tag-example")
    assert page.evaluate("document.activeElement.id") == "tag-text"
    assert asked == [2]


def test_what_follows_changes_the_tag_of_what_was_typed(visit):
    page = visit()
    page.wait_for_selector(".tagged button")
    type_(page, "duck")
    (alone,) = tags(page)
    after, other = ("now", "VERB") if alone == "NOUN" else ("sleeps", "NOUN")
    type_(page, f"duck {after}")
    assert tags(page)[0] == other
    assert page.inner_text(".tagged button:first-child s") == alone
    said = page.inner_text("#tag-status")
    assert f"Read again from both ends, it changes “duck” from {alone} to {other}." in said


def test_tags_are_legible_without_their_colours(visit):
    page = visit()
    type_(page, "the zebra sleeps .")
    names = page.locator(".tagged button").all_text_contents()
    assert names[0].startswith("the ") and "DET, " in names[0] and names[0].endswith(" %")
    assert names[1].endswith(", not in the training text")
    assert page.locator(".tagged button.unknown .tagged-word").all_inner_texts() == ["zebra"]
    legend = page.inner_text(".tag-legend")
    assert "determiner" in legend and "DET 1" in legend
    assert "punctuation" in legend
    tinted = page.locator(".tagged button.tint-5 .tagged-word").all_inner_texts()
    assert tinted == ["the"]


def test_arrow_keys_go_from_word_to_word_and_show_what_else_it_may_be(visit):
    page = visit()
    type_(page, "the duck sleeps")
    page.focus(".tagged button[tabindex='0']")
    page.keyboard.press("Home")
    page.wait_for_selector("#tag-detail h3:has-text('“the”')")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#tag-detail h3:has-text('“duck”')")
    assert page.locator("#tag-detail tr").count() == 4
    assert page.locator(".tagged button[tabindex='0']").count() == 1


MARK = """() => {
    for (const each of document.querySelectorAll(".tagged button")) each.mark = each.textContent;
}"""
MARKED = "all => all.map(({ mark }) => mark?.split(' ')[0] ?? '')"
WATCH = """() => {
    window.touched = new Set();
    new MutationObserver((all) => {
        for (const { target } of all) touched.add(target.parentElement.closest(".tagged button"));
    }).observe(document.querySelector(".tagged"), {
        subtree: true, childList: true, characterData: true, attributes: true,
        attributeFilter: ["class", "hidden", "aria-label"],
    });
}"""


def test_words_that_do_not_change_keep_their_elements(visit):
    page = visit()
    type_(page, "the zebra sleeps .\nduck now\nthe duck sleeps .")
    page.evaluate(MARK)
    kept = ["the", "zebra", "sleeps", ".", "duck", "now", "the", "duck", "sleeps", "."]
    for text, fresh in {
        "the zebra sleeps .\nduck now\nthe duck sleeps . now": [10],  # at the end
        "now the zebra sleeps .\nduck now\nthe duck sleeps .": [0],  # at the beginning
        "the zebra sleeps .\n\nnow\nduck now\nthe duck sleeps .": [4],  # lines between
        "the zebra sleeps .\nduck now\nthe duck sleeps .": [],
    }.items():
        type_(page, text)
        marks = page.eval_on_selector_all(".tagged button", MARKED)
        assert [k for k, mark in enumerate(marks) if not mark] == fresh
        assert [mark for mark in marks if mark] == kept
    assert page.locator(".tagged button[title]").count() == 1


def test_a_word_that_is_read_as_before_is_not_written_again(visit):
    page = visit()
    page.click(".switch:has-text('memory')")
    page.wait_for_selector("#view-tag[data-memory=off]")
    sentence = "the zebra sleeps . duck now " * 20
    type_(page, sentence)
    page.evaluate(WATCH)
    type_(page, f"{sentence} the")
    changed = page.evaluate("[...touched].filter(Boolean).length")
    assert changed <= 3  # the new word, and, by the tags beside them, those next to it


def test_only_the_word_that_is_looked_at_has_a_title(visit):
    page = visit()
    type_(page, "the zebra sleeps")
    for number in (1, 2):
        page.hover(f".tagged button:nth-child({number})")
        (title,) = page.eval_on_selector_all(
            ".tagged button[title]", "all => all.map(e => e.title)"
        )
        (shown,) = page.eval_on_selector_all("#tag-detail h3", "all => all.map(e => e.innerText)")
        assert title.endswith(", not in the training text") is ("zebra" in shown)
        assert title.count(" %") == 4
    type_(page, "the zebra sleeps now")
    title = page.get_attribute(".tagged button:nth-child(4)", "title")
    assert title.count(" %") == 4
    assert page.locator(".tagged button[title]").count() == 1


def test_memory_can_be_switched_off(visit):
    page = visit()
    type_(page, "the duck")
    page.click(".switch:has-text('memory')")
    page.wait_for_selector("#view-tag[data-memory=off]")
    assert "With memory off each word is judged by itself" in page.inner_text("#tag-status")
    assert page.inner_text("#tag-detail").endswith("given this word and the tags beside it")


def test_hostile_text_stays_text(visit):
    page = visit()
    page.fill("#tag-text", "<img src=x onerror=alert(1)>\n\n<b>duck</b>")
    page.wait_for_selector(".tagged-line:nth-child(3) button")
    page.hover(".tagged-line:nth-child(3) button >> nth=1")
    assert page.locator("#view-tag img, #view-tag b").count() == 0
    assert "img" in page.inner_text(".tagged-line:first-child")


WRITTEN = {
    "the \ud83d duck": ["the", "\ufffd", "duck"],  # half an emoji
    f"the {'w' * 5_000}": ["the", "w" * 59 + "…"],
    "the \u200b duck": ["the", "U+200B", "duck"],
    "the \x00\x1b duck": ["the", "U+0000 U+001B", "duck"],
    "the \u202educk now": ["the", "duck", "now"],  # what follows would run backwards
    "the Z" + "\u0301" * 900: ["the", "Z" + "\u0301" * 58 + "…"],  # a tower of accents
}


@pytest.mark.parametrize("phone", [False, True])
def test_whatever_is_typed_has_its_place(visit, accessible, phone):
    page = visit(phone=phone)
    put = """text => {
        const box = document.getElementById("tag-text");
        box.value = text;
        box.dispatchEvent(new Event("input"));
    }"""
    wide = "each => each.scrollWidth - each.clientWidth"
    for text, words in WRITTEN.items():
        page.evaluate(put, text)
        until_words(page, words)
        assert page.inner_text("#tag-status").startswith(f"“{words[-1]}” → ")
        assert page.inner_text("#tag-detail h3").startswith(f"“{words[-1]}”")
        assert page.eval_on_selector("html", wide) <= 0
        assert page.eval_on_selector(".tagged", wide) <= 0
        assert page.locator("#view-tag").bounding_box()["height"] < 1500
    accessible(page)


HOSTILE = {  # word: tag, and what is seen of the tag
    "duck": ("<img\u00a0src=x\u00a0onerror=alert(1)>",) * 2,
    "the": ("T" * 3_000, "T" * 59 + "…"),
    "sleeps": ("\u202eNUON", "NUON"),
    "now": ("שם", "\u2068שם\u2069"),
    "you": ("\u200b", "U+200B"),
    "love": ("&lt;b&gt;",) * 2,
    "cats": ("X" + "\u0301" * 400, "X" + "\u0301" * 58 + "…"),
    "and": ("__proto__",) * 2,
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A folder with a text of hostile tags, and the run of its tagger."""
    folder = tmp_path_factory.mktemp("hostile")
    sentences = [list(HOSTILE), list(HOSTILE)[::-1]] * 60
    rows = ("".join(f"{word}\t{HOSTILE[word][0]}\n" for word in each) for each in sentences)
    (folder / "tags.tsv").write_text("\n".join(rows), "utf-8")
    Tagger(**{**SMALL, "epochs": 12}).fit(folder / "tags.tsv", out=folder / "run")
    return folder


@pytest.fixture(scope="module")
def hostile_lab(hostile):
    """A lab that shows it."""
    made = Served(hostile / "run", hostile / "runs")
    yield made
    made.close()


@pytest.mark.parametrize("phone", [False, True])
def test_whatever_tags_are_made_of_the_view_stays_whole(visit, hostile_lab, accessible, phone):
    page = visit(hostile_lab, phone=phone)
    type_(page, " ".join(HOSTILE))
    seen = [tag for _, tag in HOSTILE.values()]
    assert tags(page) == seen
    assert sorted(page.locator(".swatch").all_text_contents()) == sorted(seen)
    wide = "each => each.scrollWidth - each.clientWidth"
    for number in range(1, len(HOSTILE) + 1):
        page.hover(f".tagged button:nth-child({number})")
        names = page.locator("#tag-detail th").all_text_contents()
        assert names[0] == seen[number - 1]
        assert set(names) <= set(seen)
        assert len(page.get_attribute(f".tagged button:nth-child({number})", "title")) < 300
        for part in ("html", ".tagged", "#tag-detail"):
            assert page.eval_on_selector(part, wide) <= 0
    assert page.locator("#view-tag").bounding_box()["height"] < 1700
    heights = page.eval_on_selector_all(".swatch", "all => all.map((e) => e.clientHeight)")
    assert sorted(heights)[-3] == min(heights)  # none but the longest are broken
    assert page.locator("#view-tag img, #view-tag b").count() == 0
    accessible(page)


@pytest.mark.parametrize("phone", [False, True])
def test_whatever_tags_are_made_of_a_report_stays_whole(hostile, open_page, accessible, phone):
    report = hostile / "report.html"
    assert run("inspect", hostile / "run", hostile / "tags.tsv", "--out", report).code == 0
    page = open_page(report, phone=phone)
    until(page, "unfold.state.read === unfold.state.words.length")
    assert page.eval_on_selector("html", "each => each.scrollWidth - each.clientWidth") <= 0
    assert page.locator("img").count() == 0
    assert page.evaluate("document.body.scrollHeight") < 8_000
    accessible(page)


def test_forward_alone_nothing_changes_any_more(visit, tmp_path):
    lab = served(tmp_path, tmp_path / "ducks.txt", bidirectional=False)
    try:
        (tmp_path / "ducks.txt").unlink()
        page = visit(lab=lab)
        page.wait_for_selector("#tag-source:has-text('not at hand')")
        assert "tags each word as it arrives" in page.inner_text("#view-tag > p")
        type_(page, "duck")
        (alone,) = tags(page)
        for after in ("now", "sleeps"):
            type_(page, f"duck {after}")
            assert tags(page)[0] == alone
        assert "What follows will not change it." in page.inner_text("#tag-status")
        page.close()
    finally:
        lab.close()


@pytest.mark.parametrize("how", [{}, {"dark": True, "phone": True}])
def test_everyone_can_read_it(visit, accessible, how):
    page = visit(**how)
    type_(page, "the zebra sleeps . duck now")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    accessible(page)


def test_other_views_do_what_they_can(visit, accessible):
    page = visit()
    page.click("#nav-remember")
    page.wait_for_selector(".offer:has-text('how far back a language model remembers; run is a')")
    page.click("#nav-inspect")
    page.wait_for_selector("html[data-view=inspect]")
    assert page.locator("#inspect-model option").all_inner_texts() == ["run"]
    page.click("#inspect-go")
    page.wait_for_selector("#inspect-found:visible")
    report = page.frame_locator("#inspect-report")
    report.locator("h2:has-text('What was measured')").wait_for()
    page.click("#nav-unfold")
    page.wait_for_selector("#view-unfold .offer")
    accessible(page)
    page.click("#view-unfold .offer button")
    page.wait_for_selector("#view-unfold .copy")
    page.click("#nav-remember")
    page.wait_for_selector("#horizon")
    assert page.locator(".offer").count() == 0
