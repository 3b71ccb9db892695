"""A visitor of a lab that shows a classifier: what it reads unrolls, and with it the answer."""

import json

import pytest
from tests.browser.keys import faults_of_a_walk
from tests.browser.pages import until
from tests.lab.conftest import Served
from tests.tasks.classification.conftest import series, texts

from elman import Classifier

SMALL = {"hidden_size": 8, "epochs": 2, "threads": 1, "baselines": False}


def served(folder, name, content, **options):
    """A lab that shows a classifier of this content."""
    data = folder / name
    data.write_text(content, "utf-8")
    command = f"elman train classification {data}"
    Classifier(**SMALL, **options).fit(data, out=folder / "run", command=command)
    return Served(folder / "run", folder / "runs")


@pytest.fixture(scope="module")
def of_series(tmp_path_factory):
    made = served(tmp_path_factory.mktemp("series"), "signs.ts", series(60))
    yield made
    made.close()


@pytest.fixture(scope="module")
def of_texts(tmp_path_factory):
    made = served(tmp_path_factory.mktemp("texts"), "sayings.csv", texts(60))
    yield made
    made.close()


@pytest.fixture
def visit(open_page):
    """Open a lab, whose first view it is, once an example stands there, or cannot."""

    def open_(lab, shown=".classify:visible", **how):
        page = open_page(lab.url, **how)
        page.wait_for_selector("html[data-lab=awake][data-view=classify]")
        page.wait_for_selector(shown)
        return page

    return open_


def state(page):
    return page.evaluate("document.getElementById('view-classify').classify.state")


def at(page, now):
    page.wait_for_selector(f'#view-classify[data-now="{now}"]')
    return state(page)


def test_a_series_is_played_to_its_end_and_the_answer_changes_on_the_way(visit, of_series):
    page = visit(of_series)
    steps = state(page)["steps"]
    assert "signs.ts (a tenth of every class, split off)" in page.inner_text("#classify-source")
    page.click("button[aria-label='back to the start']")
    assert at(page, 0)["shares"] == []
    assert page.inner_text("#classify-status").startswith("Nothing read yet. Its class is “")
    page.click("#classify-step")
    first = at(page, 1)
    assert sum(first["shares"]) == pytest.approx(1, abs=1e-3)
    page.click("#classify-play")
    page.wait_for_selector("#view-classify[data-playing=true]")
    last = at(page, steps)
    page.wait_for_selector("#view-classify[data-playing=false]")
    assert last["shares"] != first["shares"]
    assert last["label"] in ("up", "down")
    assert page.inner_text("#classify-status").startswith(f"After all {steps} samples: “")
    assert page.locator("#classify-answers th", has_text="(true)").count() == 1
    assert page.locator(".series path.was-read").count() == 2


def test_another_example_comes_next(visit, of_series):
    page = visit(of_series)
    before = state(page)
    page.click("#classify-next")
    while state(page) == before:
        page.wait_for_timeout(50)
    assert page.input_value("#classify-number") == "2"


