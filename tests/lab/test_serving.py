import os
import signal
import urllib.request

import pytest
from tests.lab.conftest import Served, start

from elman.web.address import LOOPBACK, listen


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.headers, answer.read().decode()


def test_the_page_and_its_modules_are_served_while_the_lab_wakes(served):
    status, headers, body = get(served.url)
    assert status == 200
    assert "Elman" in body
    assert "script-src 'self'" in headers["content-security-policy"]
    assert get(f"{served.url}/views.js")[1]["content-type"].startswith("text/javascript")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_the_lab_in_good_order(tmp_path):
    lab = start(tmp_path, "--port", "0")
    address = lab.stdout.readline().removeprefix("Elman lab: ").strip()
    assert get(address)[0] == 200
    lab.send_signal(signal.SIGINT)
    said, errors = lab.communicate()
    assert (lab.returncode, errors) == (0, "")
    assert said.endswith("elman lab: stopped.\n")


def test_a_busy_port_is_said_with_code_1(tmp_path):
    with listen("test", LOOPBACK, 0, first=1) as taken:
        port = str(taken.getsockname()[1])
        lab = start(tmp_path, "--port", port)
        _, errors = lab.communicate()
    assert lab.returncode == 1
    assert f"elman lab: `--port` must be free, got {port}" in errors


@pytest.mark.parametrize("words", [["nothing-here"], ["--host", "no.such.host.invalid"]])
def test_what_cannot_be_shown_is_said_with_code_1(tmp_path, words):
    lab = start(tmp_path, *words)
    _, errors = lab.communicate()
    assert lab.returncode == 1
    assert words[-1] in errors


def test_other_machines_need_a_token(tmp_path):
    lab = start(tmp_path, "--port", "0", "--host", "0.0.0.0")
    try:
        address = lab.stdout.readline().split()[-1]
        port, token = address.rpartition(":")[2].split("/?token=")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(f"http://127.0.0.1:{port}/")
        assert get(f"http://127.0.0.1:{port}/", Authorization=f"Bearer {token}")[0] == 200
    finally:
        lab.terminate()
        lab.communicate()


def test_a_run_that_cannot_be_read_is_said_on_the_page(tmp_path):
    run = tmp_path / "broken"
    run.mkdir()
    (run / "config.json").write_text("{")
    lab = Served(run, tmp_path / "runs")
    try:
        with lab.visit() as visitor:
            told = visitor.wait_news("lab", lambda body: body["failed"])
            assert "broken/config.json" in told["text"]
            assert "broken/config.json" in visitor.fail("unfold.prefer", model="run")["message"]
        assert get(lab.url)[0] == 200  # it stays, so that whoever opens the page later reads it too
    finally:
        lab.close()
