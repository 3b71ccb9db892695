"""What a run folder may hold, file by file; docs/runs.md is the specification."""

__all__ = [
    "BASELINE",
    "CODEC",
    "CONFIG",
    "FILES",
    "FOLDERS",
    "FORMAT",
    "HISTORY",
    "LEARNED",
    "LOCK",
    "MODEL",
    "PROBE",
    "PROGRAM",
    "RESUME",
    "SCORES",
    "TOKENIZER",
    "VECTORS",
    "is_temporary",
    "temporary_name",
]

PROGRAM = "elman"
FORMAT = 1

CONFIG = "config.json"
MODEL = "model.safetensors"
TOKENIZER = "tokenizer.json"
CODEC = "codec.json"
VECTORS = "vectors.safetensors"
BASELINE = "baseline"
RESUME = "resume.safetensors"
HISTORY = "history.jsonl"
SCORES = "scores.json"
PROBE = "probe.safetensors"
LOCK = ".lock"

FILES = (CONFIG, MODEL, TOKENIZER, CODEC, VECTORS, RESUME, HISTORY, SCORES, PROBE, LOCK)
FOLDERS = (BASELINE,)
LEARNED = (MODEL, RESUME, SCORES, PROBE)
"""Without any of these nothing was learned in a run yet."""


def temporary_name(name: str) -> str:
    """The name under which `name` is written before it is renamed into place."""
    return f".{name}.part"


def is_temporary(name: str) -> bool:
    """Whether a killed process may have left `name` behind while it wrote one of our files."""
    return name in {temporary_name(known) for known in (*FILES, *FOLDERS)}
