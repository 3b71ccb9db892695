import json
import math
from dataclasses import dataclass

import torch

from elman.inspect.results import as_html, plain
from elman.inspect.tables import Column, Table


@dataclass(frozen=True)
class Inner:
    name: str
    values: torch.Tensor


@dataclass(frozen=True)
class Outer:
    layers: tuple[Inner, ...]
    by_name: dict[str, float]
    secret: object


def test_everything_becomes_plain_and_what_is_not_finite_none() -> None:
    layers = (Inner("l0", torch.tensor([1.0, math.nan])), Inner("l1", torch.tensor([[2, 3]])))
    found = plain("outer", Outer(layers, {"a": math.inf, "b": 0.5}, object()), without=("secret",))
    assert json.loads(json.dumps(found, allow_nan=False)) == {
        "kind": "outer",
        "layers": [{"name": "l0", "values": [1.0, None]}, {"name": "l1", "values": [[2, 3]]}],
        "by_name": {"a": None, "b": 0.5},
    }
    assert next(iter(found)) == "kind"


def test_figures_stand_above_the_table() -> None:
    shown = as_html(Table("t", (Column("a"),), ((1,),)), "<svg>1</svg>", "<svg>2</svg>")
    assert shown.startswith("<svg>1</svg><svg>2</svg><table>")
