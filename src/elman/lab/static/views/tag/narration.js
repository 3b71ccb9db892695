/* How a tagger reads, and what has just been read, in words. */
import { percent } from "../../page/modules/numbers.js";
import { legible, visible } from "../../page/modules/visible.js";

const MOST_CHANGES = 5;

export function reads({ name }, { forward, words, tags }) {
  const size = `It knows ${Object.keys(tags).length} tags and ${words.toLocaleString("en-GB")} words.`;
  return forward
    ? `${legible(name)} reads forward alone: it tags each word as it arrives, and what follows changes nothing any more. ${size}`
    : `${legible(name)} reads a sentence from both ends: with every word it reads all of it again, and what follows may change a tag. ${size}`;
}

export function narrate(line, { forward, crf }, memory) {
  const last = line?.words.at(-1)?.said;
  if (!last) return "Type a sentence.";
  const said = `“${visible(last.word)}” → ${legible(last.tag)}, ${percent(last.sure)}.`;
  if (!memory) return `${said} With memory off each word is judged by itself${crf ? " and by the tags beside it" : ""}.`;
  if (forward) return `${said} What follows will not change it.`;
  const changed = line.changed.map(([word, before, now]) => `“${visible(word)}” from ${legible(before)} to ${legible(now)}`);
  const more = changed.length - MOST_CHANGES;
  if (more > 1) changed.splice(MOST_CHANGES, more, `${more.toLocaleString("en-GB")} more`);
  return changed.length ? `${said} Read again from both ends, it changes ${list(changed)}.` : said;
}

const list = (parts) => (parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0]);
