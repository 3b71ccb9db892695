"""Asking a handler without a server."""

from elman.lab.protocol import Call, Stopped


def ask(handlers, lab, name, /, *, patience=None, stopped=lambda: False, **args):
    """The answer, and the parts before it; stopped after `patience` parts, or when `stopped`."""
    parts = []
    call = Call(
        name,
        args,
        "ada",
        lab,
        lambda body, latest: parts.append(body),
        lambda: stopped() or (patience is not None and len(parts) >= patience),
    )
    try:
        return handlers[name](call), parts
    except Stopped:
        return None, parts
