import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.codecs import EOS_ID, UNKNOWN_ID, WordCodec, from_json
from elman.errors import CheckpointError, ChoiceError, DataError

TOKENISED = ["I love cats , and the dog 's bone .", "mr. <unk> 's n.v. rose N points to $ N ."]
PROSE = ["I love cats, and the dog's bone.", 'She said: "Mr. Smith (the vet) came."']


class TestFit:
    def test_specials_first_then_by_frequency_then_by_spelling(self) -> None:
        codec = WordCodec.fit(["b a c", "c b c"])
        assert codec.tokens == ["<unk>", "<eos>", "c", "b", "a"]
        assert (codec.size, codec.unknown_id, codec.eos_id, codec.unit) == (5, 0, 1, "word")

    def test_rare_words_are_left_out(self) -> None:
        codec = WordCodec.fit(["a a a b b c"], min_count=2)
        assert codec.tokens[2:] == ["a", "b"]
        assert codec.encode("a c b") == [2, UNKNOWN_ID, 3]

    def test_size_counts_the_specials(self) -> None:
        assert WordCodec.fit(["a a a b b c"], size=4).tokens == ["<unk>", "<eos>", "a", "b"]

    def test_unk_and_eos_in_the_text_are_those_tokens(self) -> None:
        codec = WordCodec.fit(["a <unk> b <eos>"] * 3)
        assert codec.size == 4
        assert codec.encode("<unk> a <eos>") == [UNKNOWN_ID, 2, EOS_ID]

    @pytest.mark.parametrize("size_of_parts", [1, 2, 7, 1000])
    def test_lines_and_blocks_give_the_same_vocabulary(self, size_of_parts: int) -> None:
        lines = PROSE * 5
        blocks = [
            "".join(f"{line}\n" for line in lines[i : i + size_of_parts])
            for i in range(0, len(lines), size_of_parts)
        ]
        assert WordCodec.fit(blocks).tokens == WordCodec.fit(lines).tokens

    def test_nothing_frequent_enough(self) -> None:
        message = r"at least 5 times \(`min_count`\), got none among 2 \(the most frequent: 3\)"
        with pytest.raises(DataError, match=message):
            WordCodec.fit(["a a a b"], min_count=5)

    def test_no_words(self) -> None:
        with pytest.raises(DataError, match=r"got none among 0"):
            WordCodec.fit(["<unk>", " "])

    def test_unknown_way_to_split(self) -> None:
        with pytest.raises(ChoiceError, match=r"`word_split` must be .* got 'spaces'"):
            WordCodec.fit(["a"], word_split="spaces")


class TestWordSplit:
    def test_auto_leaves_tokenised_text_alone(self) -> None:
        assert WordCodec.fit(TOKENISED).word_split == "whitespace"

    def test_auto_parts_marks_from_words_in_prose(self) -> None:
        assert WordCodec.fit(PROSE).word_split == "punctuation"

    def test_auto_takes_simple_sentences_for_prose(self) -> None:
        assert WordCodec.fit(["I love cats.", "I love you."]).word_split == "punctuation"

    def test_auto_forgives_abbreviations(self) -> None:
        lines = ["the maker is new york-based <unk> corp."] + [
            "we 're talking about years ago"
        ] * 40
        assert WordCodec.fit(lines).word_split == "whitespace"

    def test_auto_without_any_mark(self) -> None:
        assert WordCodec.fit(["I love cats"]).word_split == "whitespace"

    @pytest.mark.parametrize("mark", ["।", "؟", "!"])
    def test_auto_knows_other_scripts(self, mark: str) -> None:
        assert WordCodec.fit([f"शब्द{mark}", f"كلمة{mark}"]).word_split == "punctuation"

    def test_the_user_decides(self) -> None:
        assert WordCodec.fit(PROSE, word_split="whitespace").split("cats.") == ["cats."]

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("I don't; she's well-known!", ["I", "don't", ";", "she's", "well-known", "!"]),
            ("It's 3.14, or 1,000.", ["It's", "3.14", ",", "or", "1,000", "."]),
            ("Wait... what--no", ["Wait", "...", "what", "--", "no"]),
            ("(“Yes,” he said.)", ["(", "“", "Yes", ",", "”", "he", "said", ".", ")"]),
            ("snake_case = f(x)", ["snake_case", "=", "f", "(", "x", ")"]),
            ("a <unk>, b", ["a", "<unk>", ",", "b"]),
            ("हिन्दी शब्द।", ["हिन्दी", "शब्द", "।"]),
            ("cafe\u0301 日本語、です。", ["cafe\u0301", "日本語", "、", "です", "。"]),
        ],
    )
    def test_punctuation(self, line: str, words: list[str]) -> None:
        codec = WordCodec.fit(["x"], word_split="punctuation")
        assert codec.split(line) == words


