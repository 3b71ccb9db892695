import pytest
import torch
from torch.testing import assert_close

from elman.tasks.language.config import LanguageFields
from elman.tasks.language.model import LanguageModule

V, B, T = 11, 3, 7


def make(**options: object) -> LanguageModule:
    return LanguageModule(LanguageFields(hidden_size=8, **options), V).double()


def tokens(seed: int = 1) -> torch.Tensor:
    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(seed))


def twin(module: LanguageModule, x: torch.Tensor) -> torch.Tensor:
    """The same network written plainly with torch."""
    kind = {"RNN_TANH": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}
    stack = module.stack
    plain = kind[stack.mode](
        stack.input_size, stack.hidden_size, num_layers=stack.num_layers, batch_first=True
    ).double()
    plain.load_state_dict(stack.state_dict())
    features = plain(module.embedding.weight[x])[0]
    if module.projection is not None:
        features = features @ module.projection.weight.T
    return features @ module.head.weight.T + module.head.bias


@pytest.mark.parametrize("cell", ["elman", "rnn", "gru", "lstm"])
@pytest.mark.parametrize("embedding_size", [0, 5])
@pytest.mark.parametrize("tie_weights", [True, False])
def test_agrees_with_plain_torch(cell: str, embedding_size: int, tie_weights: bool) -> None:
    module = make(
        cell=cell, embedding_size=embedding_size, tie_weights=tie_weights, layers=2, dropout=0.5
    ).eval()
    logits, _ = module(tokens())
    assert_close(logits, twin(module, tokens()))


def test_less_is_kept_for_the_same_gradients() -> None:
    whole = make(cell="gru", layers=2, dropout=0.0)
    pieces = make(cell="gru", layers=2, dropout=0.0, checkpoint_steps=3)
    pieces.load_state_dict(whole.state_dict())
    found = []
    for module in (whole, pieces):
        features, _ = module.features(tokens())
        module.loss(features, tokens(2)).backward()
        found.append([parameter.grad for parameter in module.parameters()])
    assert_close(*found)


def test_loss_and_its_gradients_agree_with_plain_torch() -> None:
    module = make(cell="lstm", embedding_size=5, dropout=0.0)
    features, _ = module.features(tokens())
    found = module.loss(features, tokens(2))
    expected = torch.nn.functional.cross_entropy(
        twin(module, tokens()).flatten(0, 1), tokens(2).flatten()
    )
    assert_close(found, expected)


def test_weights_leave_targets_out() -> None:
    module = make(dropout=0.0)
    features, _ = module.features(tokens())
    weights = torch.zeros(B, T, dtype=torch.bool)
    weights[1, 2] = True
    expected = torch.nn.functional.cross_entropy(module.logits(features)[1, 2], tokens(2)[1, 2])
    assert_close(module.loss(features, tokens(2), weights), expected)


def test_split_at_any_step_is_the_same_as_whole() -> None:
    module = make(cell="gru").eval()
    whole, last = module(tokens())
    state, parts = None, []
    for piece in tokens().split([2, 1, 4], dim=1):
        part, state = module(piece, state)
        parts.append(part)
    assert_close(torch.cat(parts, 1), whole)
    assert_close(state, last)


def test_tied_weights_are_one_matrix() -> None:
    module = make()
    assert module.head.weight is module.embedding.weight
    assert make(tie_weights=False).head.weight is not module.embedding.weight


def test_embedding_gradients_are_sparse_only_where_that_is_exact() -> None:
    plain = {"tie_weights": False, "optimizer": "sgd"}
    assert make(**plain).embedding.sparse
    assert not make(**plain, momentum=0.9).embedding.sparse
    assert not make(tie_weights=False).embedding.sparse
    assert not make(optimizer="sgd").embedding.sparse


def test_one_mask_serves_all_steps_of_variational_dropout() -> None:
    module = make(dropout=0.5, variational_dropout=True).train()
    ones = torch.ones(4, 50, 30, dtype=torch.float64)
    dropped = module.dropout(ones)
    assert_close(dropped, dropped[:, :1].expand_as(dropped))
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert not torch.equal(dropped[0], dropped[1])


def test_embedding_dropout_drops_a_token_wherever_it_stands() -> None:
    module = make(embedding_dropout=0.5, dropout=0.0).train()
    x = torch.arange(V).repeat(1, 3)
    embedded = module._embed(x)[0].unflatten(0, (3, V))
    assert_close(embedded[0], embedded[1])
    dropped = (embedded[0] == 0).all(1)
    assert 0 < int(dropped.sum()) < V
    assert_close(embedded[0][~dropped], 2 * module.embedding.weight[~dropped])


def test_memory_dropout_wipes_the_state_before_some_steps() -> None:
    module = make(memory_dropout=1.0, dropout=0.0).train()
    each_alone = module.eval()(tokens().reshape(-1, 1))[0]
    assert_close(module.train()(tokens())[0].reshape(-1, 1, V), each_alone)


def test_nothing_is_dropped_when_evaluating() -> None:
    module = make(
        embedding_dropout=0.5, dropout=0.5, memory_dropout=0.5, variational_dropout=True
    ).eval()
    assert_close(module(tokens())[0], module(tokens())[0])


def test_first_weights() -> None:
    module = LanguageModule(LanguageFields(cell="lstm", hidden_size=8), V)
    assert module.stack.weight_hh_l0.abs().max() <= 8**-0.5
    assert not module.head.bias.any()
    assert module.head.weight.abs().max() <= 0.1


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
@pytest.mark.filterwarnings("ignore")  # torch's layers touch their list of weights, and it warns
def test_exports_as_torch_s_own_operators(cell: str) -> None:
    module = make(cell=cell).eval()
    program = torch.export.export(module, (tokens(),), strict=False)
    logits, state = program.module()(tokens(2))
    expected, expected_state = module(tokens(2))
    assert_close(logits, expected)
    assert_close(state, expected_state)
