import pytest
from tests.lab.models import random_model

from elman.errors import ChoiceError
from elman.lab.news import News
from elman.lab.shelf import Exhibit, Shelf


def test_a_model_is_replaced_by_its_newer_version_and_all_are_told():
    news, heard = News(), []
    news.listen("ada", lambda topic, message: heard.append((topic, message)))
    shelf = Shelf(news)
    shelf.put(Exhibit("gru", "GRU", random_model("gru"), stage="waiting", share=0.0))
    shelf.put(Exhibit("gru", "GRU", random_model("gru")))
    assert shelf.get("gru").version == 1
    described = shelf.get("gru").described()
    assert (described["cell"], described["gates"], described["hidden"]) == ("gru", ["r", "z"], 5)
    assert '"stage": "waiting"' in heard[0][1]
    assert '"version": 1' in heard[-1][1]


def test_a_visitors_own_model_is_seen_by_nobody_else():
    news, heard = News(), []
    shelf = Shelf(news)
    news.listen("bob", lambda topic, message: heard.append(message))
    shelf.put(Exhibit("mine", "Mine", random_model("lstm"), visitor="ada"))
    assert shelf.get("mine", "ada").name == "Mine"
    with pytest.raises(ChoiceError, match="`model` must be one of those on the page, got 'mine'"):
        shelf.get("mine", "bob")
    assert not any("Mine" in message for message in heard)


def test_a_model_that_is_not_there_gets_a_suggestion():
    shelf = Shelf(News())
    shelf.put(Exhibit("elman", "Elman", random_model("elman")))
    with pytest.raises(ChoiceError, match="Did you mean 'elman'"):
        shelf.get("elmn")
    shelf.remove("elman")
    assert shelf.all() == []
