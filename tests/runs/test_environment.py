import torch

from elman.runs.environment import Environment
from elman.version import VERSION


def test_it_says_what_is_true_now() -> None:
    torch.set_num_threads(2)
    now = Environment.now("cpu")
    assert (now.elman, now.torch, now.threads, now.device) == (VERSION, torch.__version__, 2, "cpu")
    assert now.instruction_set
    assert Environment.from_json("here", now.to_json()) == now


def test_names_of_later_versions_are_left_out() -> None:
    assert Environment.from_json("here", {"threads": 2, "moon": "full"}) == Environment(threads=2)


def test_only_what_was_recorded_can_differ() -> None:
    then = Environment(torch="2.12.0", threads=2)
    now = Environment(torch="2.13.0", threads=2, machine="x86_64")
    assert now.differences(then) == ["torch was 2.12.0, is 2.13.0"]
