import pytest
import torch
from safetensors.torch import load, save

from elman.errors import CheckpointError, ChoiceError
from elman.fields import TrainingFields
from elman.training.clipping import clip_gradients
from elman.training.optimizers import (
    allows_sparse_rows,
    load_optimizer_tensors,
    make_optimizer,
    optimizer_tensors,
    set_learning_rate,
)

OPTIONS = [
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "weight_decay": 0.1},
    {"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.1},
    {"optimizer": "adamw"},
    {"optimizer": "adamw", "weight_decay": 0.1},
]


def network(dtype=torch.float64):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).to(
        dtype
    )


def train(module, optimizer, steps):
    for k in steps:
        x = torch.randn(5, 3, generator=torch.Generator().manual_seed(k)).to(module[0].weight.dtype)
        optimizer.zero_grad()
        module(x).square().sum().backward()
        optimizer.step()


@pytest.mark.parametrize("options", OPTIONS)
def test_steps_agree_with_torchs_plain_optimiser(options):
    ours, torchs = network(), network()
    fields = TrainingFields(learning_rate=0.05, **options)
    weights = [p for p in torchs.parameters() if p.ndim == 2]
    biases = [p for p in torchs.parameters() if p.ndim == 1]
    groups = [
        {"params": weights, "weight_decay": fields.weight_decay},
        {"params": biases, "weight_decay": 0.0},
    ]
    theirs = (
        torch.optim.SGD(groups, lr=0.05, momentum=fields.momentum, foreach=False)
        if fields.optimizer == "sgd"
        else torch.optim.AdamW(groups, lr=0.05, foreach=False, fused=False)
    )
    train(ours, make_optimizer(ours, fields), range(6))
    train(torchs, theirs, range(6))
    for (name, mine), expected in zip(ours.named_parameters(), torchs.parameters(), strict=True):
        torch.testing.assert_close(mine, expected, msg=lambda m, n=name: f"{n}: {m}")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("options", OPTIONS)
def test_a_run_resumed_through_safetensors_ends_with_the_same_bits(options, dtype):
    fields = TrainingFields(**options)
    whole, resumed = network(dtype), network(dtype)
    optimizer = make_optimizer(whole, fields)
    train(whole, optimizer, range(4))
    resumed.load_state_dict(whole.state_dict())
    after = make_optimizer(resumed, fields)
    load_optimizer_tensors(after, load(save(optimizer_tensors(optimizer))))
    train(whole, optimizer, range(4, 9))
    train(resumed, after, range(4, 9))
    for (name, a), b in zip(whole.named_parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b), name
    theirs = optimizer_tensors(after)
    for name, tensor in optimizer_tensors(optimizer).items():
        assert torch.equal(tensor, theirs[name]), name


def test_state_is_named_by_parameter_and_copied_on_loading():
    module = network()
    optimizer = make_optimizer(module, TrainingFields())
    assert optimizer_tensors(optimizer) == {}
    train(module, optimizer, range(2))
    tensors = optimizer_tensors(optimizer)
    assert set(tensors) == {
        f"{name}/{slot}"
        for name, _ in module.named_parameters()
        for slot in ("step", "exp_avg", "exp_avg_sq")
    }
    other = make_optimizer(network(), TrainingFields())
    load_optimizer_tensors(other, tensors)
    tensors["0.weight/exp_avg"].zero_()
    assert optimizer_tensors(other)["0.weight/exp_avg"].any()


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"9.weight/exp_avg": torch.zeros(4, 3)}, "'9.weight/exp_avg' must name a parameter"),
        ({"exp_avg": torch.zeros(4, 3)}, "got no parameter ''"),
        ({"0.weight/exp_avg": torch.zeros(3, 4)}, r"must have shape \(4, 3\), got \(3, 4\)"),
    ],
)
def test_state_of_another_network_is_refused_and_changes_nothing(tensors, message):
    module = network()
    optimizer = make_optimizer(module, TrainingFields())
    train(module, optimizer, range(1))
    before = {name: tensor.clone() for name, tensor in optimizer_tensors(optimizer).items()}
    with pytest.raises(CheckpointError, match=message):
        load_optimizer_tensors(optimizer, tensors)
    for name, tensor in optimizer_tensors(optimizer).items():
        assert torch.equal(tensor, before[name])


def test_frozen_and_shared_parameters():
    module = torch.nn.Module()
    module.a, module.b = torch.nn.Linear(2, 2, bias=False), torch.nn.Linear(2, 2, bias=False)
    module.c = torch.nn.Linear(2, 2).requires_grad_(False)
    module.b.weight = module.a.weight
    optimizer = make_optimizer(module, TrainingFields())
    assert [group["param_names"] for group in optimizer.param_groups] == [["a.weight"]]


def test_the_learning_rate_is_set_for_all():
    optimizer = make_optimizer(network(), TrainingFields(weight_decay=0.1))
    set_learning_rate(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.25]


@pytest.mark.parametrize("options", OPTIONS)
def test_sparse_rows_are_allowed_only_where_they_train_exactly(options):
    plain = options == {"optimizer": "sgd"}
    assert allows_sparse_rows(TrainingFields(**options)) == plain


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("clip", [{}, {"norm": 0.5}, {"value": 0.02}])
def test_sparse_rows_train_as_dense_ones(clip, dtype):
    fields = TrainingFields(optimizer="sgd", learning_rate=0.5)

    def trained(sparse):
        torch.manual_seed(0)
        module = torch.nn.Sequential(
            torch.nn.Embedding(50, 4, sparse=sparse), torch.nn.Linear(4, 3)
        ).to(dtype)
        optimizer = make_optimizer(module, fields)
        for k in range(10):
            tokens = torch.randint(20, (30,), generator=torch.Generator().manual_seed(k))
            optimizer.zero_grad()
            module(tokens).square().mean().backward()
            assert module[0].weight.grad.is_sparse == sparse
            clip_gradients(module.named_parameters(), **clip)
            optimizer.step()
        return module[0].weight.detach()

    torch.manual_seed(0)
    untouched = torch.nn.Embedding(50, 4).weight[20:].detach().to(dtype)
    sparse = trained(True)
    torch.testing.assert_close(sparse, trained(False))
    assert torch.equal(sparse[20:], untouched)


def test_an_unknown_optimiser_is_refused():
    with pytest.raises(ChoiceError, match="Did you mean 'adamw'"):
        make_optimizer(network(), TrainingFields(optimizer="adam"))
