"""Networks, data and losses that are not Elman's: out of a Python file, or a file of arrays."""

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from elman.checks import suggest
from elman.errors import ConfigError, DataError
from elman.inspect.batches import read_named

__all__ = ["load_data", "load_model", "load_object"]

_ARRAYS = (".npy", ".npz", ".pt", ".pth")


def load_object(where: str, word: str) -> Any:
    """What MODULE.py:NAME stands for; the file is run.

    Args:
        where: the beginning of messages.
        word: the file, and a name in it, or a dotted one.

    Raises:
        ConfigError: the file is missing, fails, or lacks the name.

    >>> load_object("elman inspect", "none-such.py:model")
    Traceback (most recent call last):
    elman.errors.ConfigError: elman inspect: `none-such.py` must be a Python file, got nothing
    there.
    """
    file, _, name = word.rpartition(":")
    path = Path(file)
    if not path.is_file():
        got = "a folder" if path.is_dir() else "nothing there"
        raise ConfigError(f"{where}: `{file}` must be a Python file, got {got}.")
    found: Any = _run(where, path)
    for part in name.split("."):
        if not hasattr(found, part):
            known = [known for known in vars(found) if not known.startswith("_")]
            raise ConfigError(
                f"{where}: `{file}` must define '{part}', got none.{suggest(part, known)}"
            )
        found = getattr(found, part)
    return found


def load_model(where: str, word: str) -> torch.nn.Module:
    """The network that MODULE.py:NAME stands for, or the function of that name returns.

    Raises:
        ConfigError: the file is missing or fails, or the name stands for no network.
    """
    found = load_object(where, word)
    if callable(found) and not isinstance(found, torch.nn.Module):
        try:
            found = found()
        except Exception as error:
            raise ConfigError(
                f"{where}: `{word}` must return a model when called without arguments, got "
                f"{type(error).__name__}: {error}"
            ) from error
    if not isinstance(found, torch.nn.Module):
        raise ConfigError(
            f"{where}: `{word}` must be a torch.nn.Module, got {type(found).__name__}."
        )
    return found


def load_data(where: str, word: str) -> Any:
    """Data out of MODULE.py:NAME, or a file of arrays; no pickle is read.

    A .npz, or a dictionary in a .pt, holds inputs under 'x' and, if it has some, targets under 'y'
    (or other names of `inspect.batches.read_named`); one with a single array holds inputs.

    Raises:
        ConfigError: the Python file is missing, fails, or lacks the name.
        DataError: the file is missing, of another kind, or cannot be read.
    """
    if ".py:" in word:
        return _called(where, word)
    path = Path(word)
    if not path.is_file():
        got = "a folder" if path.is_dir() else "nothing there"
        raise DataError(f"{where}: `{word}` must be a file of arrays, got {got}.")
    if path.suffix not in _ARRAYS:
        raise DataError(
            f"{where}: `{word}` must end in {', '.join(_ARRAYS)}, or be MODULE.py:NAME; "
            f"got '{path.suffix}'."
        )
    try:
        if path.suffix in (".npy", ".npz"):
            found = np.load(path, allow_pickle=False)
        else:
            found = torch.load(path, weights_only=True, map_location="cpu")
        return read_named(where, word, found) if isinstance(found, Mapping) else found
    except (DataError, OSError):
        raise
    except Exception as error:  # whatever a damaged or hostile file makes the readers say
        said = str(error).strip().partition("\n")[0]
        raise DataError(f"{where}: `{word}` must hold plain arrays, got: {said}") from error


def _called(where: str, word: str) -> Any:
    """What a name stands for; a function is called for it."""
    found = load_object(where, word)
    is_function = callable(found) and not hasattr(found, "__iter__")
    return found() if is_function else found


def _run(where: str, path: Path) -> ModuleType:
    """The module that a file makes; its folder is on the path meanwhile, as if it were started."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{where}: `{path}` must be a Python file, got one that is none.")
    module = importlib.util.module_from_spec(spec)
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = module  # dataclasses and pickles look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigError(
            f"{where}: `{path}` must run without an error, got {type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path.remove(folder)
        if before is not None:
            sys.modules[path.stem] = before
    return module
