import contextlib
import http.client
import json

import pytest

from elman.data.datasets.elman_sentences import generate
from elman.lab.asks.train import OPTIONS

TEXT = "\n".join(generate(300, seed=3)).encode()
SMALL = {**OPTIONS, "hidden_size": 8, "epochs": 1, "cell": "elman"}


def post(served, body, **headers):
    """Status and content of the answer to a text that is sent."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", served.port)) as talk:
        talk.request("POST", "/texts", body, headers)
        answer = talk.getresponse()
        return answer.status, answer.read().decode()


def test_a_text_is_sent_learned_watched_and_kept(served, tmp_path):
    with served.visit() as visitor:
        visitor.ask("train.limits")
        status, sent = post(served, TEXT)
        sent = json.loads(sent)
        assert (status, sent["bytes"]) == (200, len(TEXT))
        begun = visitor.ask("train.begin", text=sent["text"], name="cats", options=SMALL)
        watching = visitor.begin("train.watch", id=begun["id"])
        while not (visitor.parts and visitor.parts[-1]["state"] == "finished"):
            message = visitor.hear()
            if "part" in message:
                visitor.parts.append(message["part"])
        visitor.say({"id": watching, "stop": True})
        assert visitor.end(watching) == ("answer", {"stopped": True})
        assert visitor.parts[0]["first"]
        steps = [step for part in visitor.parts for step, *_ in part["points"]]
        assert steps == sorted(set(steps))
        assert steps
        assert visitor.parts[-1]["validations"][0][1] > 1
        kept = visitor.ask("train.keep", id=begun["id"], name="cats")
        assert kept["place"] == str(tmp_path / "runs" / "cats")
        visitor.wait_news("own models", lambda body: body["models"][0]["name"] == "cats")
        visitor.ask("train.discard", id=begun["id"])
    with served.visit("0" * 31 + "2") as stranger:
        assert (
            "must be one of your trainings"
            in stranger.fail("train.pause", id=begun["id"])["message"]
        )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"options": {"cell": "ltsm"}}, "Did you mean 'lstm'?"),
        ({"options": {"hidden_size": 5000}}, "`hidden_size` must be at most 1,024 here"),
        ({"options": {"hidden_size": "many"}}, "`hidden_size` must be a whole number"),
        ({"options": {"device": "cuda"}}, "`options` must be those of the page, got 'device'"),
        ({"options": []}, "`options` must be an object"),
        ({"name": "../cats"}, "`name` must be 1 to 64 letters"),
        ({"text": "../../etc/passwd"}, "must have been sent"),
    ],
)
def test_what_cannot_be_learned_is_refused(served, change, why):
    with served.visit() as visitor:
        asked = {"text": "0" * 32, "name": "cats", "options": SMALL, **change}
        assert why in visitor.fail("train.begin", **asked)["message"]


def test_texts_that_cannot_be_used_are_refused_by_name(served):
    with served.visit() as visitor:
        visitor.ask("train.limits")
        assert "got nothing" in post(served, b"")[1]
        status, said = post(served, b"caf\xe9")
        assert (status, "must be UTF-8" in said) == (400, True)
        assert post(served, b"x", Origin="http://evil.test")[0] == 403
