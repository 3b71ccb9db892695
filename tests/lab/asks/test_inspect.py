import asyncio

import pytest
from tests.lab.asks.calls import ask
from tests.lab.models import random_classifier
from tests.tasks.classification.conftest import series, texts

from elman.errors import ChoiceError, DataError
from elman.lab.asks.inspect import ASKS
from elman.lab.inspection import Reports
from elman.lab.laboratory import Laboratory
from elman.lab.news import News
from elman.lab.shelf import Exhibit, Shelf
from elman.lab.uploads import Uploads


@pytest.fixture
def lab(tmp_path):
    made = Laboratory(None, tmp_path)
    made.shelf = Shelf(News())
    made.uploads = Uploads(tmp_path / "uploads")
    made.reports = Reports(tmp_path / "reports")
    made.shelf.put(Exhibit("m", "My classifier", random_classifier()))
    return made


def send(lab, content):
    async def chunks():
        yield content.encode()

    return asyncio.run(lab.uploads.receive(chunks()))[0]


def test_a_classifier_is_measured_on_series_that_were_sent(lab):
    number = send(lab, series(24))
    answer, parts = ask(ASKS, lab, "inspect.report", model="m", text=number, ending=".ts")
    page = lab.reports.find(answer["address"].partition("/")[2]).read_text("utf-8")
    assert "My classifier" in page
    assert "sample" in answer["headline"]
    assert parts


def test_what_is_of_another_kind_is_said(lab):
    with pytest.raises(DataError, match="must hold series, as the model reads, got texts"):
        ask(ASKS, lab, "inspect.report", model="m", text=send(lab, texts(6)))
    with pytest.raises(ChoiceError, match="`ending` must be one of"):
        ask(ASKS, lab, "inspect.report", model="m", text=send(lab, "x"), ending="/../x")
