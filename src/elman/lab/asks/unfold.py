"""What the Unfold view asks."""

from elman.lab.protocol import Body, Call, Handler

__all__ = ["ASKS"]


def _echo(call: Call) -> Body:
    """Give a text back; for trying the socket."""
    return {"text": call.text("text")}


ASKS: dict[str, Handler] = {"unfold.echo": _echo}
