"""A visitor in the lab: the shell around the views, then Unfold, Train and Inspect."""

import pytest
from tests.lab.conftest import Served

VIEWS = ["unfold", "remember", "train", "inspect", "quiz"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    # enough sentences to learn that love follows I
    served = Served(None, tmp_path_factory.mktemp("runs"), sentences=5_000)
    yield served
    served.close()


@pytest.fixture
def visit(lab, open_page):
    """Open a view once the lab is awake."""

    def open_(view, **how):
        page = open_page(f"{lab.url}/#{view}", **how)
        page.wait_for_selector("html[data-lab=awake]")
        page.wait_for_selector(f"html[data-view={view.partition('/')[0]}]")
        return page

    return open_


def _unfold(page):
    return page.evaluate("document.getElementById('view-unfold').unfold.state")


def _until(page, holds):
    """Wait until the unfolded network's state fulfils `holds`."""
    while not holds(state := _unfold(page)):
        page.wait_for_timeout(100)
    return state


def test_the_page_says_that_it_wakes_up_and_then_is_silent(tmp_path, open_page):
    served = Served(None, tmp_path, asleep=True)
    try:
        page = open_page(served.url)
        page.wait_for_selector("#waking:not(:empty)")
        assert page.inner_text("#waking") == "Waking up …"
        served.wake()
        page.wait_for_selector("html[data-lab=awake]")
        assert page.inner_text("#waking") == ""
        page.close()  # before the lab, or it would complain of its end
    finally:
        served.close()


def test_the_views_are_addresses_and_the_keyboard_reaches_them(visit):
    page = visit("train")
    page.focus("#nav-inspect")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-view=inspect]")
    assert page.evaluate("document.activeElement.id") == "title-inspect"
    assert page.get_attribute("#nav a[aria-current]", "id") == "nav-inspect"
    assert page.title() == "Inspect · Elman lab"
    page.go_back()
    page.wait_for_selector("html[data-view=train]")
    page.goto(page.url.replace("#train", "#no-such-view"))
    page.wait_for_selector("html[data-view=unfold]")


def test_colours_and_motion_hold_until_they_are_changed_again(visit):
    page = visit("train", motion=True)
    page.click("#theme")
    page.click("#theme")
    page.click("#motion")
    page.reload()
    page.wait_for_selector("html[data-theme=dark][data-motion=off]")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_serious_stands_in_anyones_way(visit, accessible, view, dark):
    page = visit(view, dark=dark)
    page.wait_for_selector(f"#view-{view} :is(button, input, select):visible")
    accessible(page)


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_shows_all_of_it(visit, view):
    page = visit(view, phone=True)
    page.wait_for_selector(f"#view-{view} :is(button, input, select):visible")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_network_learns_before_the_visitors_eyes(visit):
    page = visit("unfold")
    page.wait_for_selector("#learning:is([data-stage=learning], [data-stage=ready])")
    page.wait_for_selector("#learning[data-stage=ready]")
    page.wait_for_selector("#learning:has-text('it hesitates between')")
    assert _until(page, lambda state: state["read"] == 3)["words"] == ["I", "love", "cats"]
    page.wait_for_selector(".copy .bar.came .word:has-text('love')")


def test_the_memory_can_be_cut_and_the_cell_changed(visit):
    page = visit("unfold")
    _until(page, lambda state: state["read"] == 3)
    before = page.inner_text(".copy:nth-of-type(3) .next")
    page.click(".switch:has-text('memory')")
    _until(page, lambda state: not state["memory"] and state["read"] == 3)
    page.wait_for_selector(".news:has-text('with memory off')")
    assert page.inner_text(".copy:nth-of-type(3) .next") != before
    page.select_option("select[aria-label=network]", label="LSTM")
    page.wait_for_selector(".equation:has-text('f')")
    page.wait_for_selector(".door .letter:text-is('f')")
    page.wait_for_selector("#learning:has-text('LSTM')")


def test_gates_stand_within_their_unit(visit):
    page = visit("unfold")
    page.select_option("select[aria-label=network]", label="LSTM")
    page.wait_for_selector(".door .letter:text-is('f')")
    unit, last_door = page.evaluate(
        """[".unit", ".door:nth-last-of-type(1)"].map((each) =>
            document.querySelector(`.copy ${each}`).getBoundingClientRect().bottom)"""
    )
    assert last_door <= unit


def test_hostile_text_stays_text(visit):
    page = visit("unfold")
    page.fill("input[aria-label='text to read']", "<img src=x onerror=alert(1)> & <b>cats</b>")
    state = _until(page, lambda state: state["read"] == 5)
    assert state["words"][0] == "<img"
    assert page.locator(".unfold img, .unfold b").count() == 0


def test_two_thousand_words_are_read_and_few_are_drawn(visit):
    page = visit("unfold")
    page.fill("input[aria-label='text to read']", "I love cats . " * 500)
    state = _until(page, lambda state: state["read"] == 2000)
    assert len(state["drawn"]) < 40
    page.keyboard.press("End")
    page.fill("input[aria-label='text to read']", "I love cats . " * 500 + "you")
    _until(page, lambda state: state["read"] == 2001)


