import json

from elman.lab.news import News


def test_who_comes_later_hears_the_latest_of_each_topic():
    news, heard = News(), []
    news.announce("lab", {"awake": False})
    news.announce("lab", {"awake": True})
    news.announce("trainings", {"trainings": [1]}, visitor="ada")
    news.announce("trainings", {"trainings": [2]}, visitor="bob")
    news.listen("ada", lambda topic, message: heard.append((topic, json.loads(message)["body"])))
    assert heard == [("lab", {"awake": True}), ("trainings", {"trainings": [1]})]


def test_who_has_left_hears_nothing():
    news, heard = News(), []

    def listener(topic, message):
        heard.append(topic)

    news.listen("ada", listener)
    news.announce("lab", {})
    news.leave(listener)
    news.announce("lab", {})
    assert heard == ["lab"]
