"""An Elman network in a hundred lines of NumPy: it reads word by word, remembers, and learns.

    h_t = tanh(U x_t + V h_{t-1} + b)        the memory, updated at every step
    o_t = softmax(W h_t + c)                 which word comes next

It learns eight small sentences by heart, first with its memory and then without. Run it with

    python examples/elman_in_100_lines.py
"""

import numpy as np

SENTENCES = [
    "I love cats .",
    "I love you .",
    "I am here .",
    "I have cats .",
    "you love cats .",
    "you have cats and dogs .",
    "cats love dogs .",
    "dogs love you and cats .",
]

Net = dict[str, np.ndarray]


def new_network(words: int, hidden: int, seed: int = 0) -> Net:
    """Weights U (H, I), V (H, H), W (O, H), b (H,), c (O,); here I = O = the number of words."""
    shapes = {"U": (hidden, words), "V": (hidden, hidden), "W": (words, hidden)}
    shapes |= {"b": (hidden,), "c": (words,)}
    draw = np.random.default_rng(seed)
    return {name: draw.uniform(-1, 1, shape) / hidden**0.5 for name, shape in shapes.items()}


def forward(net: Net, x: np.ndarray, memory: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Read x (T, I): memories h (T + 1, H), of which the first is empty, and outputs o (T, O)."""
    h = np.zeros((len(x) + 1, len(net["b"])))
    o = np.zeros((len(x), len(net["c"])))
    for t, x_t in enumerate(x):
        h_prev = h[t] if memory else 0 * h[t]
        h[t + 1] = np.tanh(net["U"] @ x_t + net["V"] @ h_prev + net["b"])
        z = np.exp(net["W"] @ h[t + 1] + net["c"])
        o[t] = z / z.sum()
    return h, o


def backward(
    net: Net, x: np.ndarray, h: np.ndarray, o: np.ndarray, targets: np.ndarray, memory: bool = True
) -> Net:
    """Slopes of the loss, sum over t of -log o_t[target_t], by every weight: back through time."""
    slopes = {name: np.zeros_like(weight) for name, weight in net.items()}
    from_later = np.zeros(h.shape[1])  # what the steps after t want h_t to do
    for t in reversed(range(len(x))):
        dz = o[t].copy()
        dz[targets[t]] -= 1  # the slope of -log softmax
        slopes["W"] += np.outer(dz, h[t + 1])
        slopes["c"] += dz
        da = (net["W"].T @ dz + from_later) * (1 - h[t + 1] ** 2)  # through tanh
        slopes["U"] += np.outer(da, x[t])
        slopes["b"] += da
        if memory:
            slopes["V"] += np.outer(da, h[t])
            from_later = net["V"].T @ da
    return slopes


def train(net: Net, texts: list[np.ndarray], memory: bool, epochs: int = 300) -> float:
    """Gradient descent, one sentence at a time; the mean loss of the last epoch, in nats a word."""
    one_hot = np.eye(len(net["c"]))
    for _ in range(epochs):
        loss = 0.0
        for ids in texts:
            x, targets = one_hot[ids[:-1]], ids[1:]
            h, o = forward(net, x, memory)
            loss -= np.log(o[np.arange(len(x)), targets]).sum()
            for name, slope in backward(net, x, h, o, targets, memory).items():
                net[name] -= 0.1 * np.clip(slope, -1, 1)  # clipped, lest a step explode
    return loss / sum(len(ids) - 1 for ids in texts)


def main() -> None:
    vocabulary = sorted({word for line in SENTENCES for word in line.split()})
    texts = [np.array([vocabulary.index(w) for w in line.split()]) for line in SENTENCES]
    for memory in (True, False):
        net = new_network(len(vocabulary), hidden=16)
        loss = train(net, texts, memory)
        print(f"memory {'on' if memory else 'off'}: loss {loss:.2f} nats a word")
        ids = [vocabulary.index(word) for word in ("dogs", "love", "you")]
        _, o = forward(net, np.eye(len(vocabulary))[ids], memory)
        for t, i in enumerate(ids):
            likely = np.argsort(-o[t])[:3]
            said = ", ".join(f"{vocabulary[k]} {100 * o[t, k]:.0f} %" for k in likely)
            print(f"    after {vocabulary[i]:5s} {said}")


if __name__ == "__main__":
    main()
