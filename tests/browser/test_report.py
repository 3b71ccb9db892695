"""A report opened from its file, without a network."""

import pytest
from tests.browser.networks import random_model
from tests.browser.pages import until

from elman.inspect.horizon import Horizon
from elman.inspect.report import Advice, Report, write_report
from elman.tasks.language.browser import browser_network

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"
HORIZON = Horizon(2, 1, 3, 0.01, (0.5, 0.005, 0.0), (0.01,) * 3, 1.4, 500, unit="word")


@pytest.fixture
def report(tmp_path):
    """A report whose vocabulary is hostile."""
    trained = random_model(cell="gru", hidden_size=12)
    trained.codec.tokens[5:8] = [HOSTILE, "<!--", "\u2028"]
    return write_report(
        tmp_path / "report.html",
        Report(
            title=f"runs/{HOSTILE}",
            headline="2 words",
            verdict=["It looks back 2 words (1–3).", HOSTILE],
            advice=[Advice("Try an LSTM.", HOSTILE)],
            results=[HORIZON],
            play=[browser_network(trained)],
            text=f"I love {HOSTILE} cats",
        ),
    )


def test_the_network_plays_offline_whatever_its_vocabulary(open_page, report) -> None:
    page = open_page(report, offline=True)
    until(page, "unfold.state.read === unfold.state.words.length")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    page.get_by_label("text to read").fill("I love cats")
    until(page, "unfold.state.words.length === 3 && unfold.state.read === 3")
    page.get_by_role("button", name="Step").click()
    assert page.evaluate("unfold.state.now") == 1


def test_figures_and_numbers_are_there(open_page, report) -> None:
    page = open_page(report)
    assert page.get_by_role("img", name="Loss by context").count() == 1
    page.get_by_text("the numbers").click()
    assert page.locator("details td").first.is_visible()


def test_colours_and_motion_can_be_chosen(open_page, report) -> None:
    page = open_page(report, motion=True)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="theme: auto")
    button.click()
    assert page.evaluate(ground) == light
    page.get_by_role("button", name="theme: light").click()
    assert page.evaluate(ground) != light
    page.get_by_role("button", name="motion: on").click()
    assert page.evaluate("document.documentElement.dataset.motion") == "off"


def test_a_script_that_is_not_its_own_does_not_run(open_page, report) -> None:
    page = open_page(report, complains=True)
    ran = page.evaluate("""async () => {
      window.refused = 0;
      addEventListener("securitypolicyviolation", () => window.refused++);
      const script = document.createElement("script");
      script.textContent = "window.foreign = true";
      document.body.append(script);
      await new Promise((done) => setTimeout(done, 100));
      return [window.foreign ?? false, window.refused];
    }""")
    assert ran == [False, 1]


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, True)])
def test_it_is_accessible(open_page, report, accessible, dark, phone) -> None:
    page = open_page(report, dark=dark, phone=phone, bypass_csp=True)  # axe-core is no part of it
    until(page, "unfold.state.read === unfold.state.words.length")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
