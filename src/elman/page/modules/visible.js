// Tokens and names as they can be seen: what leaves no ink is named by its number, a very long one is cut, and none
// turns what stands beside it, whichever way it runs itself.
const LONGEST = 60;
const NO_INK = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Z}]+$/u;
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const [APART, AGAIN] = ["\u2068", "\u2069"]; // around a part that is laid out by itself

/** A token, in which spaces matter: they are marked. */
export function visible(word) {
  return legible(word.replaceAll(" ", "␣").replaceAll("\n", "⏎"));
}

/** A name, as of a tag. */
export function legible(name) {
  if (NO_INK.test(name)) return cut(Array.from(name, number).join(" "));
  const plain = cut(name.replace(TURNING, ""));
  return RIGHT_TO_LEFT.test(plain) ? APART + plain + AGAIN : plain;
}

function cut(word) {
  const characters = Array.from(word);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : word;
}

function number(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
