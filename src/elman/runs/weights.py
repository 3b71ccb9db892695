"""From a network to named tensors and back; what is tied is stored once."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from elman.errors import CheckpointError
from elman.nn.sketching import sketching
from elman.runs.folder import Run
from elman.runs.names import CONFIG, MODEL
from elman.runs.tensors import read_shapes

__all__ = [
    "build_to_fit",
    "check_numbers",
    "load_model",
    "load_weights",
    "save_model",
    "weights_of",
]

Network = TypeVar("Network", bound=nn.Module)


def save_model(run: Run, module: nn.Module) -> None:
    """Write the weights of `module` to the run's model.safetensors.

    Raises:
        CheckpointError: they cannot be written; the file is as before.
    """
    run.write_tensors(MODEL, weights_of(module))


def load_model(run: Run, build: Callable[[], Network]) -> Network:
    """Build a network and give it the weights of the run's model.safetensors.

    Args:
        run: the run.
        build: makes the network that the run's config describes.

    Raises:
        CheckpointError: the file is missing or damaged, or does not fit the network.
    """
    where = str(run.path / MODEL)
    shapes = read_shapes(run.path, MODEL)
    layers = run.description.config.get("layers", 1)
    if isinstance(layers, int) and layers > len(shapes):  # to build so many would take for ever
        raise CheckpointError(
            f"{run.path / CONFIG}: `config.layers` must be at most {len(shapes)}, the number of "
            f"tensors in {MODEL}, got {layers}."
        )
    module = build_to_fit(build, shapes, where)
    load_weights(module, run.read_tensors(MODEL)[0], where)
    return module


def weights_of(module: nn.Module) -> dict[str, Tensor]:
    """The parameters and lasting buffers of `module` by name, detached and not copied.

    A tensor that stands under several names (tied weights) is listed under the first.
    """
    return {names[0]: tensor for names, tensor in _distinct(module)}


def load_weights(module: nn.Module, tensors: Mapping[str, Tensor], where: str) -> None:
    """Copy `tensors`, as `weights_of` lists them, into `module`.

    Args:
        module: the network; unchanged unless all fits.
        tensors: name to tensor.
        where: the file they came from, for messages.

    Raises:
        CheckpointError: names, shapes or types differ, or a value is not finite.
    """
    mine = weights_of(module)
    _check_shapes(mine, {name: tuple(tensor.shape) for name, tensor in tensors.items()}, where)
    for name, tensor in tensors.items():
        if tensor.dtype != mine[name].dtype:
            raise CheckpointError(
                f"{where}: `{name}` must have type {mine[name].dtype}, got {tensor.dtype}."
            )
        check_numbers(name, tensor, where)
    with torch.no_grad():
        for name, tensor in tensors.items():
            mine[name].copy_(tensor)


def check_numbers(name: str, tensor: Tensor, where: str) -> None:
    """Raise `CheckpointError` if a tensor of the file `where` holds NaN or infinity."""
    if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
        raise CheckpointError(
            f"{where}: `{name}` must hold finite numbers, got NaN or infinity. "
            "The file is damaged; restore it from a copy or train anew."
        )


def build_to_fit(
    build: Callable[[], Network], shapes: Mapping[str, tuple[int, ...]], where: str
) -> Network:
    """Build a network once it is known that its tensors have `shapes`, as a file claims.

    The first building takes no memory, so absurd sizes in a hostile `config.json` end in a message.
    Leaves torch's random generator as it was.

    Args:
        build: makes the network.
        shapes: name to shape, from `read_shapes`.
        where: the file, for messages.

    Raises:
        CheckpointError: names or shapes differ, or the network cannot be built at all.
    """
    with torch.random.fork_rng(devices=[]):
        try:
            with sketching():
                sketch = build()
        except (RuntimeError, ValueError, TypeError, OverflowError, MemoryError) as error:
            reason = str(error).partition("\n")[0]  # torch appends its call stack
            raise CheckpointError(
                f"{where}: the network that its config describes cannot be built: {reason}"
            ) from error
        _check_shapes(weights_of(sketch), shapes, where)
        return build()


def _distinct(module: nn.Module) -> list[tuple[list[str], Tensor]]:
    """Each lasting tensor of `module` with all the names it stands under."""
    found: dict[int, tuple[list[str], Tensor]] = {}
    for name, tensor in module.state_dict(keep_vars=True).items():
        found.setdefault(id(tensor), ([], tensor.detach()))[0].append(name)
    return list(found.values())


def _check_shapes(
    mine: Mapping[str, Tensor], found: Mapping[str, tuple[int, ...]], where: str
) -> None:
    """Raise `CheckpointError` unless names and shapes are those of the network."""
    for name in mine.keys() - found.keys():
        raise CheckpointError(f"{where}: it must hold the tensor `{name}`, which is missing.")
    for name in found.keys() - mine.keys():
        raise CheckpointError(f"{where}: the network has no `{name}`, which the file holds.")
    for name, tensor in mine.items():
        if tuple(tensor.shape) != found[name]:
            raise CheckpointError(
                f"{where}: `{name}` must have shape {tuple(tensor.shape)}, got {found[name]}."
            )
