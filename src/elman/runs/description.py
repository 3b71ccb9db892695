"""What a run is: its task, options, command, data and machine, as written to config.json."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from elman.checks import suggest
from elman.errors import CheckpointError, ElmanError
from elman.runs.environment import Environment
from elman.runs.names import FORMAT, PROGRAM
from elman.version import VERSION

__all__ = ["ADDED_OPTIONS", "Description"]

ADDED_OPTIONS: Mapping[str, Any] = {
    "checkpoint_steps": 0,
    "word_dropout": 0.0,
    "shift": 0.0,
    "label_smoothing": 0.0,
    "pool_input": False,
    "vector_words": 0,
    "members": 1,
}
"""Options that format 1 did not have from the first, and what a run without them was made with."""

Config = TypeVar("Config")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a run is; `config.json` as an object.

    Attributes:
        task: name of the task, as in ``elman train TASK``.
        config: the options, flat: name to number, string or truth value.
        command: the command line or call that began the run, for people to read.
        data: SHA-256 of what the run reads, by role: ``{"train": "9f2c…", "validation": "…"}``.
        version: the Elman that wrote to it last; that which began it is in `environment`.
        environment: what else the last bits of the weights depend on.
    """

    task: str
    config: Mapping[str, Any]
    command: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    version: str = VERSION
    environment: Environment = field(default_factory=Environment)

    @classmethod
    def of(cls, task: str, config: Any, **others: Any) -> "Description":
        """Describe a run from its Config dataclass; `others` are attributes of this class."""
        return cls(task=task, config=dataclasses.asdict(config), **others)

    def to_json(self) -> dict[str, Any]:
        """The content of `config.json`."""
        return {
            "program": PROGRAM,
            "format": FORMAT,
            "task": self.task,
            "config": dict(self.config),
            "command": self.command,
            "version": self.version,
            "data": dict(self.data),
            "environment": self.environment.to_json(),
        }

    @classmethod
    def from_json(cls, where: str, found: Any) -> "Description":
        """Check what `config.json` holds, which may be damaged, hostile or someone else's.

        Args:
            where: the path of the file, for messages.
            found: its parsed content.

        Raises:
            CheckpointError: it is not Elman's, of a later format, or has parts of a wrong type.
        """
        if not isinstance(found, dict) or found.get("program") != PROGRAM:
            raise CheckpointError(
                f'{where}: `program` must be "{PROGRAM}", which marks a run of Elman; '
                "this folder was written by something else."
            )
        _check_format(where, found)
        kinds = {"task": str, "config": dict, "command": str, "version": str, "data": dict}
        for name, kind in kinds.items():
            _check_kind(where, name, found.get(name), kind)
        for role, digest in found["data"].items():
            _check_kind(where, f"data.{role}", digest, str)
        return cls(
            task=found["task"],
            config=found["config"],
            command=found["command"],
            data=found["data"],
            version=found["version"],
            environment=Environment.from_json(where, found.get("environment")),
        )

    def config_as(self, kind: type[Config], where: str) -> Config:
        """Rebuild the Config dataclass `kind`, trusting nothing.

        Raises:
            CheckpointError: an option is unknown, missing, of a wrong type or out of its range.
        """
        if not dataclasses.is_dataclass(kind):
            raise TypeError(f"config_as: `kind` must be a dataclass, got {kind!r}.")
        defaults = {f.name: f.default for f in dataclasses.fields(kind)}
        for name, value in self.config.items():
            if name not in defaults:
                raise CheckpointError(
                    f"{where}: `config` must hold options of {kind.__name__}, got '{name}'."
                    f"{suggest(name, list(defaults))}"
                )
            _check_kind(where, f"config.{name}", value, type(defaults[name]))
        added = {name: value for name, value in ADDED_OPTIONS.items() if name in defaults}
        config = {**added, **self.config}
        missing = [name for name in defaults if name not in config]
        if missing:
            raise CheckpointError(f"{where}: `config` must say '{missing[0]}', which is missing.")
        try:
            return kind(**config)
        except (ElmanError, TypeError, OverflowError) as error:
            raise CheckpointError(f"{where}: `config` cannot be used. {error}") from error


def _check_format(where: str, found: Mapping[str, Any]) -> None:
    """Raise `CheckpointError` unless this Elman can read the format."""
    written = found.get("format")
    if written == FORMAT and type(written) is int:
        return
    if type(written) is int and written > FORMAT:
        raise CheckpointError(
            f"{where}: `format` must be {FORMAT}, got {written}: the run was written by Elman "
            f"{found.get('version', '(version not stated)')!s:.40}, this is {VERSION}. "
            "Read it with that version or a later one."
        )
    raise CheckpointError(f"{where}: `format` must be {FORMAT}, got {written!r:.60}.")


def _check_kind(where: str, name: str, value: Any, kind: type) -> None:
    """Raise `CheckpointError` unless `value` is a `kind`; whole numbers pass for float."""
    if type(value) is kind or (kind is float and type(value) is int):
        return
    raise CheckpointError(
        f"{where}: `{name}` must be a {_SAID.get(kind, kind.__name__)}, got {value!r:.60}."
    )


_SAID = {
    str: "string",
    int: "whole number",
    float: "number",
    bool: "true or false",
    dict: "JSON object",
    list: "JSON list",
}
