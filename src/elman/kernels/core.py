"""The compiled core: whether it is there, which instructions it uses, and on whose threads.

The environment variable ``ELMAN_ISA`` names the instruction set to use ('baseline', 'avx2',
'avx512', 'neon'); without it the widest one that the processor has is used.
"""

import contextlib
import ctypes
import functools
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import Tensor

from elman.checks import check_choice, suggest
from elman.errors import BackendError, ChoiceError

__all__ = [
    "available",
    "check_status",
    "executor",
    "forced",
    "instruction_set",
    "instruction_sets",
    "require",
    "supports",
]

_EXECUTORS = ("serial", "pool", "torch")  # in the order of native/module.cpp
_STATUS_REASONS = {  # of elman_status in native/api.h
    2: "`scan.batch_sizes` must be positive and never increase",
    3: "there must be memory for the packed weights",
    6: "torch's thread team must run the walk, but it reported an error",
}
_NO_SUCH_SET = (4, 5)


def _load() -> tuple[Any, str]:
    """The compiled module, or None and why there is none."""
    try:
        return importlib.import_module("elman.kernels._native"), ""
    except ModuleNotFoundError:
        pass
    except ImportError as error:
        return None, f"the native core cannot be loaded: {error}"
    try:  # what CMakeLists.txt leaves behind where it could not build the module
        return None, str(importlib.import_module("elman.kernels._absent").REASON)
    except ModuleNotFoundError:
        return None, "the native core has not been built"


_core, _reason = _load()
_forced_set = ""  # none
_forced_executor: str | None = None


def available() -> tuple[bool, str]:
    """Whether the native core is there, and if not, why."""
    return _core is not None, _reason


def require(where: str) -> Any:
    """Return the compiled module, or raise `BackendError`."""
    if _core is None:
        raise BackendError(f"{where}: the native core must be installed, but {_reason}.")
    return _core


def supports(*tensors: Tensor | None) -> tuple[bool, str]:
    """Whether the native core can work on these tensors together, and if not, why.

    >>> supports(torch.zeros(2, dtype=torch.float16))
    (False, 'dtype is float16')
    """
    dtype = None
    for tensor in tensors:
        if tensor is None:
            continue
        if not tensor.is_cpu:
            return False, f"device is {tensor.device.type}"
        if tensor.layout is not torch.strided:
            return False, f"layout is {_short(tensor.layout)}"
        if tensor.dtype is not dtype:
            if tensor.dtype not in (torch.float32, torch.float64):
                return False, f"dtype is {_short(tensor.dtype)}"
            if dtype is not None:
                return False, f"dtypes are {_short(dtype)} and {_short(tensor.dtype)}"
            dtype = tensor.dtype
    return True, ""


def _short(name: object) -> str:
    return str(name).removeprefix("torch.")


def instruction_set() -> str:
    """Name of the instruction set in use.

    Raises:
        BackendError: there is no native core.
        ChoiceError: ``ELMAN_ISA`` names none that this build and processor have.
    """
    status, name = require("instruction_set").instruction_set()
    check_status("instruction_set", status)
    return str(name)


def instruction_sets() -> tuple[str, ...]:
    """Names of those that this build and processor have, narrowest first."""
    return tuple(require("instruction_sets").instruction_sets())


@contextlib.contextmanager
def forced(*, instruction_set: str | None = None, executor: str | None = None) -> Iterator[None]:
    """Within the block, every call in this process uses this instruction set and this executor.

    Args:
        instruction_set: one of `instruction_sets()`; None for what holds around the block: what
            another such block forces, or the automatic choice.
        executor: 'serial', 'pool' (the core's own threads) or 'torch' (torch's team); None for
            what holds around the block.

    Raises:
        BackendError: there is no native core.
        ChoiceError: no such set or executor here.

    >>> with forced(executor="parallel"):
    ...     pass
    Traceback (most recent call last):
    elman.errors.ChoiceError: forced: `executor` must be one of 'serial', 'pool', 'torch'; got
    'parallel'.
    """
    global _forced_set, _forced_executor
    if executor is not None:
        check_choice("forced", "executor", executor, _EXECUTORS)
    core, before = require("forced"), (_forced_set, _forced_executor)
    wanted = instruction_set or _forced_set
    if core.force_instruction_set(wanted):
        _reject_set("forced", "instruction_set", wanted)
    _forced_set, _forced_executor = wanted, executor or _forced_executor
    try:
        yield
    finally:
        _forced_set, _forced_executor = before
        core.force_instruction_set(_forced_set)


def check_status(where: str, status: int) -> None:
    """Raise what a call of the core reported, unless it went well."""
    if status in _NO_SUCH_SET:
        _reject_set(where, "ELMAN_ISA", os.environ.get("ELMAN_ISA", ""))
    if status:
        raise BackendError(f"{where}: {_STATUS_REASONS[status]}.")


def _reject_set(where: str, name: str, value: str) -> NoReturn:
    listed = ", ".join(f"'{choice}'" for choice in instruction_sets())
    raise ChoiceError(
        f"{where}: `{name}` must be an instruction set that this build and this processor have "
        f"({listed}), got '{value}'.{suggest(value, instruction_sets())}"
    )


def executor() -> tuple[int, int]:
    """Kind of executor and number of threads for one call, as native/module.cpp reads them."""
    _survive_forks()
    return _EXECUTORS.index(_forced_executor or _team()), torch.get_num_threads()


@functools.cache
def _survive_forks() -> None:
    """Give a forked child one thread, torch's as well.

    Of a team that ran before, only the caller is left there, and torch would wait for the others
    for ever.
    """
    if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
        os.register_at_fork(after_in_child=functools.partial(torch.set_num_threads, 1))


@functools.cache
def _team() -> str:
    """'torch' where torch's own team can run the walk, else 'pool'; see native/executor.cpp.

    Pieces of a walk may wait for each other, which torch's OpenMP team allows and its other
    backends do not. dlsym does not find the function: torch's library is loaded privately.
    """
    if "ATen parallel backend: OpenMP" not in torch.__config__.parallel_info():
        return "pool"
    library = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    try:
        function = ctypes.CDLL(str(library)).torch_parallel_for
    except (OSError, AttributeError):  # torch before 2.10
        return "pool"
    require("executor").use_torch_team(ctypes.cast(function, ctypes.c_void_p).value)
    return "torch"
