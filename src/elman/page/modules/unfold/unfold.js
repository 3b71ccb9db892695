// The unit with its loop, which unfolds into a chain through time: one copy for each word.
//
//     import { mountUnfold } from ".../unfold/unfold.js";      styles: colours.css, theme.css, unfold.css
//     const unfold = mountUnfold(node, { sources: [source, …], text: "I love cats", intro: true });
//                             intro: it opens before the visitor's eyes, where things may move; false if left out
//
//     unfold.setText(text)    read another text        unfold.step(), back(), play(), pause(), restart()
//     unfold.use(k)           take sources[k]          unfold.open(share)   0 folded … 1 unfolded, gliding
//     unfold.state            { words, now, open, memory, unit, layer, lit, playing, fault, read, drawn } for tests;
//                             read: how many steps were read and stand in the picture, null while it is drawn anew
//     unfold.replace(sources) other sources, the text stays          unfold.destroy()
//     unfold.reread()         the source has learned: read the same text again
//     Events on `node`: "unfold:change" after every change of the above (no detail; read `state`).
//
// A source is any object of this form; its answers are plain values, so they may come over a socket as JSON:
//
//     source.name         shown where there is a choice: "Elman", "my LSTM"
//     source.cell         "elman", "gru" or "lstm"
//     source.activation   f of the Elman cell: "tanh" (if left out), "relu", …
//     source.layers       L, stacked layers
//     source.hidden       H, units of each layer
//     source.gates        letters of the gates drawn as doors: [], ["r", "z"], ["i", "f", "o"]
//     source.fixed        a list of words if it can read only these (a recording); else left out
//     source.left_out     how many steps of a recording are missing after its last word; else left out
//     source.cuts         false if memory cannot be switched off; else left out
//     source.predicts     false if it says no next words; else left out or true
//     source.holds        false if nobody measured what its memory still holds; else left out or true
//     source.split(text)  → the words of a text (or a Promise of them), one for each step
//     source.join(words)  the text that words make; joined by spaces if left out
//     source.step(words, { from, to, memory }) → Promise of the steps from … to − 1 (counted from 0), in order
//         The memory before step 0 is the one the network begins a text with; words 0 … from − 1 were read before.
//         memory: false wipes the memory before every step: the loop is cut, V = 0.
//         A rejected promise shows its message in the picture. Calls come one after the other, in blocks of 64.
//
//     a step:  { known: true,                      false: not in the vocabulary, read as <unk>
//                layers: [{ h: [H numbers], c: [H] for an LSTM,
//                           gates: { r: [H], z: [H] } each 0 … 1 }],       one for each layer, the lowest first
//                next: [{ word, probability }, …]  likeliest first; 5 are shown; [] if it predicts no words
//                remembered: ["I", null, "love"]   what can be read back from the memory, oldest first, null where
//                                                  it cannot; null if nobody measured }

import { element, say } from "../dom.js";
import { mayMove } from "../motion.js";
import { controls, suit } from "./controls.js";
import { Course } from "./course.js";
import { equation } from "./equation.js";
import { handle } from "./handle.js";
import { hints, listen } from "./keys.js";
import { Lights } from "./lights.js";
import { narrate } from "./narration.js";
import { Player } from "./player.js";
import { ranges } from "./ranges.js";
import { sharing } from "./sharing.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";

export function mountUnfold(node, options) {
  return new Unfold(node, options);
}

