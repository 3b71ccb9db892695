/* The words of a text with their tags beneath, line by line; arrow keys go from word to word. */
import { element } from "../../element.js";
import { percent } from "../../page/modules/numbers.js";
import { say } from "../../page/modules/dom.js";
import { visible } from "../../page/modules/visible.js";

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
    while (this.lines.length > readings.length) this.lines.pop().node.remove();
    while (this.lines.length < readings.length) {
      const line = new Line(this.about);
      this.lines.push(line);
      this.node.append(line.node);
    }
    readings.forEach((reading, k) => this.lines[k].show(reading));
    const buttons = this.#buttons();
    if (!buttons.some((button) => button.tabIndex === 0) && buttons.length) buttons.at(-1).tabIndex = 0;
    this.#tell(document.activeElement?.closest(".tagged") === this.node ? document.activeElement : buttons.at(-1));
  }

  /** What comes next is no later reading of what stands there. */
  forget() { for (const line of this.lines) line.forget(); }

  #buttons() { return [...this.node.querySelectorAll("button")]; }

  #look(button) {
    if (!button?.matches("button")) return;
    for (const each of this.node.querySelectorAll('[tabindex="0"]')) each.tabIndex = -1;
    button.tabIndex = 0;
    this.#tell(button);
  }

  #tell(button) { this.chosen(button ? this.lines.flatMap(({ words }) => words).find(({ node }) => node === button)?.said : null); }

  #walk(event) {
    const buttons = this.#buttons(), at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    buttons[Math.max(0, Math.min(buttons.length - 1, to))].focus();
    event.preventDefault();
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

  forget() { this.read = this.before = null; }

  show(reading) {
    if (reading === this.read) return;
    const words = reading?.words ?? [], last = this.read?.words.length ?? 0;
    if (words.length !== last) this.before = words.length > last ? this.read : null;
    this.read = reading;
    while (this.words.length > words.length) this.words.pop().node.remove();
    while (this.words.length < words.length) {
      const word = new Word(this.about);
      this.words.push(word);
      this.node.append(word.node, " ");
    }
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

  show(said) {
    this.said = said;
    const { word, known, tag, sure, likeliest, was: before } = said;
    say(this.text, visible(word));
    say(this.tag, tag);
    say(this.was, before ?? "");
    const look = `tint-${this.tags[tag][1] ?? "none"}${known ? "" : " unknown"}`;
    if (this.node.className !== look) this.node.className = look;
    const unknown = known ? "" : ", not in the training text";
    this.was.hidden = this.before.hidden = !before;
    say(this.more, `, ${percent(sure)}${unknown}`);
    this.node.title = likeliest.map(([name, share]) => `${name} ${percent(share)}`).join(", ") + unknown;
  }
}
