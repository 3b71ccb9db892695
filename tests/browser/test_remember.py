"""A visitor looks at what a network remembers, turns V, clips, and lets networks race."""

import threading

import pytest
from tests.lab.conftest import Served

import elman
from elman.data.datasets.elman_sentences import generate
from elman.inspect.contexts import approach_horizon


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A lab that shows a small run."""
    folder = tmp_path_factory.mktemp("remember")
    text = folder / "sentences.txt"
    text.write_text("".join(f"{line}\n" for line in generate(8_000, seed=5)), "utf-8")
    elman.LanguageModel(
        cell="elman", hidden_size=24, learning_rate=0.02, epochs=1, ngram_order=0
    ).fit(text, out=folder / "run")
    served = Served(folder / "run", folder / "runs")
    yield served
    served.close()


@pytest.fixture
def page(lab, open_page):
    opened = open_page(f"{lab.url}/#remember")
    for part in ("horizon", "gradient", "clipping"):
        opened.wait_for_selector(f"#{part}[data-state=done]")
    return opened


def _set(page, selector: str, value: str) -> None:
    page.fill(selector, value)


def test_the_headline_says_how_far_back_the_model_looks(page) -> None:
    steps = int(page.get_attribute("#horizon", "data-steps"))
    assert 1 <= steps <= 16
    assert page.inner_text("#horizon strong") == f"{steps} word{'s' if steps > 1 else ''}"
    said = page.inner_text("#horizon .headline p")
    assert said.startswith("run looks back")
    assert "Whoever knows the grammar needs 9." in said


def test_a_first_answer_stands_there_while_more_places_are_read(
    lab, open_page, monkeypatch
) -> None:
    go_on = threading.Event()

    def held_up(evidence):
        for each in approach_horizon(evidence):
            yield each
            assert go_on.wait(600)

    monkeypatch.setattr("elman.lab.asks.remember.approach_horizon", held_up)
    page = open_page(f"{lab.url}/#remember")
    page.wait_for_selector(".horizon-doing:has-text('read on from 512 of')")
    assert page.inner_text("#horizon .headline p").startswith("So far: run looks back")
    assert page.locator("#horizon svg.curves").is_visible()
    assert 0 < page.evaluate("document.querySelector('.horizon-doing progress').value") < 1
    assert page.get_attribute("#horizon", "data-state") == "running"
    go_on.set()
    page.wait_for_selector("#horizon[data-state=done]")
    assert page.locator(".horizon-doing").is_hidden()
    assert page.inner_text("#horizon .headline p").startswith("run looks back")


def test_turning_v_to_nothing_ends_the_gradient(page) -> None:
    _set(page, "#gradient-scale", "0")
    page.wait_for_selector('#gradient[data-scale="0"]')
    assert "0 of it arrives 30 words back" in page.inner_text(".fading-verdict")
    page.wait_for_selector('.grad-words li:first-child[data-value="0"]')
    last = page.get_attribute(".grad-words li.last", "data-value")
    assert float(last) == 1


def test_as_the_sentence_grows_so_do_the_bars(page) -> None:
    _set(page, "#gradient-text", "I love cats")
    page.wait_for_selector('#gradient[data-words="3"]')
    assert page.locator(".grad-word").all_inner_texts() == ["I", "love", "cats"]
    _set(page, "#gradient-step", "2")
    page.wait_for_selector('.grad-words[data-step="2"]')
    values = [li.get_attribute("data-value") for li in page.locator(".grad-words li").all()]
    assert float(values[1]) == 1
    assert float(values[0]) > 0
    assert values[2] is None


def test_hostile_text_stays_text(page) -> None:
    hostile = "<img src=x onerror=alert(1)> cats"
    _set(page, "#gradient-text", hostile)
    page.wait_for_selector(".grad-word >> text=<img")
    assert page.locator("#gradient img").count() == 0


def test_an_empty_sentence_is_answered_clearly(page) -> None:
    _set(page, "#gradient-text", "")
    page.wait_for_selector("#gradient .small >> text=must have 1 to 40 words, got 0")


def test_clipping_saves_and_cannot(page) -> None:
    assert "That is what clipping saves" in page.inner_text(".clip-verdict")
    _set(page, "#clip-scale", "0.5")
    page.wait_for_selector(".clip-verdict >> text=That is what clipping cannot do")


def test_a_race_runs_live_and_can_be_won(page) -> None:
    _set(page, "#race-gap", "2")
    page.click("#race button.go")
    page.wait_for_selector("#race[data-state=running]")
    page.wait_for_selector("#race tr[data-kind=transformer]")
    page.wait_for_selector("#race[data-state=done]")
    assert page.locator("#race tbody td:last-child").all_inner_texts() == ["learned"] * 4
    assert page.inner_text(".race-verdict").startswith("Across a gap of 2, learned by ")
    page.wait_for_selector("#race svg.curves[aria-label*='transformer: 100 % at']")


def test_a_race_can_be_stopped(page) -> None:
    _set(page, "#race-gap", "80")
    page.click("#race button.go")
    page.wait_for_selector("#race tr[data-kind=lstm]")
    page.click("#race button >> text=Stop")
    page.wait_for_selector("#race[data-state=stopped]")
    assert page.inner_text(".race-verdict").startswith("Stopped.")
    assert page.is_enabled("#race button.go")


def test_leaving_the_view_ends_the_race(page) -> None:
    _set(page, "#race-gap", "80")
    page.click("#race button.go")
    page.wait_for_selector("#race tr[data-kind=lstm]")
    page.click("#nav-quiz")
    page.wait_for_selector("#race[data-state=stopped]", state="attached")


@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_by_everyone_and_on_a_phone(lab, open_page, accessible, dark: bool) -> None:
    page = open_page(f"{lab.url}/#remember", phone=True, dark=dark)
    for part in ("horizon", "gradient", "clipping"):
        page.wait_for_selector(f"#{part}[data-state=done]")
    _set(page, "#race-gap", "1")
    page.click("#race button.go")
    page.wait_for_selector("#race[data-state=done]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert _fits(page, "#race .wide")  # how each ended is in sight
    accessible(page)


def _fits(page, selector: str) -> bool:
    """Whether nothing of it is out of sight."""
    element = page.locator(selector)
    return element.evaluate("(it) => it.scrollWidth <= it.clientWidth")


def test_pieces_of_words_are_told_apart_and_the_last_is_in_sight(tmp_path, open_page) -> None:
    text = tmp_path / "sentences.txt"
    text.write_text("".join(f"{line}\n" for line in generate(2_000, seed=5)), "utf-8")
    elman.LanguageModel(
        unit="subword", vocabulary_size=270, hidden_size=8, epochs=1, ngram_order=0
    ).fit(text, out=tmp_path / "pieces")
    served = Served(tmp_path / "pieces", tmp_path / "runs")
    try:
        page = open_page(f"{served.url}/#remember", phone=True)
        for part in ("horizon", "gradient"):
            page.wait_for_selector(f"#{part}[data-state=done]")
        pieces = page.locator(".grad-word").all_inner_texts()
        assert "".join(pieces) == "the dog that I love chases cats".replace(" ", "␣")
        assert "after that subword" in page.inner_text(".grad .small")
        last, row = (page.locator(of).bounding_box() for of in (".grad-words .last", ".grad-words"))
        assert row["x"] <= last["x"]
        assert last["x"] + last["width"] <= row["x"] + row["width"] + 1
        assert page.inner_text("#horizon .headline p").startswith("pieces looks back")
        page.close()  # before the lab, or it would complain of its end
    finally:
        served.close()