class Unfold {
  constructor(node, { sources, text = "I love cats", open = 1, intro = false }) {
    this.node = node;
    this.view = { now: 0, open, memory: true, unit: 0, layer: 0, ranges: { h: 1, c: 1 } };
    this.words = [];
    this.wanted = text;
    this.parts = controls(sources.map((source) => source.name));
    this.stage = new Stage(this);
    this.course = new Course(this, (now) => this.goTo(now));
    this.news = element("p", { class: "news", "aria-live": "polite" });
    this.note = element("p", { class: "note soft" });
    this.formula = element("div");
    this.keys = element("span", { class: "keys soft" });
    this.player = new Player(() => this.advance(), () => this.refresh());
    this.frame = element("section", { class: "unfold", "aria-label": "the network, unfolded through time", tabindex: -1 },
      element("div", { class: "top" }, this.parts.node, this.formula), this.stage.node, this.news, this.note,
      element("div", { class: "row picks" }, this.parts.unitLabel, this.course.legend, this.parts.layer, this.keys), this.course.node);
    node.replaceChildren(this.frame);
    this.lights = new Lights(this.frame, (name) => this.lit(name));
    this.open = handle(this.stage.grip, {
      get: () => this.view.open,
      set: (share) => this.fold(share),
      reach: () => this.stage.shape.pitch,
    });
    this.wire();
    this.sources = sources;
    this.use(0).then(() => intro && mayMove() && this.unroll());
  }

  // Begin with the unit and its loop, and let it open by itself.
  unroll() {
    this.fold(0);
    setTimeout(() => this.view.open === 0 && this.open(1), 500);
  }

  get state() {
    const { now, open, memory, unit, layer } = this.view;
    return {
      words: [...this.words], now, open, memory, unit, layer, lit: this.frame.dataset.lit ?? null,
      playing: this.player.playing, fault: this.store?.fault?.message ?? null,
      read: this.stage.frame ? null : this.store?.steps.length ?? 0,
      drawn: [...this.stage.pool.keys()].sort((a, b) => a - b),
    };
  }

  // The step read at t, once the source has given it.
  at(t) {
    return this.store.steps[t];
  }

  use(k) {
    this.source = this.sources[k];
    this.parts.cell.value = k;
    this.view.layer = 0;
    this.view.unit = Math.min(this.view.unit, this.source.hidden - 1);
    this.store = new Store(this.source, () => this.refresh());
    suit(this.parts, this.source, this.view);
    this.view.memory = this.view.memory || this.source.cuts === false;
    this.parts.memory.checked = this.view.memory;
    this.formula.replaceChildren(equation(this.source));
    this.keys.replaceChildren(...hint(this.source));
    this.stage.reshape(this.source);
    this.lit(null);
    return this.setText(this.wanted);
  }

  replace(sources) {
    this.sources = sources;
    this.parts.cell.replaceChildren(...sources.map((source, k) => element("option", { value: k }, source.name)));
    this.parts.cell.hidden = sources.length < 2;
    return this.use(0);
  }

  // Show `text`, all of it read.
  async setText(text) {
    this.wanted = text;
    const asked = (this.asking = {});
    const words = this.source.fixed ?? (await this.source.split(text));
    if (asked !== this.asking) return;
    const shown = this.source.fixed ? words.join(" ") : text;
    if (this.parts.text.value !== shown) this.parts.text.value = shown;
    this.words = words;
    this.view.now = words.length;
    if (await this.read()) this.stage.reveal(words.length - 1, false);
  }

  // Whether all was read, and no other text came in between.
  async read() {
    const { store } = this;
    const whole = await store.read(this.words, this.view.memory);
    if (store !== this.store) return false;
    this.view.ranges = ranges(store.steps, this.view.layer);
    this.refresh();
    return whole;
  }

  // Read the same again: the source has changed, as a network does that learns. The old steps stand meanwhile.
  async reread() {
    const { store, words, view: { memory } } = this;
    const next = new Store(this.source, () => {});
    await next.read(words, memory);
    if (this.store !== store || this.words !== words || this.view.memory !== memory) return;
    next.changed = () => this.refresh();
    this.store = next;
    this.view.ranges = ranges(next.steps, this.view.layer);
    this.refresh();
  }

  goTo(now, smooth = false) {
    this.view.now = Math.max(0, Math.min(this.words.length, now));
    this.stage.reveal(this.view.now - 1, smooth);
    this.refresh();
  }

  // Read one word more; from the start again after the last.
  step() {
    this.player.stop();
    if (this.view.now >= this.words.length) this.view.now = 0;
    return this.advance();
  }

