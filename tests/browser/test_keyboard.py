"""A visitor without a mouse: nothing is out of reach, and the focus is never lost."""

import pytest
from tests.browser.keys import FOCUSED, faults_of_a_walk, tab_to
from tests.browser.pages import until
from tests.lab.conftest import Served
from tests.lab.models import random_classifier

from elman.data.datasets.elman_sentences import generate
from elman.runs import Description, Run

VIEWS = ["unfold", "remember", "train", "inspect", "quiz"]
TEXT = "\n".join(generate(1_500, seed=8))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    served = Served(None, tmp_path_factory.mktemp("runs"))
    yield served
    served.close()


@pytest.fixture
def visit(lab, open_page):
    """Open a view once the lab is awake and the view is filled."""

    def open_(view):
        page = open_page(f"{lab.url}/#{view}")
        page.wait_for_selector("html[data-lab=awake]")
        page.wait_for_selector(f"#view-{view} :is(button, input, select):visible")
        return page

    return open_


def stands(page):
    """Where the focus is."""
    return page.evaluate(FOCUSED)


@pytest.mark.parametrize("view", VIEWS)
def test_tab_comes_to_every_control_which_has_a_name_and_a_ring(visit, view):
    assert faults_of_a_walk(visit(view)) == []


def begin(page, epochs):
    """Let a network learn a text, by keys."""
    page.fill("#train-text", TEXT)
    page.fill("#train-hidden_size", "8")
    page.fill("#train-epochs", str(epochs))
    page.focus("#train-epochs")
    tab_to(page, "train-go")
    page.keyboard.press("Enter")
    page.wait_for_selector("#training[data-state=learning]")


def test_a_training_is_begun_paused_gone_on_with_and_discarded_where_one_stands(visit):
    page = visit("train")
    begin(page, 200)
    assert stands(page) == "training-title"
    page.keyboard.press("Tab")
    assert stands(page) == "training-pause"
    page.wait_for_selector("#training .chart path.curve")
    assert stands(page) == "training-pause"  # as figures come
    page.keyboard.press("Enter")
    page.wait_for_selector("#training[data-state=paused]")
    assert stands(page) == "training-resume"
    page.keyboard.press("Enter")
    page.wait_for_selector("#training[data-state=learning]")
    assert stands(page) == "training-pause"
    tab_to(page, "training-discard")
    page.keyboard.press("Enter")
    assert page.inner_text("#training-discard") == "Discard for good?"
    page.keyboard.press("Tab")
    assert page.inner_text("#training-discard") == "Discard"  # who turns away did not mean it
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#train-form:visible")
    assert stands(page) == "title-train"


def fail(page):
    """Let a network learn a text that is too short; where it is shown."""
    page.goto(page.url.partition("#")[0] + "#train")
    page.wait_for_selector("#train-form:visible")
    page.fill("#train-text", "I love cats.")
    page.click("#train-go")
    page.wait_for_selector("#training[data-state=failed]:visible")
    return page.url


def test_what_was_asked_of_one_training_is_not_answered_for_another(visit):
    page = visit("train")
    first, second = fail(page), fail(page)
    page.click(f".trainings button[data-id='{first.rpartition('/')[2]}']")
    page.wait_for_url(first)
    page.click(f".trainings button[data-id='{second.rpartition('/')[2]}']")
    page.wait_for_url(second)
    page.focus("#training-discard")
    page.keyboard.press("Enter")
    assert page.inner_text("#training-discard") == "Discard for good?"
    page.go_back()
    page.wait_for_url(first)
    until(page, "document.getElementById('training-discard').textContent === 'Discard'")
    assert stands(page) == "training-discard"
    page.keyboard.press("Enter")
    assert page.inner_text("#training-discard") == "Discard for good?"
    assert page.url == first


def test_holding_enter_asks_but_does_not_answer(visit):
    page = visit("train")
    address = fail(page)
    page.focus("#training-discard")
    for _ in range(3):
        page.keyboard.down("Enter")
    assert page.inner_text("#training-discard") == "Discard for good?"
    assert page.url == address
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#train-form:visible")


KEPT = """(ways) => {
    let kept = 0;
    document.getElementById("training-keep").addEventListener("click", () => { kept += 1; });
    const name = document.getElementById("training-keep-name");
    const press = (way) => new KeyboardEvent("keydown", { key: "Enter", ...way });
    for (const way of ways) name.dispatchEvent(press(way));
    return kept;
}"""  # how often Enter keeps it, pressed in these ways


def test_a_training_that_ends_leaves_the_focus_at_its_title_and_enter_keeps_it(visit, lab):
    page = visit("train")
    begin(page, 3)
    page.keyboard.press("Tab")
    page.wait_for_selector("#training[data-state=finished]")
    assert stands(page) == "training-title"  # where *Pause* stood, nothing is pressed by accident
    tab_to(page, "training-keep-name")
    page.fill("#training-keep-name", "by keys")
    assert page.evaluate(KEPT, [{"isComposing": True}, {"repeat": True}]) == 0
    page.keyboard.press("Enter")
    page.wait_for_selector("#training-message:has-text('Kept in')")
    page.wait_for_selector("#training-keep-name", state="hidden")  # told apart from the answer
    assert stands(page) == "training-title"
    page.focus("#train-another")
    page.keyboard.press("Enter")
    page.wait_for_selector("#train-form:visible")
    assert stands(page) == "train-text"