def test_a_text_is_learned_paused_found_again_and_kept(visit, lab):
    page = visit("train")
    page.click("#train-go")
    page.wait_for_selector("#train-message:has-text('There is no text yet')")
    page.click("#train-sentences")
    page.wait_for_selector("#train-name")
    while len(page.input_value("#train-text")) < 1000:
        page.wait_for_timeout(100)
    page.select_option("#train-cell", "gru")
    for name, value in {"hidden_size": "8", "epochs": "8"}.items():
        page.fill(f"#train-{name}", value)
    page.click("#train-go")
    page.wait_for_selector("#training[data-state=learning]")
    page.wait_for_selector("#training .chart path.curve")
    page.click("#training-pause")
    page.wait_for_selector("#training[data-state=paused]")

    page.goto("about:blank")  # the browser goes away …
    page.goto(f"{lab.url}/#train")  # … and comes back
    page.click(".trainings button[data-id]")
    page.wait_for_selector("#training[data-state=paused]")
    page.wait_for_selector("#training .chart path.curve")
    page.click("#training-resume")
    page.wait_for_selector("#training[data-state=finished]")
    page.wait_for_selector("#training-figure:has-text('perplexity')")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_selector(
        "#training .chart svg[viewBox^='0 0 3']"
    )  # drawn again, as wide as it is
    assert _scale(page, "#training .chart svg") == 1  # so that its words keep their size
    page.fill("#training-keep-name", "../elsewhere")
    page.click("#training-keep")
    page.wait_for_selector("#training-message:has-text('`name` must be')")
    page.fill("#training-keep-name", "kept")
    page.click("#training-keep")
    page.wait_for_selector("#training-message:has-text('Kept in')")
    page.click("#training-unfold")
    page.wait_for_selector("html[data-view=unfold]")
    page.wait_for_selector("#learning:has-text('small grammar')")


def _learn_in_vain(page, **fields):
    """Let a network learn a text that is too short."""
    for name, value in {"text": "I love cats.", **fields}.items():
        page.fill(f"#train-{name}", value)
    page.click("#train-go")
    page.wait_for_selector("#training[data-state=failed]")


def test_a_text_that_is_too_short_is_told_by_its_name_and_without_figures(visit, accessible):
    page = visit("train", phone=True)
    _learn_in_vain(page, name="my notes")
    page.wait_for_selector(
        "#training-message:has-text('`my notes` must hold a word seen at least 2')"
    )
    assert page.locator("#training .charts, #training .headline, #training progress").count() == 3
    for part in (".charts", ".headline", "progress"):
        assert page.locator(f"#training {part}").is_hidden()
    assert page.eval_on_selector("html", "each => each.scrollWidth - each.clientWidth") <= 0
    accessible(page)


def test_messages_call_options_as_the_form_does_and_texts_by_their_names(visit):
    page = visit("train")
    page.fill("#train-text", "I love cats.")
    page.fill("#train-hidden_size", "0")
    page.click("#train-go")
    page.wait_for_selector("#train-message:has-text('“units of memory” must be at least 1, got 0')")
    _learn_in_vain(page, name="dropout", hidden_size="8")  # a text may be called so
    said = page.inner_text("#training-message")
    assert said.startswith("data: `dropout` must hold a word seen at least 2 times")
    assert "(“drop words seen less often than”), got none" in said


def test_what_is_discarded_in_one_window_is_gone_from_the_other(visit):
    page = visit("train")
    _learn_in_vain(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#training[data-state=failed]")
    for _ in ("ask", "be sure"):
        page.click("#training-discard")
    other.wait_for_url("**/#train")
    other.wait_for_selector("#train-form:visible")
    assert other.locator("#training").is_hidden()


@pytest.mark.parametrize("address", ["%", "nonsense", "main", "train/%E0%A4%A", "__proto__"])
def test_an_address_of_nothing_leads_to_the_first_view(lab, open_page, address):
    page = open_page(f"{lab.url}/#{address}")
    page.wait_for_selector("html[data-view=unfold]")
    assert page.locator(".view:visible").count() == 1


def test_an_address_of_no_training_leads_to_the_form(visit):
    page = visit("train/20990101-000000-00000000")
    page.wait_for_selector("#train-form")
    page.wait_for_url("**/#train")


def _scale(page, selector):
    """How much a drawing is made larger or smaller."""
    return page.locator(selector).first.evaluate("(it) => it.getScreenCTM().a")


def test_another_visitor_does_not_see_it(visit):
    page = visit("train")
    page.wait_for_selector("#train-form")
    assert page.locator(".trainings button[data-id]").count() == 0


def test_a_model_is_measured_and_its_report_shown(visit):
    page = visit("inspect")
    page.click("#inspect-go")
    page.wait_for_selector("#inspect-status:has-text('…')")
    page.wait_for_selector("#inspect-found:visible")
    assert page.inner_text("#inspect-status").startswith("Measured: ")
    report = page.frame_locator("#inspect-report")
    report.locator("h2:has-text('What was measured')").wait_for()
    report.locator(".unfold .copy").first.wait_for()
    assert page.get_attribute("#inspect-save", "href").startswith("reports/")


def test_when_the_lab_ends_the_page_says_so(tmp_path, open_page):
    served = Served(None, tmp_path)
    page = open_page(f"{served.url}/#train", complains=True)  # of the lost socket
    page.wait_for_selector("html[data-lab=awake]")
    served.close()
    page.wait_for_selector("#waking:has-text('does not answer')")
