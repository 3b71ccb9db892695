"""The closed list of uses in which our layers stand in for torch's, one by one."""

from typing import Any

import pytest
import torch
from tests.nn.pairs import (
    BUILT,
    KINDS,
    NATIVE,
    WHY_NOT_BUILT,
    assert_same,
    make_pair,
    make_state,
    on_torch,
)
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

import elman.nn

B, T, I, H = 3, 6, 4, 5


def _input(*shape: int) -> torch.Tensor:
    return torch.randn(shape or (T, B, I), dtype=torch.float64)


# Construction and state


@pytest.mark.parametrize("kind", KINDS)
def test_is_torch_s_class_and_holds_what_torch_s_holds(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True, dropout=0.5)
    assert isinstance(ours, type(theirs))
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    assert repr(ours) == repr(theirs)
    assert ours.extra_repr() == theirs.extra_repr()
    assert len(ours.all_weights) == 4
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    theirs.load_state_dict(ours.state_dict())
    ours.load_state_dict(theirs.state_dict())


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_draws_the_same_weights_from_the_same_seed(name: str) -> None:
    drawn = []
    for module in (elman.nn, torch.nn):
        torch.manual_seed(7)
        drawn.append(getattr(module, name)(I, H, 2))
    for mine, other in zip(*(layer.parameters() for layer in drawn), strict=True):
        assert torch.equal(mine, other)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), {}),
        ((I, H), {"dropout": 1.5}),
        ((I, H), {"dropout": True}),
        ((I, 0), {}),
        ((0, H), {}),
        ((I, 5.0), {}),
        ((I, H, 0), {}),
        ((I, H), {"batch_first": 1}),
        ((I, H), {"bias": "yes"}),
        ((I, H), {"proj_size": 9}),
        ((I, H), {"nonlinearity": "sigmoid"}),
        ((I, H), {"colour": 3}),
        ((I, H), {"dropout": 0.5}),
    ],
)
def test_refuses_and_warns_at_construction_as_torch_does(
    name: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    def outcome(module: Any) -> tuple[type, str]:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            getattr(module, name)(*arguments, **options)
        return type(caught.value), str(caught.value)

    assert outcome(elman.nn) == outcome(torch.nn)


def test_takes_every_argument_by_position() -> None:
    ours = elman.nn.RNN(I, H, 2, "relu", False, True, 0.25, True)
    theirs = torch.nn.RNN(I, H, 2, "relu", False, True, 0.25, True)
    assert repr(ours) == repr(theirs)
    assert ours.mode == theirs.mode
    assert ours.nonlinearity == "relu"
    lstm = elman.nn.LSTM(I, H, 2, True, True, 0.25, True, 3, "cpu", torch.float64)
    assert lstm.proj_size == 3
    assert lstm.weight_hr_l0.dtype == torch.float64


# Errors of forward


def _bad_calls(layer: Any) -> dict[str, tuple[Any, ...]]:
    lstm = isinstance(layer, torch.nn.LSTM)

    def hx(*shape: int, dtype: torch.dtype = torch.float64) -> Any:
        state = torch.zeros(shape, dtype=dtype)
        return (state, state) if lstm else state

    packed = pack_padded_sequence(_input(), torch.tensor([6, 4, 2]))
    return {
        "no input": (),
        "a list": ([1.0, 2.0],),
        "one dimension": (_input(4),),
        "four dimensions": (_input(2, 2, 2, I),),
        "wrong width": (_input(T, B, I + 1),),
        "no steps": (_input(0, B, I),),
        "float32": (_input().float(),),
        "sparse": (_input().to_sparse(),),
        "integers": (torch.ones(T, B, I, dtype=torch.int64),),
        "state of another batch": (_input(), hx(1, B + 1, H)),
        "state of another width": (_input(), hx(1, B, H + 1)),
        "state of too many layers": (_input(), hx(2, B, H)),
        "state without batch": (_input(), hx(1, H)),
        "state with batch, input without": (_input(T, I), hx(1, 1, H)),
        "state of another type": (_input(), hx(1, B, H, dtype=torch.float32)),
        "a bare state or a pair": (_input(), torch.zeros(1, B, H) if lstm else hx(1, B, H)[None]),
        "packed, wrong width": (PackedSequence(packed.data[:, :2], packed.batch_sizes),),
        "packed, state of another width": (packed, hx(1, B, H + 1)),
        "packed, state of another batch": (packed, hx(1, B + 1, H)),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", list(_bad_calls(torch.nn.GRU(1, 1))))
def test_refuses_what_torch_refuses_in_torch_s_words(kind: str, fault: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    call = _bad_calls(ours)[fault]

    def outcome(layer: Any) -> tuple[type, str]:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            layer(*call)
        return type(caught.value), str(caught.value).split(".forward()")[-1]

    assert outcome(ours)[0] is outcome(theirs)[0]
    assert outcome(ours)[1].split("\n")[0] == outcome(theirs)[1].split("\n")[0]


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_leaves_nested_tensors_to_torch() -> None:
    x = torch.nested.nested_tensor([torch.randn(5, I), torch.randn(2, I)])
    with pytest.raises(RuntimeError, match="does not have a size"):
        elman.nn.GRU(I, H)(x)


@pytest.mark.skipif(not BUILT, reason=WHY_NOT_BUILT)
def test_refuses_in_torch_s_words_even_where_the_native_core_is_demanded() -> None:
    layer = elman.nn.GRU(I, H)
    with (
        elman.nn.backend("native"),
        pytest.raises(RuntimeError, match=r"input\.size\(-1\) must be equal to input_size"),
    ):
        layer(torch.zeros(T, B, I + 1))


def test_refuses_weights_of_another_shape_as_torch_does() -> None:
    ours, theirs = make_pair("gru", I, H)
    for layer in (ours, theirs):
        layer.weight_hh_l0 = torch.nn.Parameter(torch.zeros(3 * H, H - 1).double())
        with pytest.raises(RuntimeError):
            layer(_input())
    assert ours.backend.name == "" or not BUILT  # nothing ran


@pytest.mark.parametrize("arguments", [(), (1, 2, 3)])
def test_a_wrong_number_of_arguments_is_told_in_torch_s_words(arguments: tuple[int, ...]) -> None:
    said = []
    for layer in make_pair("lstm", I, H):
        with pytest.raises(TypeError) as caught:
            layer(*arguments)
        said.append(str(caught.value))
    assert said[0] == said[1]


# Inputs of every kind


@pytest.mark.parametrize("kind", KINDS)
def test_reads_an_empty_batch(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True)
    torch.testing.assert_close(ours(_input(T, 0, I)), theirs(_input(T, 0, I)))
    assert ours.backend == on_torch("the batch is empty")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch_first", [False, True])
def test_reads_tensors_of_any_strides(kind: str, batch_first: bool) -> None:
    ours, theirs = make_pair(kind, I, H, 2, batch_first=batch_first)
    state = make_state(ours, 1)
    hx = tuple(s.expand(-1, T, -1) for s in state) if kind == "lstm" else state.expand(-1, T, -1)
    strided = _input(T, T, 2 * I)[..., ::2]
    for x in (
        strided,
        strided.transpose(0, 1),
        _input(1, 1, I).expand(T, T, I),
        _input(I, T, T).movedim(0, 2),
    ):
        assert_same(ours, theirs, x.detach().requires_grad_(), hx)
        assert ours(x)[0].stride() == theirs(x)[0].stride()
        assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_reads_weights_of_any_strides(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    for layer in (ours, theirs):
        for name, weight in list(layer.named_parameters()):
            spread = torch.stack([weight.detach(), weight.detach()], -1)[..., 0]
            setattr(layer, name, torch.nn.Parameter(spread))
        assert not layer.weight_hh_l0.is_contiguous()
    assert_same(ours, theirs, _input())


@pytest.mark.parametrize("kind", KINDS)
def test_shares_weights_with_another_layer(kind: str) -> None:
    ours, theirs = make_pair(kind, I, I, 2)
    for layer in (ours, theirs):
        layer.weight_ih_l1 = layer.weight_ih_l0
        layer.weight_hh_l1 = layer.weight_hh_l0
    assert_same(ours, theirs, _input())


def test_projections_run_on_torch() -> None:
    ours, theirs = make_pair("lstm", I, H, 2, proj_size=2, bidirectional=True, dropout=0.3)
    assert_same(ours, theirs, _input().requires_grad_(), make_state(ours, B))
    assert ours.backend == on_torch("proj_size is set")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_other_types_run_on_torch(kind: str, dtype: torch.dtype) -> None:
    ours, theirs = make_pair(kind, I, H, dtype=dtype)
    x = _input().to(dtype)
    torch.testing.assert_close(ours(x), theirs(x))
    assert ours.backend == on_torch(f"dtype is {str(dtype)[6:]}")


@pytest.mark.parametrize("kind", KINDS)
def test_other_devices_run_on_torch(kind: str) -> None:
    ours, _ = make_pair(kind, I, H)
    output, _ = ours.to("meta")(_input().to("meta"))
    assert output.shape == (T, B, H)
    assert output.device.type == "meta"
    assert ours.backend == on_torch("device is meta")


def test_a_deleted_weight_serves_on_as_in_torch() -> None:
    x, outputs = _input(), []
    for layer in make_pair("gru", I, H):
        del layer.weight_hh_l0  # torch's own list of weights still holds it
        outputs.append(layer(x)[0])
    torch.testing.assert_close(*outputs)


def test_a_weight_of_none_is_torch_s_to_refuse() -> None:
    ours, theirs = make_pair("gru", I, H)
    for layer in (ours, theirs):
        layer.weight_hh_l0 = None
        with pytest.raises(Exception):  # noqa: B017, PT011  (whatever torch raises)
            layer(_input())
    assert ours.backend == on_torch("NoneType is no plain tensor")


def test_tensor_subclasses_run_on_torch() -> None:
    class Marked(torch.Tensor):
        pass

    ours, theirs = make_pair("gru", I, H)
    x = _input().as_subclass(Marked)
    output, _ = ours(x)
    assert type(output) is type(theirs(x)[0]) is Marked
    assert ours.backend == on_torch("Marked is no plain tensor")


@pytest.mark.parametrize("kind", KINDS)
def test_reads_packed_steps_at_which_nothing_runs(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, bidirectional=True)
    packed = PackedSequence(_input(5, I).requires_grad_(), torch.tensor([3, 2, 0]))
    assert_same(ours, theirs, packed, make_state(ours, 3))
    assert ours(packed)[0].batch_sizes.tolist() == [3, 2, 0]
    assert ours.backend == NATIVE
