import threading

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from elman.errors import DataError


@pytest.fixture
def talk(served):
    """A visitor, and handlers that the test may add."""
    with served.visit() as visitor:
        visitor.wait_news("lab", lambda body: body["awake"])
        visitor.handlers = served.lab.handlers
        yield visitor


def test_an_answer_comes_with_its_parts_before_it(talk):
    def count(call):
        for number in range(3):
            call.part({"n": number})
        return {"sum": call.whole("extra") + 3}

    talk.handlers["test.count"] = count
    assert talk.ask("test.count", extra=4) == {"sum": 7}
    assert talk.parts == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_an_error_of_ours_comes_as_it_is_and_another_says_no_more_than_it_should(talk, caplog):
    def refuse(call):
        raise DataError("test: the text must hold words, got none.")

    def break_down(call):
        raise RuntimeError("secret path")

    talk.handlers |= {"test.refuse": refuse, "test.break": break_down}
    assert talk.fail("test.refuse") == {
        "kind": "DataError",
        "message": "test: the text must hold words, got none.",
    }
    assert "secret" not in talk.fail("test.break")["message"]
    assert "secret path" in caplog.text


def test_an_unknown_question_gets_a_suggestion(talk):
    talk.handlers["test.count"] = lambda call: {}
    assert "Did you mean 'test.count'?" in talk.fail("test.coumt")["message"]


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("not json", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[]", "must be an object"),
        ('{"ask": "x"}', "`id` must be a whole number, got None"),
        ('{"id": true, "ask": "x"}', "`id` must be a whole number, got True"),
        ('{"id": 1}', "`ask` must be a name, got None"),
        ('{"id": 1, "ask": "x", "with": []}', "`with` must be an object"),
    ],
)
def test_what_is_no_question_is_refused_and_the_talk_goes_on(talk, message, why):
    talk.say(message)
    heard = talk.hear()
    while "news" in heard:
        heard = talk.hear()
    assert why in heard["error"]["message"]
    talk.handlers["test.on"] = lambda call: {"on": True}
    assert talk.ask("test.on") == {"on": True}


def test_half_a_surrogate_pair_comes_back_and_the_talk_goes_on(talk):
    talk.handlers["test.echo"] = lambda call: {"text": call.text("text")}
    assert talk.ask("test.echo", text="a \ud83d cat") == {"text": "a \ud83d cat"}
    assert "got '\ud83d'" in talk.fail("\ud83d")["message"]
    assert talk.ask("test.echo", text="a 🐈 cat") == {"text": "a 🐈 cat"}


def test_what_is_not_wanted_any_more_stops(talk):
    begun = threading.Event()

    def endless(call):
        begun.set()
        while True:
            call.part({"tick": 1}, latest=True)

    talk.handlers["test.endless"] = endless
    number = talk.begin("test.endless")
    assert begun.wait(60)
    talk.say({"id": number, "stop": True})
    assert talk.end(number) == ("answer", {"stopped": True})


def test_a_visitor_who_leaves_stops_what_was_asked(served):
    ended = threading.Event()

    def endless(call):
        try:
            while True:
                call.part({"tick": 1})
        finally:
            ended.set()

    with served.visit() as visitor:
        visitor.wait_news("lab", lambda body: body["awake"])
        served.lab.handlers["test.endless"] = endless
        visitor.begin("test.endless")
        visitor.hear()
    assert ended.wait(60)


def test_many_open_questions_are_refused_and_none_is_lost(talk):
    gate = threading.Event()

    def wait(call):
        assert gate.wait(60)
        return {"done": True}

    talk.handlers["test.wait"] = wait
    numbers = [talk.begin("test.wait") for _ in range(17)]
    assert "at most 16" in talk.end(numbers[-1])[1]["message"]
    gate.set()
    left = set(numbers[:-1])
    while left:
        message = talk.hear()
        if "answer" in message:
            left.remove(message["id"])


def test_a_message_without_bounds_closes_the_socket(talk):
    talk.say("x" * (2 << 20))
    with pytest.raises(ConnectionClosed):
        talk.end(-1)


@pytest.mark.parametrize("visitor", ["", "../../etc/passwd", "0" * 33, "G" * 32])
def test_a_visitor_without_a_proper_name_is_refused(served, visitor):
    with pytest.raises(InvalidStatus):
        served.visit(visitor).__enter__()


def test_a_page_of_another_site_cannot_connect(served):
    with pytest.raises(InvalidStatus) as refused:
        served.visit(additional_headers={"Origin": "http://evil.test"}).__enter__()
    assert refused.value.response.status_code == 403
