from tests.lab.models import random_model

from elman.lab.texts import held_out_part, sentences


def test_sentences_are_those_of_the_small_grammar_in_the_models_ids():
    trained = random_model("elman")
    found = sentences(trained)
    assert (found.unit, found.source) == ("word", "new sentences of the small grammar")
    words = [trained.codec.tokens[number] for number in found.data[:2000].tolist()]
    assert {"I", "cats", "."} <= set(words)
    assert words.count("<eos>") == words.count(".")


def test_a_training_is_measured_on_the_last_tenth_of_its_text(tmp_path):
    trained = random_model("elman")
    text = tmp_path / "text.txt"
    text.write_text("I love cats\n" * 90 + "you love dogs\n" * 10)
    found = held_out_part(trained, text, "cats")
    words = {trained.codec.tokens[number] for number in found.data.tolist()}
    assert words == {"you", "love", "dogs", "<eos>"}
    assert found.source == "cats (the last 10% of the text, split off)"
