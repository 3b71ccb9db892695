import asyncio

import pytest

from elman.web.files import Files


@pytest.fixture
def files(tmp_path):
    page = tmp_path / "page"
    (page / "sub").mkdir(parents=True)
    (page / "index.html").write_text("<p>cats</p>")
    (page / "sub" / "a.js").write_text("export {};")
    (page / "secret.py").write_text("token = 1")
    (tmp_path / "outside.html").write_text("no")
    (page / "link.html").symlink_to(tmp_path / "outside.html")
    return Files.of({"/": page})


def get(files, path, method="GET", headers=()):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": list(headers)}
    if not files.holds(scope):
        return None
    asyncio.run(files(scope, None, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


def test_files_come_with_their_types(files):
    status, headers, body = get(files, "/sub/a.js")
    assert (status, body) == (200, b"export {};")
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert get(files, "/")[2] == b"<p>cats</p>"


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.html",
        "/sub/../index.html",
        "//index.html",
        "/secret.py",
        "/link.html",
        "/sub/",
        "/%2e%2e/outside.html",
        "/index.html\0",
    ],
)
def test_nothing_else_is_served(files, path):
    assert get(files, path) is None


def test_head_gives_the_length_alone(files):
    status, headers, body = get(files, "/index.html", "HEAD")
    assert (status, headers["content-length"], body) == (200, "11", b"")


def test_a_known_file_is_not_sent_again(files):
    tag = get(files, "/index.html")[1]["etag"]
    assert get(files, "/index.html", headers=[(b"if-none-match", tag.encode())])[0] == 304


def test_files_are_only_read(files):
    status, headers, _ = get(files, "/index.html", "POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")
