"""A real server on a loopback socket, and a visitor who talks to it."""

import json
import subprocess
import sys
import threading

import pytest
from websockets.sync.client import connect

from elman.lab import starters
from elman.lab.laboratory import Laboratory
from elman.lab.serving import lab_app
from elman.web.address import LOOPBACK, listen
from elman.web.guard import guard_for
from elman.web.serving import Server

VISITOR = "0" * 31 + "1"


def start(folder, *words):
    """A lab in a process of its own, as people start it."""
    command = [sys.executable, "-m", "elman", "lab", "--no-browser", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True)


class Served:
    """A lab that answers on a loopback port; asleep until `wake`, if that is wanted.

    Its starters have few sentences to learn from, since they learn beside whatever a test does.
    """

    def __init__(self, run, runs, *, asleep=False, sentences=1_000):
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(starters, "SENTENCES", sentences)
        self.listener = listen("test", LOOPBACK, 0, first=1)
        self.port = self.listener.getsockname()[1]
        self.lab = Laboratory(run, runs)
        self._risen = threading.Event()
        if asleep:
            waking = self.lab.wake
            self.lab.wake = lambda: self._risen.wait() and waking()
        self._opened = threading.Event()
        guard = guard_for(self.listener, LOOPBACK)
        self.server = Server(lab_app(self.lab, guard, self._opened.set), self.listener)
        self._thread = threading.Thread(target=self.server.run)
        self._thread.start()
        assert self._opened.wait(600)

    def wake(self):
        self._risen.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def visit(self, visitor=VISITOR, **options):
        return visit(self.url, visitor, **options)

    def close(self):
        self.wake()
        self.server.stop()
        self._thread.join()
        self.listener.close()
        self._patch.undo()


def visit(url, visitor=VISITOR, **options):
    """A visitor of the lab at `url`."""
    address = f"{url.replace('http', 'ws', 1)}/socket?visitor={visitor}"
    return Visitor(connect(address, **options))


class Visitor:
    """Asks and hears, as the page does."""

    def __init__(self, connecting):
        self._connecting = connecting
        self.news, self.parts, self._number = {}, [], 0

    def say(self, message):
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self, timeout=600):
        message = json.loads(self.socket.recv(timeout))
        if "news" in message:
            self.news[message["news"]] = message["body"]
        return message

    def begin(self, ask, **args):
        self._number += 1
        self.say({"id": self._number, "ask": ask, "with": args})
        return self._number

    def end(self, number):
        """The end of what was asked under `number`: ("answer" or "error", body)."""
        while True:
            message = self.hear()
            if message.get("id") != number or "news" in message:
                continue
            if "part" in message:
                self.parts.append(message["part"])
            else:
                return (
                    ("answer", message["answer"])
                    if "answer" in message
                    else ("error", message["error"])
                )

    def ask(self, ask, **args):
        kind, body = self.end(self.begin(ask, **args))
        assert kind == "answer", body
        return body

    def fail(self, ask, **args):
        kind, body = self.end(self.begin(ask, **args))
        assert kind == "error", body
        return body

    def wait_news(self, topic, holds):
        """Hear on until the latest news of `topic` fulfils `holds`."""
        while topic not in self.news or not holds(self.news[topic]):
            self.hear()
        return self.news[topic]

    def __enter__(self):
        self.socket = self._connecting.__enter__()
        return self

    def __exit__(self, *error):
        self._connecting.__exit__(*error)


@pytest.fixture
def served(tmp_path):
    """A lab without a run."""
    lab = Served(None, tmp_path / "runs")
    yield lab
    lab.close()
