/* Classify: a series or a text as it unrolls, and the probabilities of the classes after every step. */
import { element } from "../element.js";
import { latest } from "../latest.js";
import { say } from "../page/modules/dom.js";
import { Player } from "../page/modules/unfold/player.js";
import { legible } from "../page/modules/visible.js";
import { unpack } from "../source.js";
import { answers } from "./classify/answers.js";
import { controls } from "./classify/controls.js";
import { course } from "./classify/course.js";
import { early } from "./classify/early.js";
import { given } from "./classify/given.js";
import { narrate, reads } from "./classify/narration.js";
import { seriesStage } from "./classify/series.js";
import { wordsStage } from "./classify/words.js";

const TICKS = 150; // a long series is played in so many

export async function mount(root, lab) {
  await lab.models.ready("classification");
  const model = lab.models.of("classification")[0];
  const told = await lab.ask("classify.about", { model: model.key });
  const about = { ...told, names: told.classes.map(legible) }; // as they can be shown
  const view = new Classify(root, lab, model, about);
  root.classify = view;
  view.source.begin();
  return { hide() { view.player.stop(); } };
}

class Classify {
  constructor(root, lab, model, about) {
    Object.assign(this, { root, lab, model, about, now: 0, content: null });
    this.stage = about.series ? seriesStage(about) : wordsStage();
    this.course = course(about);
    this.answers = answers(about);
    this.early = early(about, () => this.refresh());
    this.status = element("p", { class: "news-line", id: "classify-status", "aria-live": "polite" });
    this.player = new Player(() => this.advance(), () => this.refresh());
    this.controls = controls(about, this);
    this.source = given(lab, model, about, (wanted) => { this.wanted = wanted; this.read(); });
    this.read = latest(lab, (signal) => this.ask(signal), (answer) => this.show(answer), (error) => this.fail(error));
    this.frame = element("div", { class: "card classify", hidden: true }, this.controls.node, this.stage.node, this.course.node, this.status,
      element("div", { class: "pair" }, this.answers.node, this.early.node));
    root.append(element("p", { class: "soft" }, reads(model, about)), this.source.node, this.frame);
    this.controls.listen(this.frame);
  }

  /** How things stand, for whoever looks from outside. */
  get state() {
    const { now, steps, content, player } = this;
    return { now, steps, playing: player.playing, label: content?.label ?? null, shares: content ? [...this.at(now) ?? []] : [] };
  }

  get steps() { return this.content ? this.content.words.length || this.content.channels[0].length : 0; }

  async ask(signal) {
    const { ask, ...args } = this.wanted;
    const memory = this.controls.memory.checked;
    const answer = await this.lab.ask(ask, { model: this.model.key, memory, ...args }, { signal });
    return { ...answer, whole: this.wanted };
  }

  show(answer) {
    const same = this.content?.whole === answer.whole; // with memory or without
    this.content = { ...answer, shares: unpack(answer.shares) };
    if (!same) {
      this.player.stop();
      this.now = this.steps;
    }
    this.source.shown(answer);
    this.frame.hidden = false;
    this.stage.show(this.content);
    this.course.show(this.content, this.steps);
    this.early.show(this.content, this.steps);
    this.controls.fit(this.steps);
    this.root.dataset.memory = this.controls.memory.checked ? "on" : "off";
    this.refresh();
  }

  fail(error) {
    this.player.stop();
    this.frame.hidden = true;
    this.content = null;
    this.source.failed(error);
  }

  /** The probabilities after `now` steps; null if there are none. */
  at(now) {
    const { classes } = this.about, { shares } = this.content;
    const row = this.about.early ? now - 1 : now === this.steps ? 0 : -1;
    return row < 0 ? null : shares.subarray(row * classes.length, (row + 1) * classes.length);
  }

  goTo(now) {
    this.now = Math.max(0, Math.min(this.steps, now));
    this.refresh();
  }

  step(by = 1) {
    this.player.stop();
    this.goTo(by > 0 && this.now >= this.steps ? 1 : this.now + by);
  }

  play() {
    if (this.player.playing) { this.player.stop(); return; }
    if (this.now >= this.steps) this.goTo(0);
    this.player.start(Math.min(this.steps, TICKS));
  }

  advance() {
    this.goTo(this.now + Math.max(1, Math.ceil(this.steps / TICKS)));
    return this.now < this.steps;
  }

  refresh() {
    if (!this.content) return;
    const { now, steps, content, about, player } = this, shares = this.at(now);
    this.stage.mark(now);
    this.course.mark(now, shares, this.early.stop);
    this.answers.show(shares, content.label);
    this.early.mark(now);
    this.controls.mark(now, player.playing);
    this.status.setAttribute("aria-live", player.playing ? "off" : "polite");
    say(this.status, narrate(about, { now, steps, shares, label: content.label }));
    Object.assign(this.root.dataset, { now, steps, playing: player.playing });
  }
}