class TestEncode:
    @pytest.mark.parametrize("word_split", ["whitespace", "punctuation"])
    def test_a_block_is_its_lines_each_closed(self, word_split: str) -> None:
        codec = WordCodec.fit(PROSE, word_split=word_split)
        ids = codec.encode_block(f"{PROSE[0]}\n{PROSE[1]} dogs\n")
        expected = [*codec.encode(PROSE[0]), 1, *codec.encode(PROSE[1]), 0, 1]
        assert ids.dtype == np.uint32
        assert ids.tolist() == expected

    def test_white_space_of_all_kinds_parts_words(self) -> None:
        codec = WordCodec.fit(["a b"])
        assert codec.encode("a\u2028b\tb\x0ba\u3000a") == [2, 3, 3, 2, 2]

    def test_half_a_surrogate_pair_is_unknown(self) -> None:
        assert WordCodec.fit(["a"]).encode("a \udc80") == [2, UNKNOWN_ID]

    def test_nothing(self) -> None:
        codec = WordCodec.fit(["a"])
        assert codec.encode("") == []
        assert codec.encode_block("").tolist() == []


class TestDecode:
    @given(st.text("aZ9 .,;:!?'\"()[]-…’“”<>%$", max_size=40))
    def test_marks_and_words_survive_writing(self, line: str) -> None:
        codec = WordCodec.fit([line, "x"], word_split="punctuation")
        written = codec.decode(codec.encode(line))
        assert codec.split(written) == codec.split(line)

    @pytest.mark.parametrize(
        "line",
        [
            'She said: "I love cats, (and dogs)!" Then she left...',
            "It cost 1,000.50, or 5% more; 'twas well-known.",
        ],
    )
    def test_usual_spaces(self, line: str) -> None:
        codec = WordCodec.fit([line], word_split="punctuation")
        assert codec.decode(codec.encode(line)) == line

    def test_eos_ends_a_line(self) -> None:
        codec = WordCodec.fit(["I love cats ."])
        block = "I love cats .\ncats .\n"
        assert codec.decode(codec.encode_block(block)) == block

    @pytest.mark.parametrize("wrong", [-1, 3])
    def test_an_id_that_is_not(self, wrong: int) -> None:
        with pytest.raises(DataError, match=rf"`ids` must be at least 0 and below 3, got {wrong}"):
            WordCodec.fit(["a"]).decode([2, wrong])


class TestJson:
    def test_there_and_back(self) -> None:
        codec = WordCodec.fit(PROSE)
        again = from_json(json.loads(json.dumps(codec.to_json())))
        assert isinstance(again, WordCodec)
        assert again.tokens == codec.tokens
        assert again.split(PROSE[1]) == codec.split(PROSE[1])

    @pytest.mark.parametrize("word_split", [None, "auto", 7, ["whitespace"]])
    def test_hostile_word_split(self, word_split: object) -> None:
        data = {**WordCodec.fit(["a"]).to_json(), "word_split": word_split}
        with pytest.raises(CheckpointError, match=r"WordCodec: `word_split` must be one of"):
            from_json(data)
