"""What a visitor does with the unfolded network, and what the page says then."""

from typing import Any

import pytest
from tests.browser.networks import random_model
from tests.browser.pages import module_page

from elman.tasks.language.browser import browser_network
from elman.tasks.language.reading import next_tokens

READ = "unfold.state.read === unfold.state.words.length"
HOSTILE = "</script><img src=x onerror=alert(1)> \"'& I"


@pytest.fixture(scope="module")
def models() -> list[Any]:
    """One of each cell."""
    return [random_model(cell=cell, hidden_size=20) for cell in ("elman", "gru", "lstm")]


@pytest.fixture
def unfold(open_page: Any, tmp_path: Any, models: list[Any]) -> Any:
    """Open the component: unfold(text=…, dark=…, …) → page, with `unfold` in it."""

    def open_(text: str = "I love cats", sources: Any = None, **options: Any) -> Any:
        data = sources or [browser_network(model).to_json() for model in models]
        file = module_page(tmp_path, "report.js", {"text": text, "sources": data})
        page = open_page(file, **options)
        page.evaluate("""() => {
          document.getElementById("place").id = "unfold";
          window.unfold = page.openReport(data);
        }""")
        page.wait_for_function(f"{READ} && unfold.state.drawn.length")
        return page

    return open_


def state(page: Any) -> dict[str, Any]:
    """The page's own state, once it is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: dict[str, Any] = page.evaluate("unfold.state")
    return found


def bars(page: Any, copy: int) -> list[str]:
    """The likely next words above a copy, as shown."""
    return page.locator(".copy:not([hidden])").nth(copy).locator(".bar .word").all_inner_texts()


def in_order(page: Any) -> list[str]:
    """The words under the copies in view, from left to right."""
    return page.evaluate("""() => [...document.querySelectorAll(".copy:not([hidden])")]
      .sort((a, b) => a.getBoundingClientRect().x - b.getBoundingClientRect().x)
      .map((copy) => copy.querySelector(".chip").textContent)""")


def test_a_sentence_stands_unfolded_with_what_python_expects(unfold, models) -> None:
    page = unfold()
    assert state(page)["words"] == in_order(page) == ["I", "love", "cats"]
    steps = next_tokens(models[0].reader, models[0].probe, "I love cats", 5)
    last = page.locator(".copy.now .bar .word").all_inner_texts()
    assert last == [each.token for each in steps[-1].candidates]
    assert f"“{last[0]}”" in page.locator(".news").inner_text()


def test_step_and_the_keys_read_one_word_at_a_time(unfold) -> None:
    page = unfold()
    page.get_by_role("button", name="Step").click()  # from the end, it begins again
    assert state(page)["now"] == 1
    page.keyboard.press("ArrowRight")
    assert state(page)["now"] == 2
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert state(page)["now"] == 0
    assert "The memory is blank" in page.locator(".news").inner_text()
    page.keyboard.press("End")
    assert state(page)["now"] == 3
    page.keyboard.press("Home")
    assert state(page)["now"] == 0


def test_play_reads_to_the_end_by_itself_and_can_be_paused(unfold) -> None:
    page = unfold()
    play = page.get_by_role("button", name="Play")
    play.click()
    assert state(page)["playing"]
    page.get_by_role("button", name="Pause").click()
    paused = state(page)
    assert not paused["playing"]
    assert paused["now"] < 3
    play.click()
    page.wait_for_function("unfold.state.now === 3 && !unfold.state.playing")


def test_typing_reads_the_new_text_and_keeps_what_both_have_in_common(unfold, models) -> None:
    page = unfold()
    page.get_by_label("text to read").fill("I love dogs and cats")
    page.wait_for_function("unfold.state.read === 5")
    assert state(page)["words"] == ["I", "love", "dogs", "and", "cats"]
    steps = next_tokens(models[0].reader, models[0].probe, "I love dogs and cats", 5)
    shown = page.locator(".copy.now .bar .word").all_inner_texts()
    assert shown == [each.token for each in steps[-1].candidates]


def test_a_likely_word_is_written_on_by_pressing_it(unfold) -> None:
    page = unfold()
    bar = page.locator(".copy.now .bar").nth(1)
    word = bar.locator(".word").inner_text()
    bar.click()
    page.wait_for_function("unfold.state.words.length === 4")
    assert state(page)["words"] == ["I", "love", "cats", word]
    assert page.get_by_label("text to read").input_value() == f"I love cats {word}"


def test_a_likely_word_is_written_on_by_its_number(unfold) -> None:
    page = unfold("I love cats and")
    page.get_by_role("slider").focus()
    word = page.locator(".copy.now .bar .word").nth(2).inner_text()
    page.keyboard.press("3")
    page.wait_for_function("unfold.state.read === 5")
    assert state(page)["words"] == ["I", "love", "cats", "and", word]


def test_it_opens_before_the_visitor_s_eyes(unfold) -> None:
    page = unfold(motion=True)
    page.wait_for_function("unfold.state.open === 1")
    assert state(page)["drawn"] == [0, 1, 2]


def test_the_switch_cuts_the_loop(unfold, models) -> None:
    page = unfold()
    before = page.locator(".copy.now .bar .share").all_inner_texts()
    page.get_by_role("switch", name="memory").uncheck()
    page.wait_for_function("!unfold.state.memory && unfold.state.read === 3")
    state(page)
    assert page.locator(".label.V").first.text_content() == "V = 0"
    after = page.locator(".copy.now .bar .share").all_inner_texts()
    assert after != before
    logits, _ = models[0].reader.read(models[0].codec.encode("cats"), None)
    chances = logits[-1].double().softmax(0)
    chances[0] = 0
    top = [models[0].codec.tokens[k] for k in chances.topk(5).indices]
    assert page.locator(".copy.now .bar .word").all_inner_texts() == top
    assert "with memory off" in page.locator(".news").inner_text()


def test_touching_v_lights_up_all_its_copies(unfold) -> None:
    page = unfold("I love cats and dogs")
    page.locator(".equation .key.V").first.focus()
    page.keyboard.press("Enter")
    assert state(page)["lit"] == "V"
    widths = page.eval_on_selector_all(
        ".edge.V", "(all) => all.map((edge) => getComputedStyle(edge).strokeWidth)"
    )
    assert set(widths) == {"6px"}
    said = page.locator(".note").inner_text()
    assert "20 × 20 numbers, one and the same at all 5 passages" in said
    page.keyboard.press("Enter")
    assert state(page)["lit"] is None
    page.mouse.move(*_middle(page, ".hit[data-edge=U]"))
    assert state(page)["lit"] == "U"


def test_the_handle_folds_and_unfolds_by_mouse_and_keyboard(unfold) -> None:
    page = unfold(motion=True)
    grip = page.get_by_role("slider")
    grip.focus()
    page.keyboard.press("Home")
    page.wait_for_function("unfold.state.open === 0")
    assert state(page)["drawn"] == [2]
    assert grip.get_attribute("aria-valuetext") == "folded: one unit with a loop"
    x, y = _middle(page, ".grip")
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 9):
        page.mouse.move(x + 25 * k, y)
    assert 0.3 < state(page)["open"] <= 1
    page.mouse.up()
    page.wait_for_function("unfold.state.open === 1")
    assert state(page)["drawn"] == [0, 1, 2]
    page.keyboard.press("ArrowLeft")
    assert state(page)["open"] == pytest.approx(0.9)


def test_folded_time_passes_in_place(unfold) -> None:
    page = unfold()
    page.get_by_role("slider").press("Home")
    for now in (1, 2, 3):
        page.get_by_role("button", name="Step").click()
        found = state(page)
        assert (found["now"], found["drawn"]) == (now, [now - 1])
    assert page.locator(".copy:not([hidden]) .chip").all_inner_texts() == ["cats"]


@pytest.mark.parametrize(("cell", "letters"), [(1, ["r", "z"]), (2, ["i", "f", "o"])])
def test_gates_open_and_close(unfold, models, cell, letters) -> None:
    page = unfold()
    page.get_by_label("network", exact=True).select_option(str(cell))
    page.wait_for_function("unfold.state.read === 3")
    state(page)
    doors = page.locator(".copy.now .door")
    assert doors.locator(".letter").all_inner_texts() == letters
    shares = doors.locator(".share").all_inner_texts()
    assert all(0 < float(share.removesuffix(" %")) < 100 for share in shares)
    page.get_by_role("button", name="Step").click()
    state(page)
    assert page.locator(".copy.now .door .share").all_inner_texts() != shares


def test_any_unit_may_be_chosen_and_its_course_is_drawn(unfold) -> None:
    page = unfold()
    page.locator('.copy.now .strip rect[data-unit="6"]').click()
    assert state(page)["unit"] == 6
    assert page.get_by_label("unit whose course is shown").input_value() == "7"
    first = page.locator(".course .line").get_attribute("d")
    page.get_by_label("unit whose course is shown").fill("12")
    state(page)
    assert page.evaluate("unfold.state.unit") == 11
    assert page.locator(".course .line").get_attribute("d") != first
    page.get_by_label("unit whose course is shown").fill("9999")  # there is none
    assert state(page)["unit"] == 11


def test_two_thousand_words_draw_only_what_is_in_view(unfold) -> None:
    page = unfold("cats love dogs and " * 500)
    found = state(page)
    assert len(found["words"]) == 2000
    assert len(found["drawn"]) <= 9
    assert found["drawn"][-1] == 1999
    page.keyboard.press("Tab")
    page.locator(".stage").evaluate("(stage) => stage.scrollTo(0, 0)")
    assert state(page)["drawn"][0] == 0
    page.get_by_role("slider").press("Home")
    assert len(state(page)["drawn"]) == 1


def test_hostile_and_unknown_words_stay_words(unfold) -> None:
    page = unfold()
    page.get_by_label("text to read").fill(HOSTILE)
    page.wait_for_function("unfold.state.words.length > 3 && " + READ)
    assert page.locator("img").count() == 0
    assert page.locator(".copy.unknown").count() > 0
    page.get_by_label("text to read").fill("")
    page.wait_for_function("unfold.state.words.length === 0")
    assert state(page)["drawn"] == []
    assert page.locator(".news").inner_text() == "Type a sentence."
    page.get_by_role("button", name="Step").click()
    page.get_by_role("button", name="Play").click()
    assert state(page)["now"] == 0


def test_on_a_phone_no_word_and_no_equation_is_wider_than_the_page(unfold) -> None:
    page = unfold(phone=True)
    page.get_by_label("text to read").fill("x" * 3000)
    page.wait_for_function("unfold.state.words.length === 1 && " + READ)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for network in (1, 2):  # GRU and LSTM: two equations stand in one line where there is room
        page.get_by_label("network", exact=True).select_option(str(network))
        page.wait_for_function(READ)
        whole = page.locator(".equation .whole")
        assert whole.count() == 2
        assert whole.evaluate_all("(all) => all.map((each) => each.getClientRects().length)") == [
            1,
            1,
        ]


def test_a_source_that_fails_says_why(unfold) -> None:
    page = unfold()
    page.evaluate("""() => unfold.replace([{
      name: "broken", cell: "elman", layers: 1, hidden: 20, gates: [],
      split: (text) => text.split(" "),
      step: async () => { throw new Error("the lab has gone <away>"); } }])""")
    page.wait_for_function("unfold.state.fault")
    assert page.locator(".news").inner_text() == "the lab has gone <away>"


def test_a_slow_answer_does_not_overwrite_a_later_one(unfold) -> None:
    page = unfold()
    page.evaluate("""async () => {
      const quick = unfold.source;
      const slow = Object.assign(Object.create(quick), { split: (text) => quick.split(text),
        step: async (words, asked) => {
          await new Promise((done) => setTimeout(done, words.length === 2 ? 300 : 0));
          return quick.step(words, asked);
        } });
      unfold.replace([slow]);
      unfold.setText("dogs love");
      await unfold.setText("dogs love cats and dogs");
      await new Promise((done) => setTimeout(done, 400));
    }""")
    found = state(page)
    assert (found["words"][-1], found["read"], found["fault"]) == ("dogs", 5, None)


def test_a_recording_is_played_and_cannot_be_edited(unfold) -> None:
    layer = {"h": [0.5, -0.5, None], "gates": {}}
    steps = [{"known": True, "layers": [layer], "next": [], "remembered": None} for _ in range(4)]
    recording = {
        "kind": "recording",
        "name": "mine",
        "cell": "elman",
        "activation": "relu",
        "layers": 1,
        "hidden": 3,
        "gates": [],
        "words": ["0.1", "0.2", "</b>", "0.4"],
        "steps": steps,
        "left_out": 1200,
    }
    page = unfold(sources=[recording])
    page.wait_for_selector(".news[aria-live]:has-text('ends here; left out: 1,200 more.')")
    assert state(page)["words"] == recording["words"]
    assert page.get_by_label("text to read").get_attribute("readonly") == ""
    assert page.get_by_role("switch", name="memory").is_disabled()
    equation = page.locator(".equation").inner_text().replace("\u00a0", " ")
    assert "relu" in equation
    assert "= g(W" in equation  # nobody knows what a stranger's model makes of its memory
    assert "likely word" not in page.inner_text(".keys")
    label = page.locator(".copy .when").first.bounding_box()
    unit = page.locator(".copy .unit").first.bounding_box()
    assert unit["y"] - label["y"] < 80  # no room is kept for next words that nobody says
    page.get_by_role("button", name="Step").click()
    assert state(page)["now"] == 1


def test_nothing_moves_where_motion_is_not_wanted(unfold) -> None:
    page = unfold(motion=False)
    page.get_by_role("slider").press("Home")
    assert page.evaluate("unfold.state.open") == 0  # at once
    page.get_by_role("button", name="Step").click()
    state(page)
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_memory_is_seen_to_travel_where_motion_is_wanted(unfold) -> None:
    page = unfold(motion=True)
    page.wait_for_function("unfold.state.open === 1")  # it opens by itself
    page.evaluate("""() => {
      const { animate } = Element.prototype;
      window.animated = [];
      Element.prototype.animate = function (...how) {
        window.animated.push(this.getAttribute("class"));
        return animate.apply(this, how);
      };
    }""")
    page.get_by_role("button", name="Step").click()
    page.get_by_role("button", name="Step").click()
    page.wait_for_function("animated.includes('pulse V')")


@pytest.mark.parametrize(
    ("cell", "dark", "phone"),
    [(0, False, False), (2, True, False), (1, True, True), (2, False, True)],
)
def test_it_is_accessible(unfold, accessible, cell, dark, phone) -> None:
    page = unfold("I love cats unknownword", dark=dark, phone=phone)
    page.evaluate("(k) => unfold.use(k)", cell)
    page.wait_for_function("unfold.state.read === 4")
    page.get_by_role("button", name="Step").click()
    state(page)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _middle(page: Any, selector: str) -> tuple[float, float]:
    """The middle of the first element that `selector` finds."""
    box = page.evaluate(
        "(selector) => document.querySelector(selector).getBoundingClientRect().toJSON()", selector
    )
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
