import pytest
from tests.lab.asks.calls import ask
from tests.lab.models import random_classifier, random_model, random_tagger

from elman.errors import ChoiceError, ConfigError, DataError
from elman.lab.asks.tag import ASKS
from elman.lab.asks.unfold import ASKS as UNFOLD
from elman.lab.laboratory import Laboratory
from elman.lab.news import News
from elman.lab.shelf import Exhibit, Shelf
from elman.tasks.tagging.reading import tag_words
from elman.tasks.tagging.stream import TagStream

WORDS = ["the", "old", "man", "the", "boats", "."]


@pytest.fixture
def lab(tmp_path):
    made = Laboratory(None, tmp_path)
    made.shelf = Shelf(News())
    for head in ("crf", "softmax"):
        made.shelf.put(Exhibit(f"both {head}", "B", random_tagger(head=head)))
        forward = random_tagger(head=head, bidirectional=False)
        made.shelf.put(Exhibit(f"forward {head}", "F", forward))
    made.shelf.put(Exhibit("speaker", "S", random_model("gru")))
    made.shelf.put(Exhibit("judge", "J", random_classifier()))
    return made


def read(lab, text, model, **args):
    return ask(ASKS, lab, "tag.read", model=model, text=text, **args)[0]["lines"]


def trained(lab, model):
    return lab.shelf.find(model, None, object).trained


@pytest.mark.parametrize("head", ["crf", "softmax"])
def test_forward_alone_every_word_is_tagged_as_it_arrives(lab, head):
    model = f"forward {head}"
    (whole,) = read(lab, "the old man the boats.", model)
    assert whole["words"] == WORDS
    stream = TagStream(trained(lab, model))
    told = [stream.read(word) for word in WORDS]
    assert whole["tags"] == [each.tag for each in told]
    assert whole["sure"] == pytest.approx([each.probability for each in told], rel=1e-4)
    (beginning,) = read(lab, "the old man", model)
    assert whole["tags"][:3] == beginning["tags"]
    assert whole["sure"][:3] == pytest.approx(beginning["sure"])


@pytest.mark.parametrize("head", ["crf", "softmax"])
def test_both_ways_a_sentence_is_tagged_as_a_whole(lab, head):
    model = f"both {head}"
    found = read(lab, "the old man the boats.\n\nyou man", model)
    told = trained(lab, model)
    wanted = tag_words(told.module, told.codec, [WORDS, ["you", "man"]])
    for line, sentence in zip((found[0], found[2]), wanted, strict=True):
        assert line["tags"] == [each.tag for each in sentence]
        assert line["sure"] == pytest.approx([each.probability for each in sentence], rel=1e-4)
    assert found[1]["words"] == []


def test_the_likeliest_tags_stand_beside_the_chosen_one(lab):
    (line,) = read(lab, "the man", "forward softmax")
    for tag, sure, likeliest in zip(line["tags"], line["sure"], line["likeliest"], strict=True):
        assert likeliest[0] == (tag, sure)
        shares = [share for _, share in likeliest]
        assert shares == sorted(shares, reverse=True)


def test_words_that_were_never_seen_are_marked(lab):
    (line,) = read(lab, "the The zebra", "both crf")
    assert line["known"] == [True, False, False]


def test_with_memory_off_the_words_before_say_nothing(lab):
    (first,) = read(lab, "man boat", "forward softmax", memory=False)
    (second,) = read(lab, "the man boat", "forward softmax", memory=False)
    assert first["sure"] == pytest.approx(second["sure"][1:])
    (with_memory,) = read(lab, "the man boat", "forward softmax")
    assert with_memory["sure"][1:] != pytest.approx(second["sure"][1:])


def test_the_page_is_told_how_the_tagger_reads_and_what_tags_wear(lab):
    about, _ = ask(ASKS, lab, "tag.about", model="forward crf")
    assert (about["forward"], about["crf"], about["words"]) == (True, True, 6)
    assert about["tags"]["NOUN"] == ("noun", 0)


def test_a_sentence_of_its_own_is_not_at_hand_without_a_run(lab):
    with pytest.raises(DataError, match="not at hand"):
        ask(ASKS, lab, "tag.example", model="both crf")


def test_a_model_of_another_task_is_refused_on_both_sides(lab):
    with pytest.raises(ChoiceError, match="must be a tagger, got 'speaker', a language model"):
        read(lab, "the", "speaker")
    with pytest.raises(ChoiceError, match="must be a language model, got 'judge', a classifier"):
        ask(UNFOLD, lab, "unfold.split", model="judge", text="the")


def test_a_line_without_end_is_refused(lab):
    with pytest.raises(ConfigError, match="at most 40,000 letters here, got 40,001"):
        read(lab, "x" * 40_001, "both crf")
