"""The run folder: format, reading, writing, resuming. Its specification is docs/runs.md."""

from elman.runs.description import Description
from elman.runs.finding import latest
from elman.runs.folder import Run

__all__ = ["Description", "Run", "latest"]