def test_learning_that_is_refused_leaves_the_focus_where_it_was(visit):
    page = visit("train")
    page.focus("#train-epochs")
    tab_to(page, "train-go")
    page.keyboard.press("Enter")
    page.wait_for_selector("#train-message:has-text('There is no text yet')")
    assert stands(page) == "train-go"
    page.click("#train-sentences")
    until(page, "document.getElementById('train-message').textContent === ''")


def test_measuring_keeps_the_focus_and_so_does_stopping(visit):
    page = visit("inspect")
    page.focus("#inspect-go")
    page.keyboard.press("Enter")
    page.wait_for_selector("#inspect-stop:visible")
    assert stands(page) == "inspect-go"
    page.keyboard.press("Enter")  # at work already
    page.keyboard.press("Tab")
    assert stands(page) == "inspect-stop"
    page.keyboard.press("Enter")
    page.wait_for_selector("#inspect-stop:visible", state="hidden")
    assert stands(page) == "inspect-go"


def test_an_experiment_keeps_the_focus(visit):
    page = visit("quiz")
    page.keyboard.press("Tab")
    page.focus("#view-quiz input[type=radio]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#view-quiz[data-state=done] .quiz-result h3")
    assert stands(page) == "go"


def test_a_race_keeps_the_focus_on_its_start_and_on_its_stop(visit):
    page = visit("remember")
    page.fill("#race-gap", "80")
    page.focus("#race button.go")
    page.keyboard.press("Enter")
    page.wait_for_selector("#race tr[data-kind=lstm]")
    assert stands(page) == "go"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#race[data-state=stopped]")
    assert page.evaluate("document.activeElement.textContent") == "Stop"


@pytest.mark.parametrize("choice", ["#remember-model", "#inspect-model"])
def test_a_choice_of_models_stays_while_they_tell_of_their_learning(visit, lab, choice):
    page = visit(choice[1:].partition("-")[0])
    page.wait_for_selector(f"{choice} option", state="attached")
    page.eval_on_selector_all(f"{choice} option", "all => all.forEach((each) => each.mark = true)")
    lab.lab.shelf.change(lab.lab.shelf.all()[0].key, lambda exhibit: exhibit)
    page.wait_for_timeout(300)
    assert all(page.eval_on_selector_all(f"{choice} option", "all => all.map(({ mark }) => mark)"))


def test_figures_say_where_they_begin_and_end_and_what_is_marked(visit):
    page = visit("remember")
    page.wait_for_selector("#clipping[data-state=done]")
    page.wait_for_selector("#clipping svg.curves[aria-label*='clipped to 1']")
    said = page.get_attribute("#clipping svg.curves", "aria-label")
    assert said.startswith("Loss by step of descent. as it is: 10⁹ at 2, from ")
    assert "; a guess: " in said
    page.wait_for_selector("#horizon[data-state=done]")
    page.wait_for_selector("#horizon svg.curves[aria-label*='tolerance: 0.01']")


def test_figures_do_not_say_a_value_twice_and_nothing_of_what_is_not_drawn(visit):
    page = visit("remember")
    level = {"y": 0.01, "text": "1 %"}
    points = [[1, 0.5], [2, 0.4]]
    said = """async (shown) => {
        const { curvesFigure } = await import("./figures/curves.js");
        const figure = curvesFigure({ title: "Loss", x: "step", y: "loss" });
        document.body.append(figure.node);
        const image = figure.node.querySelector("svg.curves");
        figure.draw(shown);
        while (image.getAttribute("aria-label") === "Loss") {
            await new Promise((done) => { setTimeout(done, 20); });
        }
        figure.node.remove();
        return image.getAttribute("aria-label");
    }"""
    curve = {"name": "held out", "points": points}
    marks = [{"x": 2, "text": "2 words"}, {"x": 1, "text": "the symbol"}]
    shown = {"curves": [curve], "levels": [level], "marks": marks}
    heard = "Loss. held out: 0.4 at 2, from 0.5 at 1; {}2 words; the symbol: 1."
    assert page.evaluate(said, {**shown, "yRange": [0, 1]}) == heard.format("1 %; ")
    assert page.evaluate(said, {**shown, "yRange": [0.3, 1]}) == heard.format("")
    assert page.evaluate(said, {}) == "Loss. nothing yet."


def test_networks_that_were_offered_leave_the_focus_in_their_view(tmp_path, open_page):
    trained = random_classifier()
    now = Description.of("classification", trained.config, command="", data={})
    with Run.begin(tmp_path / "signs", now) as run:
        trained.save(run)
    lab = Served(tmp_path / "signs", tmp_path / "runs")
    try:
        page = open_page(f"{lab.url}/#unfold")
        page.wait_for_selector(".offer button")
        page.focus(".offer button")
        page.keyboard.press("Enter")
        page.wait_for_selector("#unfold .unfold")
        assert stands(page) == "title-unfold"
        page.close()
    finally:
        lab.close()
