"""Two visitors in one lab at once, each in a browser of their own; one leaves in mid-training."""

import re

import pytest
from tests.lab.conftest import Served
from tests.lab.models import random_model

from elman.data.datasets.elman_sentences import generate
from elman.lab.shelf import Exhibit

TEXT = "\n".join(generate(1_500, seed=8))
EPOCHS = 200  # it learns until it is paused


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    served = Served(None, tmp_path_factory.mktemp("runs"))
    assert served.lab.awake.wait(600)
    served.lab.shelf.put(Exhibit("chance", "By chance", random_model("lstm")))
    yield served
    served.close()


@pytest.fixture
def visitors(lab, open_page):
    """Two browsers that share nothing, in a view."""

    def open_(view):
        pages = [open_page(f"{lab.url}/#{view}") for _ in range(2)]
        for page in pages:
            page.wait_for_selector("html[data-lab=awake]")
        who = [page.evaluate("localStorage.getItem('elman-visitor')") for page in pages]
        assert who[0] != who[1]
        return pages

    return open_


def _begin(page, name, cell):
    """Let a network learn a text."""
    page.fill("#train-text", TEXT)
    page.fill("#train-name", name)
    page.select_option("#train-cell", cell)
    page.fill("#train-hidden_size", "8")
    page.fill("#train-epochs", str(EPOCHS))
    page.click("#train-go")


def _share(page):
    """How much of the learning is done."""
    return page.evaluate("document.querySelector('#training progress').value")


def _learns_on(page, share):
    """Wait until it has learned more than this."""
    page.wait_for_selector("#training[data-state=learning]")
    while not _share(page) > share:
        page.wait_for_timeout(100)


def _points(page):
    """Points of the drawn loss."""
    page.wait_for_selector("#training .chart path.curve")
    drawn = page.locator("#training .chart path.curve").first.get_attribute("d")
    return [tuple(map(float, point.split())) for point in re.split("[ML]", drawn)[1:]]


def test_who_leaves_in_mid_training_finds_it_again_and_the_other_notices_nothing(
    lab, visitors
) -> None:
    ada, bob = visitors("train")
    _begin(ada, "of Ada", "gru")
    _begin(bob, "of Bob", "lstm")
    _learns_on(ada, 0)
    _learns_on(bob, 0)
    left, seen = _share(ada), len(_points(ada))
    place = ada.url
    context = ada.context
    ada.close()  # in mid-training, without a word

    _learns_on(bob, _share(bob))
    assert "LSTM" in bob.inner_text("#training-state")
    assert bob.locator(".trainings button[data-id]").all_inner_texts()[0].startswith("of Bob")

    ada = context.new_page()
    ada.goto(f"{lab.url}/#train")
    ada.wait_for_selector(".trainings button[data-id]")
    assert ada.locator(".trainings button[data-id]").count() == 1
    ada.click(".trainings button[data-id]:has-text('of Ada')")
    assert ada.url == place
    _learns_on(ada, left)  # it went on meanwhile, and goes on before her eyes
    points = _points(ada)
    assert len(points) >= seen
    assert points == sorted(points)  # from its beginning, in order
    assert "GRU" in ada.inner_text("#training-state")

    for page, other in ((ada, bob), (bob, ada)):
        page.click("#training-pause")
        page.wait_for_selector("#training[data-state=paused]")
        if other is bob:
            _learns_on(bob, _share(bob))  # one's pause is not the other's
    assert {path.name for path in (lab.lab._runs / ".lab" / "trainings").iterdir()} >= {
        page.url.rpartition("/")[2] for page in (ada, bob)
    }


def test_both_read_with_one_network_and_each_is_answered(visitors) -> None:
    pages = visitors("unfold")
    texts = ["I love cats .", "you love dogs and cats"]
    for page in pages:
        page.select_option("select[aria-label=network]", label="By chance")
    for page, text in zip(pages, texts, strict=True):
        page.fill("input[aria-label='text to read']", text)
    pages[0].click(".switch:has-text('memory')")
    for page, text in zip(pages, texts, strict=True):
        while _state(page)["read"] != len(text.split()):
            page.wait_for_timeout(100)
    assert [_state(page)["words"] for page in pages] == [text.split() for text in texts]
    assert [_state(page)["memory"] for page in pages] == [False, True]


def test_who_leaves_in_mid_race_ends_that_one_alone(visitors) -> None:
    ada, bob = visitors("remember")
    for page, gap in ((ada, "80"), (bob, "1")):
        page.fill("#race-gap", gap)
        page.click("#race button.go")
        page.wait_for_selector("#race tr[data-kind=lstm]")
    ada.close()
    bob.wait_for_selector("#race[data-state=done]")
    assert bob.inner_text(".race-verdict").startswith("Across a gap of 1, learned by ")


def _state(page):
    return page.evaluate("document.getElementById('view-unfold').unfold.state")
