/* The words of a text with their tags beneath, line by line; arrow keys go from word to word. */
import { element } from "../../element.js";
import { percent } from "../../page/modules/numbers.js";
import { say } from "../../page/modules/dom.js";
import { legible, visible } from "../../page/modules/visible.js";

const UNKNOWN = ", not in the training text";

export class Words {
  /** chosen({ word, known, likeliest, was }) is told which word is looked at. */
  constructor(about, chosen) {
    this.about = about;
    this.chosen = chosen;
    this.lines = [];
    this.node = element("div", { class: "tagged", role: "group", "aria-label": "words with their tags; arrow keys go from one to the next" });
    this.node.addEventListener("focusin", ({ target }) => this.#look(target));
    this.node.addEventListener("pointerover", ({ target }) => this.#look(target.closest("button")));
    this.node.addEventListener("keydown", (event) => this.#walk(event));
  }

  get count() { return this.lines.reduce((sum, { words }) => sum + words.length, 0); }

  /** What the lab read of each line; null for a blank one. */
  show(readings) {
    fit(this.node, this.lines, readings, (line, reading) => line.read === reading, () => new Line(this.about));
    readings.forEach((reading, k) => this.lines[k].show(reading));
    const words = this.#words();
    if (!words.some(({ node }) => node.tabIndex === 0) && words.length) words.at(-1).node.tabIndex = 0;
    this.#tell(words.find(({ node }) => node === document.activeElement) ?? words.at(-1));
  }

  /** What comes next is no later reading of what stands there. */
  forget() { for (const line of this.lines) line.forget(); }

  #words() { return this.lines.flatMap(({ words }) => words); }

  #look(button) {
    const word = this.#words().find(({ node }) => node === button);
    if (!word) return;
    for (const each of this.node.querySelectorAll('[tabindex="0"]')) each.tabIndex = -1;
    button.tabIndex = 0;
    this.#tell(word);
  }

  // Only the word that is looked at has a title: of all words they would take longer than the words.
  #tell(word) {
    this.told?.node.removeAttribute("title");
    if (word) word.node.title = word.described;
    this.told = word;
    this.chosen(word?.said ?? null);
  }

  #walk(event) {
    const words = this.#words(), at = words.findIndex(({ node }) => node === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: words.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    words[Math.max(0, Math.min(words.length - 1, to))].node.focus();
    event.preventDefault();
  }
}

// Make what a node holds as many as what is wanted: those at both ends that are alike stay as they are written; of
// those between, some are there to be written anew, some are made, or removed.
function fit(node, held, wanted, alike, make) {
  const fewer = Math.min(held.length, wanted.length);
  let first = 0, last = 0;
  while (first < fewer && alike(held[first], wanted[first])) first++;
  while (last < fewer - first && alike(held.at(-1 - last), wanted.at(-1 - last))) last++;
  const at = () => held.length - last;
  while (held.length > wanted.length) held.splice(at() - 1, 1)[0].node.remove();
  while (held.length < wanted.length) {
    const made = make();
    node.insertBefore(made.node, held[at()]?.node ?? null);
    held.splice(at(), 0, made);
  }
}

class Line {
  constructor(about) {
    this.about = about;
    this.node = element("p", { class: "tagged-line" });
    this.words = [];
    this.read = this.before = null; // what was read last, and when there were fewer words
  }

  /** The words whose tags another word has changed: [[word, before, now], …]. */
  get changed() { return this.words.filter(({ said }) => said.was).map(({ said }) => [said.word, said.was, said.tag]); }

  forget() {
    this.read = undefined; // not null, which a blank line is
    this.before = null;
  }

  show(reading) {
    if (reading === this.read) return;
    const words = reading?.words ?? [], last = this.read?.words.length ?? 0;
    if (words.length !== last) this.before = words.length > last ? this.read : null;
    this.read = reading;
    fit(this.node, this.words, words, ({ said }, word) => said.word === word, () => new Word(this.about));
    words.forEach((word, k) => this.words[k].show({
      word, known: reading.known[k], tag: reading.tags[k], sure: reading.sure[k], likeliest: reading.likeliest[k], was: was(this.before, reading, k),
    }));
  }
}

// The tag that the word had before others came, if it was another one.
function was(before, { words, tags }, k) {
  return before && before.words[k] === words[k] && before.tags[k] !== tags[k] ? before.tags[k] : null;
}

class Word {
  constructor({ tags }) {
    this.tags = tags;
    this.text = element("span", { class: "tagged-word" });
    this.was = element("s", {});
    this.before = element("span", { class: "unseen" }, " before, now ");
    this.tag = element("span", { class: "tagged-tag" });
    this.more = element("span", { class: "unseen" });
    this.node = element("button", { type: "button", tabindex: -1 }, this.text, " ",
      element("span", { class: "tagged-below" }, this.was, this.before, this.tag, this.more));
  }

  /** Write what has changed: a long sentence is read again with every word, and most of it stays as it is. */
  show(said) {
    this.said = said;
    const { word, known, tag, sure, was: before } = said, certain = percent(sure);
    const written = `${word}\n${known}\n${tag}\n${before}\n${certain}`;
    if (written === this.written) return;
    this.written = written;
    say(this.text, visible(word));
    say(this.tag, legible(tag));
    say(this.was, legible(before ?? ""));
    const look = `tint-${this.tags[tag][1] ?? "none"}${known ? "" : " unknown"}`;
    if (this.node.className !== look) this.node.className = look;
    this.was.hidden = this.before.hidden = !before;
    say(this.more, `, ${certain}${known ? "" : UNKNOWN}`);
  }

  /** What it may be, in a line. */
  get described() {
    const { known, likeliest } = this.said;
    return likeliest.map(([name, share]) => `${legible(name)} ${percent(share)}`).join(", ") + (known ? "" : UNKNOWN);
  }
}
