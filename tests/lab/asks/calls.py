"""Asking a handler without a server."""

from elman.lab.protocol import Call, Stopped


def ask(handlers, lab, name, /, *, patience=None, **args):
    """The answer, and the parts before it; a visitor with patience stops after so many parts."""
    parts = []
    call = Call(
        name,
        args,
        "ada",
        lab,
        lambda body, latest: parts.append(body),
        lambda: patience is not None and len(parts) >= patience,
    )
    try:
        return handlers[name](call), parts
    except Stopped:
        return None, parts
