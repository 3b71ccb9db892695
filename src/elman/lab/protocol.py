r"""How the page and the lab talk: messages of JSON over one WebSocket, ``/socket?visitor=…``.

    page → lab   {"id": 7, "ask": "unfold.read", "with": {"text": "I love cats"}}
                 {"id": 7, "stop": true}                   it is not wanted any more
    lab → page   {"id": 7, "part": {…}}                    on the way, any number of times
                 {"id": 7, "answer": {…}}                  the end of it
                 {"id": 7, "error": {"kind": "DataError", "message": "…"}}   the other end of it
                 {"news": "models", "body": {…}}           what nobody asked for; the latest counts

What may be asked is listed in `elman.lab.asks`, a file a view. A handler is a plain function from
a `Call` to the body of the answer, run in a thread of its own; whatever `ElmanError` it raises
becomes an error with the message as it is. Numbers that are not finite become null. Half a
surrogate pair, which a text may hold that was cut within an emoji, travels as JSON's escape of it.

News comes for each topic when a visitor connects and whenever it changes: ``lab`` (awake or not),
``models``, ``trainings`` (a visitor's own).
"""

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from elman.checks import check_choice, check_range
from elman.errors import ConfigError

if TYPE_CHECKING:
    from elman.lab.laboratory import Laboratory

__all__ = ["LONGEST_TEXT", "Body", "Call", "Handler", "Stopped", "encode"]

Body = dict[str, Any]
"""What a message carries."""

LONGEST_TEXT = 100_000
"""Characters in one argument; longer texts are uploaded."""

_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, for which UTF-8 has no bytes."""


class Stopped(BaseException):
    """The visitor wants no more of it, or has left."""


@dataclass(frozen=True)
class Call:
    """One question of a visitor.

    Attributes:
        ask: its name.
        args: what came with it; read it by `text`, `number`, `flag` and `choice`.
        visitor: who asks; the same in every tab of a browser.
        lab: what may be asked about.
        send: sends a part of the answer; waits while the visitor is slow.
        is_stopped: whether the answer is still wanted.
    """

    ask: str
    args: Mapping[str, Any]
    visitor: str
    lab: "Laboratory"
    send: Callable[[Body, bool], None]
    is_stopped: Callable[[], bool]

    def part(self, body: Body, *, latest: bool = False) -> None:
        """Send a part of the answer.

        Args:
            body: what to send.
            latest: whether it replaces an earlier part that still waits to be sent.

        Raises:
            Stopped: the answer is not wanted any more.
        """
        self.check()
        self.send(body, latest)

    def check(self) -> None:
        """Raise `Stopped` if the answer is not wanted any more; long handlers ask now and then."""
        if self.is_stopped():
            raise Stopped

    def text(self, name: str, default: str | None = None, longest: int = LONGEST_TEXT) -> str:
        """A string that came with the question; raises `ConfigError` for anything else."""
        value = self.args.get(name, default)
        if not isinstance(value, str) or len(value) > longest:
            got = f"{len(value):,}" if isinstance(value, str) else repr(value)[:60]
            raise ConfigError(
                f"{self.ask}: `{name}` must be a text of at most {longest:,} characters, got {got}."
            )
        return value

    def number(self, name: str, default: float | None = None, **bounds: float) -> float:
        """A finite number within `bounds`, as of `check_range`; raises `ConfigError` otherwise."""
        value = self.args.get(name, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not math.isfinite(value)
        ):
            raise ConfigError(f"{self.ask}: `{name}` must be a number, got {value!r:.60}.")
        check_range(self.ask, name, value, **bounds)
        return value

    def whole(self, name: str, default: int | None = None, **bounds: float) -> int:
        """A whole number within `bounds`; raises `ConfigError` otherwise."""
        value = self.number(name, default, **bounds)
        if value != int(value):
            raise ConfigError(f"{self.ask}: `{name}` must be a whole number, got {value}.")
        return int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false; raises `ConfigError` for anything else."""
        value = self.args.get(name, default)
        if not isinstance(value, bool):
            raise ConfigError(f"{self.ask}: `{name}` must be true or false, got {value!r:.60}.")
        return value

    def choice(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        """One of `choices`; raises `ChoiceError` otherwise."""
        value = self.text(name, default)
        check_choice(self.ask, name, value, choices)
        return value


Handler = Callable[[Call], Body]
"""Answers a question."""


def encode(message: Body) -> str:
    r"""A message as strict JSON, which UTF-8 can say.

    >>> encode({"news": "models", "body": {"loss": float("nan")}})
    '{"news": "models", "body": {"loss": null}}'
    >>> encode({"word": "\ud83d"})
    '{"word": "\\ud83d"}'
    """
    try:
        text = _dump(message)
    except ValueError:
        message = _finite(message)
        text = _dump(message)
    return _dump(message, ensure_ascii=True) if _HALVES.search(text) else text


def _dump(message: Body, *, ensure_ascii: bool = False) -> str:
    return json.dumps(message, ensure_ascii=ensure_ascii, allow_nan=False)


def _finite(value: Any) -> Any:
    """The same with null for what is not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return value
