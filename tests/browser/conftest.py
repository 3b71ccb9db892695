"""A real browser for the tests in this folder: Debian's Chromium, driven by Playwright.

Where there is none they are skipped with the reason; where CI is set, that is a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.chromium import ARGUMENTS
from tests.browser.accessibility import SCRIPT, serious_findings

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 600_000  # no time limit: only so that a page that never answers ends the test

Open = Callable[..., Any]


def unavailable(reason: str) -> None:
    """Skip; in CI, fail: there, everything is to be shown."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} CI=true asks for it.")
    pytest.skip(reason)


@pytest.fixture(scope="module")  # an open Playwright would refuse asyncio.run to tests elsewhere
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        unavailable("No chromium on PATH; as root, `apt-get install chromium` brings it.")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("Playwright is not installed; `make test` brings it.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Open an address as a visitor would: open_page(address, dark=…, phone=…, motion=…).

    Afterwards the page must have reported no error, unless it was opened with complains=True, and
    have fetched nothing from elsewhere. Other options are those of a Playwright context.
    """
    contexts, complaints = [], []

    def open_(
        address: str | Path,
        *,
        dark: bool = False,
        phone: bool = False,
        motion: bool = False,
        complains: bool = False,
        **options: Any,
    ) -> Any:
        address = address.as_uri() if isinstance(address, Path) else address
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="no-preference" if motion else "reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        if not complains:
            page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
            page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("request", lambda asked: _watch(asked.url, address, complaints))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def accessible() -> Callable[[Any], None]:
    """Assert that axe-core has no serious finding on a page."""
    if not SCRIPT.exists():
        unavailable(f"axe-core is not at {SCRIPT.name}; `make test` brings it by npm.")

    def check(page: Any) -> None:
        assert serious_findings(page) == []

    return check


def _watch(url: str, address: str, complaints: list[str]) -> None:
    """Note what is fetched from elsewhere than the page's own place."""
    own = "file:" if address.startswith("file:") else "/".join(address.split("/", 3)[:3])
    if not url.startswith((own, "data:", "blob:", own.replace("http", "ws", 1))):
        complaints.append(f"fetched {url}")
