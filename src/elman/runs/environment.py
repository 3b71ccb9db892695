"""What the last bits of a run depend on besides its options: versions, processor, threads."""

import platform
from dataclasses import asdict, dataclass, fields
from typing import Any

from elman.errors import CheckpointError
from elman.version import VERSION

__all__ = ["Environment"]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Versions, instruction sets, threads and device; an empty or zero one was not recorded.

    Attributes:
        elman, python, torch: versions.
        machine: kind of processor, as ``x86_64``.
        instruction_set: what the native recurrence runs on, or why it does not run.
        torch_instruction_set: what torch's own kernels run on.
        threads: processor threads that torch uses.
        device: where the network stood.
    """

    elman: str = ""
    python: str = ""
    torch: str = ""
    machine: str = ""
    instruction_set: str = ""
    torch_instruction_set: str = ""
    threads: int = 0
    device: str = ""

    @classmethod
    def now(cls, device: str = "cpu") -> "Environment":
        """What is true in this process at this moment."""
        import torch

        from elman.kernels import native

        there, reason = native.available()
        return cls(
            elman=VERSION,
            python=platform.python_version(),
            torch=str(torch.__version__),
            machine=platform.machine(),
            instruction_set=native.instruction_set() if there else f"none: {reason}",
            torch_instruction_set=torch.backends.cpu.get_cpu_capability(),
            threads=torch.get_num_threads(),
            device=device,
        )

    def to_json(self) -> dict[str, str | int]:
        """Name to value."""
        return asdict(self)

    @classmethod
    def from_json(cls, where: str, found: Any) -> "Environment":
        """Read it back; names that this version does not know are left out.

        Raises:
            CheckpointError: it is not an object, or a value has the wrong type.
        """
        if not isinstance(found, dict):
            raise CheckpointError(
                f"{where}: `environment` must be a JSON object, got {found!r:.60}."
            )
        known: dict[str, Any] = {}
        for each in fields(cls):
            value = found.get(each.name, each.default)
            if type(value) is not type(each.default):
                raise CheckpointError(
                    f"{where}: `environment.{each.name}` must be like {each.default!r}, "
                    f"got {value!r:.60}."
                )
            known[each.name] = value
        return cls(**known)

    def differences(self, then: "Environment") -> list[str]:
        """What differs from `then` and was recorded on both sides, ready to be shown."""
        now, before = asdict(self), asdict(then)
        return [
            f"{name} was {before[name]}, is {now[name]}"
            for name in now
            if before[name] and now[name] and before[name] != now[name]
        ]
