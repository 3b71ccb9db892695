"""A visitor tests himself: chooses, runs, and reads what was measured."""

import pytest
from tests.lab.conftest import Served

from elman.lab.quiz import QUESTIONS


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    served = Served(None, tmp_path_factory.mktemp("runs"))
    yield served
    served.close()


def _state(page) -> dict[str, str]:
    return page.evaluate("({ ...document.getElementById('view-quiz').dataset })")


def _run(page) -> None:
    page.click("#view-quiz button.go")
    page.wait_for_selector("#view-quiz[data-state=done] .quiz-result h3")


def test_a_right_and_a_wrong_answer(lab, open_page) -> None:
    page = open_page(f"{lab.url}/#quiz/nine-tenths")
    page.check("text=50 %")
    _run(page)
    assert _state(page) | {"question": "nine-tenths", "answered": "1", "right": "0"} == _state(page)
    assert "Measured otherwise: 12 %" in page.inner_text(".quiz-result h3")
    assert "12 % is left" in page.inner_text(".quiz-result")
    page.check("text=12 %")
    _run(page)
    assert _state(page)["right"] == "1"
    assert page.inner_text(".quiz-score") == "1 of 1 answered as measured."
    page.wait_for_selector("svg.curves[aria-label*='scale 0.9: 0.122 at 20']")
    assert page.locator("svg.curves path.curve").count() == 3


def test_the_questions_are_all_there_and_lead_on(lab, open_page) -> None:
    page = open_page(f"{lab.url}/#quiz")
    page.wait_for_selector(".quiz-list a")
    assert page.locator(".quiz-list a").count() == len(QUESTIONS)
    assert _state(page)["question"] == QUESTIONS[0].name
    page.click("text=Next question")
    page.wait_for_selector(f"#view-quiz[data-question={QUESTIONS[1].name}]")
    assert page.url.endswith(f"#quiz/{QUESTIONS[1].name}")
    assert page.evaluate("document.activeElement.className") == "question"


def test_the_keyboard_suffices(lab, open_page) -> None:
    page = open_page(f"{lab.url}/#quiz/direction")
    page.wait_for_selector("#view-quiz input[type=radio]")
    page.focus("#view-quiz input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("#view-quiz[data-state=done] .quiz-result h3")
    assert _state(page)["right"] == "1"
    assert page.inner_text(".quiz-result td") is not None


def test_without_a_choice_nothing_runs(lab, open_page) -> None:
    page = open_page(f"{lab.url}/#quiz/order")
    page.wait_for_selector("#view-quiz input[type=radio]")
    page.click("#view-quiz button.go")
    assert "state" not in _state(page)


def test_formulas_have_their_subscripts(lab, open_page) -> None:
    page = open_page(f"{lab.url}/#quiz/nine-tenths")
    page.wait_for_selector(".question sub")
    assert page.locator(".question sub").all_inner_texts() == ["t", "t", "t−1"]


@pytest.mark.parametrize("name", ["open-gate", "same-network", "anywhere"])
@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_by_everyone_and_on_a_phone(
    lab, open_page, accessible, name: str, dark: bool
) -> None:
    page = open_page(f"{lab.url}/#quiz/{name}", phone=True, dark=dark)
    page.wait_for_selector("#view-quiz input[type=radio]")
    page.locator("#view-quiz input[type=radio]").first.check()
    _run(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page)
