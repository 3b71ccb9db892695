"""Random numbers and threads: torch's own are borrowed and given back as they were.

Torch's generator is everyone's: of several threads one at a time seeds it, draws, gives it back.
"""

import contextlib
import threading
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from elman.checks import check_range
from elman.errors import CheckpointError
from elman.fields import MOST_THREADS

__all__ = ["borrowed_torch", "fork_randomness", "random_states", "set_random_states"]

_ONE_AT_A_TIME = threading.RLock()


@contextlib.contextmanager
def borrowed_torch(seed: int, threads: int = 0) -> Iterator[None]:
    """Seed torch's generators and set its threads; on leaving, both are as they were.

    Args:
        seed: for the generators of the processor and of CUDA devices in use.
        threads: processor threads; 0 leaves torch's own choice.

    Raises:
        ConfigError: more threads than a process survives.

    >>> before = torch.initial_seed()
    >>> with borrowed_torch(seed=7):
    ...     torch.initial_seed()
    7
    >>> torch.initial_seed() == before
    True
    """
    check_range("borrowed_torch", "threads", threads, at_least=0, at_most=MOST_THREADS)
    threads_before = torch.get_num_threads()
    with _ONE_AT_A_TIME:
        states_before = random_states()
        _seed(seed)
    if threads:
        torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads_before)
        with _ONE_AT_A_TIME:
            set_random_states(states_before, "borrowed_torch")


@contextlib.contextmanager
def fork_randomness(seed: int) -> Iterator[None]:
    """Seed torch's generators; on leaving, they go on as if nothing had happened.

    Another thread that comes meanwhile waits, so hold it for as long as is drawn and no longer.

    >>> with fork_randomness(3):
    ...     first = torch.rand(1)
    >>> with fork_randomness(3):
    ...     bool(first == torch.rand(1))
    True
    """
    with _ONE_AT_A_TIME, torch.random.fork_rng(devices=_cuda_devices()):
        _seed(seed)
        yield


def random_states() -> dict[str, Tensor]:
    """The state of torch's generator on each device, as 'cpu' or 'cuda:0' → bytes."""
    states = {"cpu": torch.get_rng_state()}
    for device in _cuda_devices():
        states[f"cuda:{device}"] = torch.cuda.get_rng_state(device)
    return states


def set_random_states(states: Mapping[str, Tensor], where: str) -> None:
    """Set torch's generators to what `random_states` gave.

    Devices that this machine does not have are left out.

    Raises:
        CheckpointError: the processor's state is missing, or a state is not one.
    """
    if "cpu" not in states:
        raise CheckpointError(f"{where}: it must hold the tensor `random/cpu`, which is missing.")
    try:
        torch.set_rng_state(states["cpu"])
        for device in _cuda_devices():
            if f"cuda:{device}" in states:
                torch.cuda.set_rng_state(states[f"cuda:{device}"], device)
    except (RuntimeError, TypeError) as error:
        raise CheckpointError(
            f"{where}: `random` must hold states of torch's generators, got: {error}"
        ) from error


def _seed(seed: int) -> None:
    """Seed the generators of the processor and of CUDA devices in use."""
    torch.default_generator.manual_seed(seed)
    if _cuda_devices():
        torch.cuda.manual_seed_all(seed)


def _cuda_devices() -> range:
    """The CUDA devices, if this process uses any: asking must not start the driver."""
    used = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return range(torch.cuda.device_count() if used else 0)