  back() {
    this.player.stop();
    this.goTo(this.view.now - 1);
  }

  restart() {
    this.player.stop();
    this.goTo(0);
    this.stage.node.scrollTo({ left: 0 });
  }

  play() {
    if (this.view.now >= this.words.length) this.restart();
    this.player.start(this.words.length);
  }

  pause() {
    this.player.stop();
  }

  advance() {
    const { now } = this.view;
    if (now >= this.words.length) return false;
    this.goTo(now + 1, !this.player.playing);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.stage.copyAt(now)?.enter();
      if (this.view.memory) this.stage.copyAt(now - 1)?.leave();
    }));
    return now + 1 < this.words.length;
  }

  fold(share) {
    this.view.open = share;
    this.stage.draw();
    const lead = this.view.now - 1;
    if (share < 1) this.stage.reveal(lead, false);
    this.announce();
  }

  lit(name) {
    say(this.note, name ? sharing(name, this.source, this.words.length) : "Touch U, V or W: the same weights serve every step.");
    this.announce();
  }

  async cut(memory) {
    this.view.memory = memory;
    await this.read();
  }

  refresh() {
    const { now, memory } = this.view;
    this.stage.draw();
    this.course.draw();
    say(this.parts.play, this.player.playing ? "Pause" : "Play");
    this.frame.classList.toggle("cut", !memory);
    const fault = this.store.fault;
    this.news.classList.toggle("fault", Boolean(fault));
    if (!this.player.playing) say(this.news, fault ? fault.message : narrate(this.words, now, this.at(now - 1), memory, this.source.left_out));
    this.announce();
  }

  announce() {
    this.node.dispatchEvent(new CustomEvent("unfold:change"));
  }

  wire() {
    const { text, step, play, start, memory, cell, layer, unit } = this.parts;
    text.addEventListener("input", () => {
      this.player.stop();
      this.setText(text.value);
    });
    step.addEventListener("click", () => this.step());
    play.addEventListener("click", () => (this.player.playing ? this.pause() : this.play()));
    start.addEventListener("click", () => this.restart());
    memory.addEventListener("change", () => this.cut(memory.checked));
    cell.addEventListener("change", () => this.use(Number(cell.value)));
    layer.addEventListener("change", () => {
      this.view.layer = Number(layer.value);
      this.view.ranges = ranges(this.store.steps, this.view.layer);
      this.refresh();
    });
    unit.addEventListener("input", () => this.choose(Number(unit.value) - 1));
    this.stage.node.addEventListener("click", (event) => this.clicked(event.target));
    listen(this.frame, this);
  }

  clicked(target) {
    const unit = target.dataset?.unit;
    const word = target.closest?.(".bar")?.dataset.word;
    if (unit !== undefined) this.choose(Number(unit));
    if (word === undefined || this.source.fixed) return;
    const [t] = [...this.stage.pool].find(([, copy]) => copy.node === target.closest(".copy"));
    this.append(t, word);
  }

  // Go on with the k-th likely word after the word that was read last.
  goOn(k) {
    const next = this.at(this.view.now - 1)?.next[k];
    if (next && !this.source.fixed) this.append(this.view.now - 1, next.word);
  }

  // Go on after copy t with a word.
  append(t, word) {
    const words = [...this.words.slice(0, t + 1), word];
    this.player.stop();
    this.setText(this.source.join ? this.source.join(words) : words.join(" "));
  }

  choose(unit) {
    if (!Number.isInteger(unit) || unit < 0 || unit >= this.source.hidden) return;
    this.view.unit = unit;
    if (Number(this.parts.unit.value) !== unit + 1) this.parts.unit.value = unit + 1;
    this.refresh();
  }

  destroy() {
    this.player.stop();
    this.stage.destroy();
    this.course.destroy();
    this.node.replaceChildren();
  }
}

// The keys, in a line.
function hint(source) {
  return hints(source).flatMap((part) =>
    (typeof part === "string" ? [` ${part}   `] : part.map((key) => (key === "–" ? key : element("kbd", {}, key)))));
}
