"""The causal transformer: against attention written out, and against itself read in pieces."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from elman.contracts import Steppable
from elman.errors import ConfigError, ShapeError
from elman.nn import CausalTransformer

V, E, C = 7, 8, 5


def _network(context: int = C) -> CausalTransformer:
    torch.manual_seed(3)
    return CausalTransformer(V, width=E, heads=2, layers=2, context=context).double()


def _tokens(B: int = 3, T: int = 12) -> Tensor:
    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(5))


def _written_out(network: CausalTransformer, tokens: list[int], start: int = 0) -> Tensor:
    """Logits after the last token, by loops over steps, heads and pairs of features."""
    x = [network.embedding.weight[token] for token in tokens[start:]]
    for layer in network.layers:
        queries, keys, values = [], [], []
        for x_t in x:
            q, k, v = (layer.qkv.weight @ layer.attention_norm(x_t)).chunk(3)
            queries.append(q)
            keys.append(k)
            values.append(v)
        x = [
            _written_out_step(network, layer, t, x[t], queries, keys, values) for t in range(len(x))
        ]
    return network.head(network.norm(x[-1]))


def _written_out_step(network, layer, t, x_t, queries, keys, values) -> Tensor:
    D = E // layer.heads
    attended = []
    for head in range(layer.heads):
        part = slice(head * D, (head + 1) * D)
        span = range(max(0, t - network.context + 1), t + 1)
        q = _turned(queries[t][part], t)
        scores = torch.stack([q @ _turned(keys[s][part], s) / math.sqrt(D) for s in span])
        weights = scores.exp() / scores.exp().sum()
        attended.append(sum(w * values[s][part] for w, s in zip(weights, span, strict=True)))
    x_t = x_t + layer.out.weight @ torch.cat(attended)
    return x_t + layer.network(layer.network_norm(x_t))


def _turned(features: Tensor, t: int) -> Tensor:
    half = len(features) // 2
    turned = torch.empty_like(features)
    for pair in range(half):
        angle = t / 10_000 ** (pair / half)
        a, b = features[pair], features[pair + half]
        turned[pair] = a * math.cos(angle) - b * math.sin(angle)
        turned[pair + half] = a * math.sin(angle) + b * math.cos(angle)
    return turned


def test_agrees_with_attention_written_out_and_so_do_its_gradients() -> None:
    network, tokens = _network(), _tokens(1, 9)
    logits, _ = network(tokens)
    expected = torch.stack([_written_out(network, tokens[0, : t + 1].tolist()) for t in range(9)])
    torch.testing.assert_close(logits[0], expected)
    weights = torch.randn(9, V, dtype=torch.float64)
    parameters = dict(network.named_parameters())
    ours = torch.autograd.grad((logits[0] * weights).sum(), list(parameters.values()))
    theirs = torch.autograd.grad((expected * weights).sum(), list(parameters.values()))
    for name, our, their in zip(parameters, ours, theirs, strict=True):
        torch.testing.assert_close(our, their, msg=lambda said, name=name: f"{name}: {said}")


def test_gradcheck_by_features_and_state() -> None:
    network = _network(context=3)
    x = torch.randn(2, 4, E, dtype=torch.float64, requires_grad=True)
    _, (keys, values, known) = network(_tokens(2, 1))
    keys, values = (part.detach().requires_grad_() for part in (keys, values))

    def run(x: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, ...]:
        logits, state = network.read(x, (keys, values, known))
        return logits, *state[:2]

    assert torch.autograd.gradcheck(run, (x, keys, values))


def test_no_step_sees_what_comes_after_it() -> None:
    network, tokens = _network(), _tokens()
    before, _ = network(tokens)
    changed = tokens.clone()
    changed[:, 6] = (changed[:, 6] + 1) % V
    after, _ = network(changed)
    torch.testing.assert_close(after[:, :6], before[:, :6], rtol=0, atol=0)
    assert (after[:, 6:11] - before[:, 6:11]).abs().amax(-1).min() > 1e-4


def test_an_output_depends_on_as_many_steps_as_its_layers_reach() -> None:
    network, tokens = _network(), _tokens(1, 20)
    x = network.embed(tokens).detach().requires_grad_()
    logits, _ = network.read(x)
    (by_input,) = torch.autograd.grad(logits[0, -1].sum(), x)
    reach = 2 * (C - 1)
    assert (by_input[0, : 19 - reach] == 0).all()
    assert (by_input[0, 19 - reach :].abs().amax(-1) > 0).all()


@given(st.lists(st.integers(0, 6), max_size=4), st.booleans())
def test_read_in_pieces_it_says_the_same(pieces: list[int], marked: bool) -> None:
    network, T = _network(), sum(pieces)
    tokens = _tokens(3, T)
    resets = torch.rand(3, T) < 0.25 if marked else None
    whole, end = network(tokens, None, resets)
    state, said, t = network.initial_state(3), [], 0
    for length in pieces:
        span = slice(t, t + length)
        logits, state = network(tokens[:, span], state, None if resets is None else resets[:, span])
        said.append(logits)
        t += length
    torch.testing.assert_close(torch.cat([*said, whole[:, :0]], dim=1), whole)
    known = end[2]
    torch.testing.assert_close(state[2], known)
    for ours, theirs in zip(state[:2], end[:2], strict=True):
        torch.testing.assert_close(ours * known[..., None], theirs * known[..., None])


def test_a_reset_starts_anew() -> None:
    network, tokens = _network(), _tokens(2, 10)
    resets = torch.zeros(2, 10, dtype=torch.bool)
    resets[0, 4] = True
    logits, state = network(tokens, None, resets)
    alone, alone_state = network(tokens[:1, 4:])
    torch.testing.assert_close(logits[0, 4:], alone[0])
    torch.testing.assert_close(logits[1], network(tokens[1:])[0][0])
    more = torch.tensor([[1, 2, 3]])
    first_row = tuple(part[:, :1] for part in state)
    torch.testing.assert_close(network(more, first_row)[0], network(more, alone_state)[0])


def test_the_state_stays_as_small_however_long_the_text() -> None:
    network = _network()
    _, state = network(_tokens(1, 300))
    sizes = [tuple(part.shape) for part in state]
    assert sizes == [(2, 1, C - 1, E), (2, 1, C - 1, E), (1, 1, C - 1)]
    assert state[2].min() == 1


def test_a_context_of_one_step_has_no_memory() -> None:
    network, tokens = _network(context=1), _tokens(1, 4)
    together, _ = network(tokens)
    apart = torch.cat([network(tokens[:, t : t + 1])[0] for t in range(4)], dim=1)
    torch.testing.assert_close(together, apart)


def test_learns_to_repeat_the_token_of_two_steps_ago() -> None:
    torch.manual_seed(0)
    network = CausalTransformer(V, width=16, heads=2, layers=2, context=8)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    for _ in range(150):
        tokens = torch.randint(V, (32, 16))
        logits, _ = network(tokens)
        loss = torch.nn.functional.cross_entropy(
            logits[:, 2:].flatten(0, 1), tokens[:, :-2].flatten()
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    tokens = torch.randint(V, (32, 16))
    right = network(tokens)[0][:, 2:].argmax(-1) == tokens[:, :-2]
    assert right.float().mean() > 0.99


def test_is_steppable() -> None:
    assert isinstance(_network(), Steppable)


def test_faults_are_named() -> None:
    network = _network()
    with pytest.raises(ConfigError, match="`context` must be at least 1, got 0"):
        CausalTransformer(V, context=0)
    with pytest.raises(ShapeError, match=r"`tokens` must have shape \(B, T\), got \(3,\)"):
        network(torch.tensor([1, 2, 3]))
    with pytest.raises(ShapeError, match=r"`state` must have shapes"):
        network(_tokens(2), network.initial_state(3))
    with pytest.raises(ShapeError, match=r"`resets` must be a bool tensor of shape \(B=3, T=12\)"):
        network(_tokens(), None, torch.zeros(3, 11, dtype=torch.bool))
