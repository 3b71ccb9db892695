// Tokens and names as they can be seen: what leaves no ink is named by its number, a very long one is cut, and none
// turns what stands beside it, whichever way it runs itself.
const LONGEST = 60, LOOKED_AT = 4000; // characters shown; of more than these no more is looked at
const NO_INK = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Z}]+$/u;
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROL = /\p{Cc}/gu, HALF = /\p{Cs}/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const [APART, AGAIN] = ["\u2068", "\u2069"]; // around a part that is laid out by itself

/** A token, in which spaces matter: they are marked. */
export function visible(word) {
  return legible(word.slice(0, LOOKED_AT).replaceAll(" ", "␣").replaceAll("\n", "⏎"));
}

/** A name, as of a tag or a class; within it control characters get pictures, and half a pair of surrogates a mark. */
export function legible(whole) {
  const name = whole.slice(0, LOOKED_AT);
  if (NO_INK.test(name)) return cut(Array.from(name, number).join(" "));
  const plain = cut(name.replace(TURNING, "").replace(CONTROL, picture).replace(HALF, "\ufffd"));
  return RIGHT_TO_LEFT.test(plain) ? APART + plain + AGAIN : plain;
}

function cut(word) {
  const characters = Array.from(word);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : word;
}

// Those of ASCII have one each.
function picture(character) {
  const code = character.codePointAt(0);
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
}

function number(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
