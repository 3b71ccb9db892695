"""Reading a sequence as it comes: a stream keeps the memory between one piece and the next."""

from elman.streaming.stream import Stream

__all__ = ["Stream"]
