// Text to tokens, as elman.data.codecs does it for words and characters.

const MARK = String.raw`!-\/:-@\[-\^${"`"}\{-~\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7`
  + String.raw`\u037e\u0387\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d`
  + String.raw`\u06d4\u0964\u0965\u0e2f\u0e5a\u0e5b\u1361-\u1368`
  + String.raw`\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2190-\u2bff`
  + String.raw`\u3001-\u3003\u3008-\u3011\u3014-\u301f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3e\uff5b-\uff65`
  + String.raw`\u{1f000}-\u{1faff}`;
const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`; // as in Python
const WORD = `[^${SPACE}${MARK}]+`;
const TOKENS = new RegExp(
  String.raw`\n|<unk>|<eos>|\p{Nd}+(?:[.,]\p{Nd}+)+|${WORD}(?:['’\-‑]${WORD})*|\.{2,}|-{2,}|[${MARK}]`, "gu");
const SPACES = new RegExp(`[${SPACE}]+`, "u");

const SPLITS = {
  punctuation: (text) => text.match(TOKENS) ?? [],
  whitespace: (text) => text.split(SPACES).filter(Boolean),
  characters: (text) => Array.from(text),
};

export class Codec {
  // data: { split, tokens, unknown, eos }
  constructor({ split, tokens, unknown, eos }) {
    this.split = SPLITS[split];
    this.joiner = split === "characters" ? "" : " ";
    this.tokens = tokens;
    this.unknown = unknown;
    this.eos = eos;
    this.ids = new Map(tokens.map((token, id) => [token, id]));
    this.ids.set("\n", eos);
  }

  id(word) {
    return this.ids.get(word) ?? this.unknown;
  }
}
