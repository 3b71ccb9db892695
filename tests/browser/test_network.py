"""The network that the browser runs says what Python's says."""

import numpy as np
import pytest
import torch
from tests.browser.networks import random_model
from tests.browser.pages import module_page

from elman.tasks.language.browser import browser_network
from elman.tasks.language.reading import next_tokens

PROMPT = "the dog that I love never chases cats , you will !"

READ = """async ({ prompt, memory, blocks }) => {
  const source = page.networkSource(data);
  const words = source.split(prompt);
  const steps = [];
  for (let from = 0; from < words.length; from += blocks) {
    const to = Math.min(words.length, from + blocks);
    steps.push(...await source.step(words, { from, to, memory }));
  }
  const plain = (values) => values && Array.from(values);
  const bare = ({ h, c }) => ({ h: plain(h), c: plain(c) });
  return steps.map((step) => ({ ...step, layers: step.layers.map(bare) }));
}"""

MODELS = [
    {"cell": "elman", "hidden_size": 7, "embedding_size": 7},
    {"cell": "gru", "hidden_size": 6, "layers": 2, "tie_weights": False, "embedding_size": 5},
    {"cell": "lstm", "hidden_size": 5, "layers": 2, "embedding_size": 4},  # tied, by a projection
    {"cell": "lstm", "hidden_size": 9, "sequences": "sentence"},
    {"cell": "gru", "hidden_size": 8, "unit": "character"},
]


@pytest.mark.parametrize(
    "options", MODELS, ids=lambda options: "-".join(map(str, options.values()))
)
def test_it_expects_and_remembers_the_same(open_page, tmp_path, options) -> None:
    trained = random_model(**options)
    data = browser_network(trained).to_json()
    page = open_page(module_page(tmp_path, "network/source.js", data))
    told = page.evaluate(READ, {"prompt": PROMPT, "memory": True, "blocks": 4})
    expected = next_tokens(trained.reader, trained.probe, PROMPT, 5)
    assert len(told) == len(expected)
    assert any(len(step.remembered) > 1 for step in expected)
    for ours, step in zip(told, expected, strict=True):
        assert ours["known"] == step.known
        assert ours["remembered"] == list(step.remembered)
        assert [each["word"] for each in ours["next"]] == [each.token for each in step.candidates]
        torch.testing.assert_close(
            [each["probability"] for each in ours["next"]],
            [each.probability for each in step.candidates],
            rtol=1e-4,  # float32 in torch, float64 in the browser, a dozen steps
            atol=1e-6,
        )


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
@pytest.mark.parametrize("memory", [True, False])
def test_its_states_are_the_same_with_memory_on_and_off(open_page, tmp_path, cell, memory) -> None:
    trained = random_model(cell=cell, hidden_size=6, layers=2, probe=False)
    page = open_page(module_page(tmp_path, "network/source.js", browser_network(trained).to_json()))
    told = page.evaluate(READ, {"prompt": PROMPT, "memory": memory, "blocks": 64})
    codec = trained.codec
    _, state = trained.reader.read([codec.eos_id])
    for step, token in zip(told, codec.encode(PROMPT), strict=True):
        _, state = trained.reader.read([token], state if memory else None)
        ours = np.array([[layer["h"] for layer in step["layers"]]])
        np.testing.assert_allclose(ours[0], state[0][:, 0].numpy(), atol=2e-5)
        if cell == "lstm":
            cells = np.array([layer["c"] for layer in step["layers"]])
            np.testing.assert_allclose(cells, state[1][:, 0].numpy(), atol=5e-5)


def test_another_text_is_read_from_its_beginning(open_page, tmp_path) -> None:
    trained = random_model(cell="gru", hidden_size=6, probe=False)
    page = open_page(module_page(tmp_path, "network/source.js", browser_network(trained).to_json()))
    same = page.evaluate("""async () => {
      const one = page.networkSource(data), other = page.networkSource(data);
      const first = ["I", "love", "cats"], second = ["I", "love", "dogs", "and", "cats"];
      await one.step(first, { from: 0, to: 3, memory: true });
      await one.step(first, { from: 0, to: 3, memory: false });
      const resumed = await one.step(second, { from: 4, to: 5, memory: true });
      const fresh = await other.step(second, { from: 0, to: 5, memory: true });
      return [resumed[0].layers[0].h, fresh[4].layers[0].h].map((h) => Array.from(h));
    }""")
    assert same[0] == same[1]


HOSTILE = [
    "don't well-known 3.14 1,000.5 e-mail -- ... …",
    "</script><script>alert(1)</script> <unk> <eos> & \" ' `",
    "naïve café e\u0301te\u0301 ¡Hola! «bonjour» 猫が好き。 🙂👩‍👩‍👧 ٣٫١٤ १२३",
    "tabs\tand\x1cseparators\x85here\xa0\u2003\u3000end\ufeff \u200b zero",
    "under_score snake_case a--b a---b 'quoted' ’tis rock’n’roll",
    "".join(map(chr, range(32, 0x180))),
]


@pytest.mark.parametrize("split", ["punctuation", "whitespace", "characters"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_cuts_text_as_the_codec_does(open_page, tmp_path, split, text) -> None:
    from elman.data.codecs.characters import CharacterCodec
    from elman.data.codecs.words import WordCodec

    tokens = ["<unk>", "<eos>"]
    codec = CharacterCodec(tokens) if split == "characters" else WordCodec(tokens, split)
    page = open_page(module_page(tmp_path, "network/codec.js"))
    cut = page.evaluate(
        "([split, text]) => new page.Codec({ split, tokens: [], unknown: 0, eos: 1 }).split(text)",
        [split, text],
    )
    assert cut == codec.split(text)
