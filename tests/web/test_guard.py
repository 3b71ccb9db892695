import asyncio
import socket

import pytest

from elman.web.asgi import reply
from elman.web.guard import POLICY, Guard, Guarded, guard_for

OPEN = Guard(8990, frozenset({"localhost", "127.0.0.1", "::1"}))
CLOSED = Guard(8990, frozenset({"box"}), any_address=True, token="right")


async def _page(scope, receive, send):
    await reply(send, 200, scope["path"].encode(), "text/plain")


def ask(guard, path="/", query=b"", kind="http", **headers):
    """What a guarded page answers: status or close code, headers, body."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    pairs = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": kind, "path": path, "query_string": query, "headers": pairs, "method": "GET"}
    asyncio.run(Guarded(_page, guard)(scope, receive, send))
    if sent[0]["type"] == "websocket.close":
        return sent[0]["code"], {}, b""
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


@pytest.mark.parametrize("host", ["localhost:8990", "127.0.0.1", "[::1]:9000", "LOCALHOST."])
def test_names_of_loopback_pass(host):
    assert ask(OPEN, host=host)[0] == 200


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "", "[evil", "192.0.2.7"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_rebound_name_is_refused(host, kind):
    assert ask(OPEN, kind=kind, host=host)[0] == (403 if kind == "http" else 1008)


def test_no_host_and_two_hosts_are_refused():
    assert ask(OPEN)[0] == 403
    twice = {"type": "http", "headers": [(b"host", b"localhost")] * 2}
    assert OPEN.objection(twice) is not None


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://localhost:9999", "http://localhost.evil.test"]
)
def test_foreign_origins_are_refused(kind, origin):
    status, *_ = ask(OPEN, kind=kind, host="localhost:8990", origin=origin)
    assert status == (403 if kind == "http" else 1008)


def test_the_own_origin_passes():
    assert ask(OPEN, host="localhost:8990", origin="http://localhost:8990")[0] == 200


def test_other_sites_may_link_here_but_load_nothing():
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    script = {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors"}
    assert ask(OPEN, host="localhost", **link)[0] == 200
    assert ask(OPEN, host="localhost", **script)[0] == 403


def test_the_token_opens_and_leaves_the_address():
    status, headers, _ = ask(CLOSED, "/a b", b"token=right&x=1", host="box:8990")
    assert status == 303
    assert headers["location"] == "/a%20b?x=1"
    assert headers["set-cookie"].startswith("elman_token_8990=right;")
    assert "HttpOnly" in headers["set-cookie"]
    assert ask(CLOSED, host="box:8990", cookie="a=b; elman_token_8990=right")[0] == 200
    assert ask(CLOSED, host="192.0.2.1", authorization="Bearer right")[0] == 200


def test_a_redirect_stays_on_this_host():
    assert ask(CLOSED, "//evil.test", b"token=right", host="box")[1]["location"] == "/evil.test"


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_without_the_token_nothing_passes(kind):
    refused = 401 if kind == "http" else 1008
    assert ask(CLOSED, kind=kind, host="box")[0] == refused
    assert ask(CLOSED, kind=kind, query=b"token=wrong", host="box")[0] == refused
    assert ask(CLOSED, kind=kind, host="box", cookie="elman_token_8991=right")[0] == refused
    assert ask(CLOSED, kind=kind, host="box", authorization="Basic right")[0] == refused


def test_every_answer_carries_the_policy():
    for headers in (ask(OPEN, host="localhost")[1], ask(OPEN, host="evil.test")[1]):
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY


def test_loopback_needs_no_token_and_all_else_does():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        assert guard_for(listener, "localhost").token is None
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        guard = guard_for(listener, "0.0.0.0")
        assert len(guard.token) >= 32
        assert guard.knows_host("192.0.2.1:80")
        assert guard.knows_host(socket.gethostname())
        assert not guard.knows_host("evil.test")