def test_keys_and_the_slider_go_where_they_should(visit, of_series):
    page = visit(of_series)
    steps = state(page)["steps"]
    page.focus("#classify-step")
    page.keyboard.press("Home")
    at(page, 0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(page, 2)
    page.keyboard.press("ArrowLeft")
    at(page, 1)
    page.keyboard.press("End")
    at(page, steps)
    page.fill("#classify-scrub", "2")
    at(page, 2)
    assert page.get_attribute("#classify-scrub", "aria-valuetext") == f"2 of {steps} samples"


def test_it_says_when_it_could_have_stopped(visit, of_series):
    page = visit(of_series)
    page.fill("#classify-sure", "50")  # of two classes one always has as much
    assert page.inner_text("#classify-early").startswith("Whoever stops there has read 1 of")
    page.wait_for_selector("text=could stop here")
    assert page.inner_text("#classify-settled").startswith("In hindsight: from sample ")


def test_memory_can_be_switched_off(visit, of_series):
    page = visit(of_series)
    before = state(page)
    page.click(".switch:has-text('memory')")
    page.wait_for_selector("#view-classify[data-memory=off]")
    assert state(page)["shares"] != before["shares"]


def test_a_visitors_own_rows_are_read_or_named_by_line(visit, of_series, tmp_path):
    page = visit(of_series)
    page.click("#classify-own summary")
    page.fill("#classify-rows", "1,2\n3,<img src=x onerror=alert(1)>\n")
    page.click("#classify-read")
    page.wait_for_selector("#classify-message:has-text('line 2, column 2 must be a number')")
    assert page.locator("#view-classify img").count() == 0
    file = tmp_path / "rows.csv"
    file.write_text("a,b\n2,0.1\n0.1,?\n0.3,0.2\n-0.1,0\n")
    page.set_input_files("#classify-file", file)
    while not page.input_value("#classify-rows").startswith("a,b"):
        page.wait_for_timeout(50)
    page.click("#classify-read")
    page.wait_for_selector(".classify:visible")
    assert (state(page)["steps"], state(page)["label"]) == (4, None)


def test_a_file_that_is_too_long_is_refused_by_its_length_and_not_cut(visit, of_series, tmp_path):
    page = visit(of_series)
    page.click("#classify-own summary")
    page.fill("#classify-rows", "1,2\n")
    file = tmp_path / "rows.csv"
    for rows, got in {1_250_000: "4.8 MB.", 30_000: "120,000."}.items():
        file.write_text("1,2\n" * rows)
        page.set_input_files("#classify-file", file)
        page.wait_for_selector(
            f"#classify-message:has-text('at most 100,000 letters here, got {got}')"
        )
        assert page.input_value("#classify-rows") == "1,2\n"
        assert page.input_value("#classify-file") == ""
    file.write_text("é" * 90_000, "utf-8")  # twice as many bytes
    page.set_input_files("#classify-file", file)
    until(page, "document.getElementById('classify-rows').value.length === 90_000")
    assert page.input_value("#classify-file").endswith("rows.csv")
    assert page.is_visible(".classify")


def test_two_visitors_read_what_each_of_them_chose(visit, of_series):
    pages = [visit(of_series), visit(of_series)]
    for number, page in enumerate(pages, 2):
        page.fill("#classify-number", str(number))
        page.press("#classify-number", "Enter")
    pages[1].click(".switch:has-text('memory')")
    pages[1].wait_for_selector("#view-classify[data-memory=off]")
    for number, page in enumerate(pages, 2):
        until(page, NUMBER, number)
    assert pages[0].get_attribute("#view-classify", "data-memory") == "on"


def test_a_series_with_nothing_but_gaps_is_read(visit, of_series):
    page = visit(of_series)
    page.click("#classify-own summary")
    page.fill("#classify-rows", "nan,?\n,\nNA,null\n")
    page.click("#classify-read")
    until(page, "document.getElementById('view-classify').classify.content?.label === null")
    assert page.inner_text("#classify-status").startswith("After all 3 samples: “")
    said = page.get_attribute(".series svg", "aria-label")
    assert said.endswith("The last: channel 1 missing, channel 2 missing.")


def test_without_its_data_the_visitor_is_asked_for_some(visit, tmp_path):
    lab = served(tmp_path, "signs.ts", series(40), bidirectional=True)
    try:
        (tmp_path / "signs.ts").unlink()
        page = visit(lab, "#classify-message:has-text('is not at hand: paste a series')")
        page.fill("#classify-rows", "2,0\n0,0\n0,0\n")
        page.click("#classify-read")
        page.wait_for_selector(".classify:visible")
        assert len(state(page)["shares"]) == 2
        page.click("#classify-step")
        assert at(page, 1)["shares"] == []
        assert "no answer before the end" in page.inner_text("#classify-status")
        page.close()
    finally:
        lab.close()


def test_a_text_is_read_word_by_word_as_it_is_typed(visit, of_texts):
    page = visit(of_texts)
    assert state(page)["label"] in ("joy", "woe", "wonder")
    page.fill("#classify-text", "I lost <b>zebras</b>")
    page.wait_for_selector(".read-words li.unknown:has-text('zebras')")
    steps = state(page)["steps"]
    assert page.locator(".read-words li").first.inner_text() == "I"
    assert page.locator("#view-classify b").count() == 0
    assert state(page)["label"] is None
    page.focus("#classify-step")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    at(page, 1)
    assert page.locator(".read-words li.ahead").count() == steps - 1
    page.fill("#classify-text", " ")
    page.wait_for_selector("#classify-message:has-text('must have a word')")


NUMBER = "n => document.getElementById('view-classify').classify.content.whole.number === n"
LONG, MARKUP, HEBREW = "w" * 5_000, "<img src=x onerror=alert(1)>", "שלום"
HOSTILE = {  # a class and how it is shown
    LONG: "w" * 59 + "…",
    MARKUP: MARKUP,
    "\u202egnp": "gnp",
    "a\x00\x1b\nb": "a␀␛␊b",
    "\u200b": "U+200B",
    "👩\u200d👧": "👩\u200d👧",
    HEBREW: f"\u2068{HEBREW}\u2069",
}


def test_hostile_names_of_classes_are_shown_safely_and_shortly(visit, tmp_path, accessible):
    lines = [
        json.dumps({"text": f"word{k} cats", "label": name})
        for k, name in enumerate(HOSTILE)
        for _ in range(20)
    ]
    lab = served(tmp_path, "names.jsonl", "\n".join(lines) + "\n")
    try:
        page = visit(lab)
        seen = set()
        for number in range(1, 2 * len(HOSTILE) + 1):
            page.fill("#classify-number", str(number))
            page.press("#classify-number", "Enter")
            until(page, NUMBER, number)
            label = state(page)["label"]
            seen.add(label)
            shown = HOSTILE[label]
            said = page.text_content("#classify-status")
            assert said.endswith((" It is.", f"It is “{shown}”."))
            for part in ("#classify-status", "#classify-early", "#classify-settled"):
                text = page.text_content(part)
                assert any(f"“{name}”" in text for name in HOSTILE.values()), (part, text)
                assert len(text) < 300
            for svg in page.locator("#view-classify svg[role=img]").all():
                assert len(svg.get_attribute("aria-label")) < 200
            names = page.locator("#classify-answers th").all_text_contents()
            assert f"{shown} (true)" in names
            assert {name.removesuffix(" (true)") for name in names} == set(HOSTILE.values())
        assert seen == set(HOSTILE)
        assert page.locator("#view-classify img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        accessible(page)
        page.close()
    finally:
        lab.close()


def test_the_keyboard_reaches_all_of_it_and_keeps_its_place(visit, of_series):
    page = visit(of_series)
    page.click("#classify-own summary")
    assert faults_of_a_walk(page) == []
    page.focus("#classify-next")
    page.keyboard.press("Enter")
    until(page, NUMBER, 2)
    assert page.evaluate("document.activeElement.id") == "classify-next"
    page.focus("#classify-memory")
    page.keyboard.press("Space")
    page.wait_for_selector("#view-classify[data-memory=off]")
    assert page.evaluate("document.activeElement.id") == "classify-memory"
    page.focus("#classify-play")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector("#view-classify[data-playing=true]")
    page.wait_for_selector("#view-classify[data-playing=false]")
    assert page.evaluate("document.activeElement.id") == "classify-play"


def test_the_picture_of_a_series_says_what_was_read_last(visit, of_series):
    page = visit(of_series)
    page.click("#classify-own summary")
    page.fill("#classify-rows", "2,0.5\n-1,?\n")
    page.click("#classify-read")
    page.wait_for_selector("#view-classify[data-steps='2']")
    said = page.get_attribute(".series svg", "aria-label")
    assert said.endswith("of which 2 are read. The last: channel 1 -1, channel 2 missing.")


@pytest.mark.parametrize("how", [{}, {"dark": True, "phone": True}])
def test_everyone_can_read_it(visit, accessible, of_series, of_texts, how):
    for lab in (of_series, of_texts):
        page = visit(lab, **how)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        accessible(page)
