import pytest
from tests.lab.models import random_model

from elman.errors import DataError
from elman.lab.inspection import Reports
from elman.lab.shelf import Exhibit
from elman.lab.texts import sentences


@pytest.fixture
def reports(tmp_path):
    return Reports(tmp_path / "reports")


def test_a_report_is_written_once_for_each_version_of_a_model(reports):
    said = []
    exhibit = Exhibit("m", "My model", random_model("gru"), held_out=sentences)
    first = reports.write(exhibit, None, said.append)
    assert len(said) > 2
    assert {record["event"] for record in said} == {"stage"}
    page = reports.find(first.name).read_text("utf-8")
    assert "My model" in page
    assert first.headline in page
    assert "new sentences of the small grammar" in page
    assert reports.write(exhibit, None, said.append) is first
    reports.close()
    assert not reports.find(first.name).exists()


@pytest.mark.parametrize("name", ["", "../training.json", "0" * 32 + ".html"])
def test_no_other_file_is_found(reports, name):
    assert reports.find(name) is None


def test_a_text_that_tells_nothing_is_refused(reports, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("zebras everywhere\n")
    with pytest.raises(DataError, match="that the model knows"):
        reports.write(Exhibit("m", "M", random_model("gru")), text, lambda record: None)


def test_a_model_whose_text_is_gone_asks_for_one(reports):
    with pytest.raises(DataError, match="`DATA` must be given"):
        reports.write(Exhibit("m", "M", random_model("gru")), None, lambda record: None)
