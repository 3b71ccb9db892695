// The picture in words: one sentence for the step that was read last.

import { percent } from "../numbers.js";
import { visible } from "../visible.js";

export function narrate(words, now, step, memory, leftOut = 0) {
  if (!words.length) return "Type a sentence.";
  if (now === 0) return "The memory is blank. Step reads the first word.";
  if (!step) return "Reading …";
  const next = step.next.slice(0, 3).map(({ word, probability }) => `“${visible(word)}” ${percent(probability)}`);
  const expects = next.length ? ` it expects ${list(next)}.` : " the memory is as shown.";
  return `After “${visible(words[now - 1])}”${memory ? "" : ", with memory off,"}${expects}${holds(step.remembered)}${ending(now === words.length && leftOut)}`;
}

function holds(remembered) {
  if (!remembered) return "";
  const held = remembered.filter((word) => word != null).map(visible);
  if (!held.length) return " No word can be read back from its memory for sure.";
  return ` From its memory one can still read “${held.join(" ")}”.`;
}

// Where a recording is cut; people who do not see the chain end hear it too.
function ending(leftOut) {
  return leftOut ? ` The recording ends here; left out: ${leftOut.toLocaleString("en-GB")} more.` : "";
}

function list(parts) {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`;
}
