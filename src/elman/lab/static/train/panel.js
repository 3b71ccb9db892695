// One training while it learns: its figures, its curves, what it writes, and what can be done with it.
import { isResting, keepFocus, setResting } from "../busy.js";
import { Chart } from "../chart.js";
import { element } from "../element.js";
import { whole, written } from "../figures/scales.js";
import { say } from "../page/modules/dom.js";
import { worded } from "./labels.js";

const PLAIN = { colour: "ink", dash: null }, FAINT = { colour: "ink", dash: "2 4" };
const SAID = { learning: "learning", pausing: "saving …", paused: "paused, all is saved", finished: "finished", failed: "failed" };

export class Panel {
  #stop = null;
  #points = [];
  #state = null;

  constructor(lab, gone) {
    this.lab = lab;
    this.gone = gone;
    this.title = element("h3", { id: "training-title", tabindex: "-1" });
    this.state = element("p", { class: "soft", id: "training-state", role: "status" });
    this.progress = element("progress", { max: 1, value: 0, "aria-label": "learned" });
    this.big = element("strong", { id: "training-figure" });
    this.said = element("p", {});
    this.loss = new Chart({ title: "Loss", caption: "Nats per token: on the text it learns from, and after each pass on the held-out tenth." });
    this.norm = new Chart({ title: "Gradient norm", caption: "Before clipping, on a logarithmic scale.", logarithmic: true });
    this.clip = new Chart({ title: "Clipping", caption: "Share of steps whose gradient was too long, and to how much of their length those were cut.", form: whole });
    this.samples = element("ol", { class: "samples", reversed: true, "aria-label": "what it writes" });
    this.message = element("p", { class: "message", role: "alert", id: "training-message" });
    this.warnings = element("ul", { class: "warnings", "aria-label": "warnings" });
    this.actions = this.#buttons();
    this.head = element("div", { class: "headline" }, this.big, this.said);
    this.figures = element("div", { class: "charts" }, this.loss.node, this.norm.node, this.clip.node,
      element("div", { class: "card" }, element("h3", {}, "What it writes"), this.samples));
    this.node = element("section", { class: "panel", hidden: true, "aria-labelledby": "training-title", id: "training" },
      element("div", { class: "card" }, this.title, this.state, this.progress, this.head, this.actions, this.warnings, this.message),
      this.figures);
    lab.on("connection", (state) => { if (state === "open" && this.id && !this.#stop) this.watch(this.id); });
  }

  /** Show a training, and follow it until another is shown. */
  async watch(id) {
    this.#stop?.abort();
    const stop = this.#stop = new AbortController();
    if (this.id !== id) {
      say(this.message, "");
      this.#settle(); // what was asked of another is not asked of this one
    }
    this.id = id;
    this.node.hidden = false;
    try {
      await this.lab.ask("train.watch", { id }, { signal: stop.signal, onPart: (part) => stop === this.#stop && this.#show(part) });
    } catch (error) {
      if (stop !== this.#stop) return;
      this.#stop = null; // a lost connection watches again when it is back
      if (error.kind === "Lost") return;
      this.id = null;
      this.gone(id); // there is none of this number, or no longer
    }
  }

  close() {
    this.#stop?.abort();
    this.#stop = null;
    this.id = null;
    this.node.hidden = true;
    this.#settle();
  }

  #show(part) {
    this.#state = part;
    if (part.first) this.#points = [];
    const from = part.points[0]?.[0] ?? Infinity; // after a resume, steps come again
    this.#points = [...this.#points.filter(([step]) => step < from), ...part.points];
    const { now } = part;
    say(this.title, part.name);
    if (part.first) this.keepName.value = part.name;
    say(this.state, `${describe(part.config)} · ${part.state === "learning" && now.stage ? now.stage : SAID[part.state]}${part.kept ? ` · kept in ${part.kept}` : ""}`);
    this.node.dataset.state = part.state;
    const begun = this.#points.length > 0 || part.state !== "failed"; // what broke down at once has no figures
    this.figures.hidden = this.head.hidden = !begun;
    this.progress.hidden = part.state === "finished" || !begun;
    this.progress.value = now.steps ? (now.step ?? 0) / now.steps : 0;
    if (part.state === "failed") say(this.message, worded(part.message, part.name));
    this.#headline(part);
    this.#curves(part);
    this.#write(part.samples);
    this.warnings.replaceChildren(...part.warnings.map(([, text]) => element("li", {}, worded(text))));
    this.#enable(part);
  }

  #headline({ state, now, validations, config }) {
    const best = Math.min(...validations.map(([, value]) => value ?? Infinity));
    const unit = config.unit;
    say(this.big, Number.isFinite(best) ? `perplexity ${written(best)}` : now.loss ? `loss ${written(now.loss)}` : "…");
    const parts = [];
    if (Number.isFinite(best)) parts.push(`On text it did not see, it hesitates between ${written(best)} ${unit}s.`);
    if (now.baseline) parts.push(`A ${now.baseline.name} reaches a perplexity of ${written(now.baseline.value)}.`);
    if (now.step && state !== "finished") parts.push(`Step ${now.step.toLocaleString("en")} of ${(now.steps ?? 0).toLocaleString("en")}, pass ${now.epoch} of ${now.epochs}.`);
    if (now.items_per_s) parts.push(`${Math.round(now.items_per_s).toLocaleString("en")} ${unit}s a second.`);
    say(this.said, parts.join(" "));
  }

  #curves({ validations, config }) {
    const column = (k) => this.#points.map((point) => [point[0], point[k]]);
    const held = validations.map(([step, value]) => [step, value && Math.log(value)]);
    const limit = config.clip_norm ? [{ y: config.clip_norm, text: `clipped above ${written(config.clip_norm)}` }] : [];
    this.loss.show({ curves: [{ name: "learning", points: column(1), ...PLAIN }, { name: "held out", points: held, dots: true, ...PLAIN }] });
    this.norm.show({ curves: [{ name: "largest", points: column(3), ...FAINT }, { name: "mean", points: column(2), ...PLAIN }], levels: limit });
    this.clip.show({ curves: [{ name: "clipped", points: column(4), ...PLAIN }, { name: "cut to", points: column(5), ...FAINT }], yRange: [0, 1] });
  }

  #write(samples) {
    const changed = samples.filter(([, text], k) => text !== samples[k - 1]?.[1]); // the same words again are no news
    const shown = changed.slice(-6).reverse();
    this.samples.replaceChildren(...shown.map(([step, text]) => element("li", {}, element("span", { class: "soft" }, `step ${step.toLocaleString("en")} `), text)));
  }

  // Where *Pause* stood one goes on, and pauses again where one went on; else the title leads to what can be done now.
  #enable(part) {
    const turns = [this.pause, this.resume];
    keepFocus(this.actions, () => this.#offer(part), (left) => (turns.includes(left) && turns.find(({ hidden }) => !hidden)) || this.title);
  }

  #offer({ state, kept, model }) {
    const busy = state === "learning" || state === "pausing";
    this.pause.hidden = !busy;
    setResting(this.pause, state === "pausing");
    this.resume.hidden = state !== "paused" && state !== "failed";
    say(this.resume, state === "failed" ? "Try again" : "Go on");
    this.keepRow.hidden = Boolean(kept) || (!model && !busy); // while it learns the row stands, so that nothing jumps
    setResting(this.keep, !model || state === "pausing");
    this.unfold.hidden = busy || !model;
  }

  #buttons() {
    const button = (id, label, act) => element("button", { type: "button", id: `training-${id}`, onclick: ({ currentTarget }) => isResting(currentTarget) || this.#do(act) }, label);
    this.pause = button("pause", "Pause", () => this.lab.ask("train.pause", { id: this.id }));
    this.resume = button("resume", "Go on", () => this.lab.ask("train.resume", { id: this.id }));
    this.unfold = button("unfold", "Unfold it", () => { this.lab.models.choose(`training ${this.id}`); location.hash = "unfold"; });
    this.keepName = element("input", { type: "text", id: "training-keep-name", maxlength: 64, onkeydown: ({ key, isComposing, repeat }) => { if (key === "Enter" && !isComposing && !repeat) this.keep.click(); } });
    this.keep = button("keep", "Keep", () => this.lab.ask("train.keep", { id: this.id, name: this.keepName.value }));
    this.keepRow = element("span", { class: "row" }, element("label", { class: "keep-name soft" }, "runs/", this.keepName), this.keep);
    this.discard = button("discard", "Discard", () => this.#discard());
    this.discard.addEventListener("blur", () => this.#settle());
    this.discard.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.repeat) event.preventDefault(); }); // holding it is no answer
    return element("div", { class: "row actions" }, this.pause, this.resume, this.unfold, this.discard, this.keepRow);
  }

  async #do(act) {
    say(this.message, "");
    try {
      const answer = await act();
      if (answer?.place) say(this.message, `Kept in ${answer.place}.`);
    } catch (error) {
      say(this.message, error.message);
    }
  }

  // Asks once, in the button itself, until one turns away from it: no dialogue stands in the way.
  async #discard() {
    if (this.discard.dataset.sure !== "yes") {
      this.discard.dataset.sure = "yes";
      say(this.discard, "Discard for good?");
      setTimeout(() => { if (document.activeElement !== this.discard) this.#settle(); }, 4000); // not every browser lets a click focus it
      return;
    }
    const { id } = this;
    this.#settle();
    setResting(this.discard, true);
    try {
      await this.lab.ask("train.discard", { id });
    } finally {
      setResting(this.discard, false);
    }
    this.gone(id);
  }

  #settle() {
    delete this.discard.dataset.sure;
    say(this.discard, "Discard");
  }
}

function describe({ cell, hidden_size, layers, unit }) {
  const name = { elman: "Elman", rnn: "Elman", gru: "GRU", lstm: "LSTM" }[cell];
  return `${name}, ${hidden_size} units${layers > 1 ? ` in ${layers} layers` : ""}, by ${unit}`;
}
