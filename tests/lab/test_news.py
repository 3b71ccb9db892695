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


def test_a_visitor_who_has_no_more_of_a_topic_is_told_and_leaves_nothing_behind():
    news, heard = News(), []
    news.announce("trainings", {"trainings": [1]}, visitor="ada")
    for number in range(100):
        news.announce("trainings", {"trainings": [1]}, visitor=str(number))
        news.announce("trainings", {"trainings": []}, visitor=str(number))
    assert len(news._latest) == 1
    for visitor in ("ada", "7"):
        news.listen(visitor, lambda topic, message: heard.append(json.loads(message)["body"]))
    assert heard == [{"trainings": [1]}, {"trainings": []}]
