"""What is told while something runs: records, and those who are told. Imports no torch."""

from collections.abc import Callable
from typing import Any

__all__ = ["Observer", "Record"]

Record = dict[str, Any]
"""One line of a history: plain numbers and strings under the field's standard names."""

Observer = Callable[[Record], None]
"""What is told of every record while training runs."""
