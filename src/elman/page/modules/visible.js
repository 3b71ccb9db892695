// A token as it can be seen.
export function visible(word) {
  return word.replaceAll(" ", "␣").replaceAll("\n", "⏎");
}
