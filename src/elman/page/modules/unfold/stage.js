// The window onto the chain. Copies come from a small pool: only those in view exist, whatever the length of the text.

import { element, say, svg } from "../dom.js";
import { Copy, place } from "./copy.js";
import { carry, chainWidth, gripAt, pitchAt, placeOf } from "./fold.js";
import { shapeOf } from "./shape.js";

const BESIDE = 1; // copies drawn beyond either edge
const LEAST_OPEN = 0.3; // below this, copies overlap too much to draw more than a few
const CROWD = 6;

let stages = 0;

export class Stage {
  // model: { words, at(t), view } read at every drawing; act: what the stage asks of its owner.
  constructor(model) {
    this.model = model;
    this.head = `elman-head-${stages++}`;
    this.list = element("ol", { class: "chain" });
    this.grip = element("div", {
      class: "grip", role: "slider", tabindex: 0, "aria-label": "unfold the unit through time",
      "aria-valuemin": 0, "aria-valuemax": 100,
    }, element("span", { "aria-hidden": "true" }, "⟷"));
    this.track = element("div", { class: "track" }, this.list, this.grip);
    this.node = element("div", { class: "stage", tabindex: -1 }, heads(this.head), this.track);
    this.pool = new Map(); // t → Copy
    this.spare = [];
    this.frame = 0;
    this.width = 0;
    this.node.addEventListener("scroll", () => this.draw(), { passive: true });
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.node);
  }

  destroy() {
    this.watch.disconnect();
    cancelAnimationFrame(this.frame);
  }

  // Begin anew with another network.
  reshape(source) {
    this.source = source;
    this.list.replaceChildren();
    this.pool.clear();
    this.spare = [];
    this.resize();
  }

  resize() {
    this.width = this.node.clientWidth;
    if (!this.source || !this.width) return;
    const narrow = this.width < 520;
    if (!this.shape || this.narrow !== narrow || this.shaped !== this.source) {
      this.narrow = narrow;
      this.shaped = this.source;
      this.shape = shapeOf(this.source, narrow);
      this.list.replaceChildren();
      this.pool.clear();
      this.spare = [];
      const style = this.node.style;
      for (const name of ["unit", "pad", "strip", "row", "nextTop", "unitTop", "unitHeight", "chipTop", "heldTop", "height"]) {
        style.setProperty(`--${name}`, `${this.shape[name]}px`);
      }
    }
    this.draw();
  }

  draw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.shape && this.width) this.paint();
    });
  }

  paint() {
    const { words, view } = this.model;
    const open = view.open;
    this.list.style.width = `${chainWidth(this.shape, open, this.width, words.length)}px`;
    const seen = this.seen(words.length, open);
    for (const [t, copy] of this.pool) {
      if (t < seen.first || t > seen.last) this.drop(t, copy);
    }
    for (let t = seen.last; t >= seen.first; t--) this.put(t, seen);
    this.steer(seen, open);
  }

  // Which copies are in view; folded, only the one that reads now.
  seen(count, open) {
    const present = Math.max(0, Math.min(count - 1, this.model.view.now - 1));
    if (open < 0.02) return { first: present, last: Math.min(present, count - 1), lead: present };
    const left = this.node.scrollLeft;
    const pitch = pitchAt(this.shape, open);
    const origin = placeOf(this.shape, open, this.width, 0);
    const first = Math.max(0, Math.floor((left - origin - this.shape.unit) / pitch) + 1 - BESIDE);
    const room = Math.ceil((left + this.width - origin) / pitch) - 1 + BESIDE;
    const last = Math.min(count - 1, open < LEAST_OPEN ? Math.min(room, first + CROWD) : room);
    const lead = Math.max(first, Math.ceil((left - origin) / pitch));
    return { first, last, lead: Math.min(lead, count - 1) };
  }

  put(t, seen) {
    const { words, view } = this.model;
    let copy = this.pool.get(t);
    if (!copy) {
      copy = this.spare.pop() ?? new Copy(this.shape, this.head);
      this.pool.set(t, copy);
      this.list.append(copy.node);
      copy.node.hidden = false;
    }
    copy.show(t, words[t], this.model.at(t), words[t + 1], view);
    const at = view.open < 0.02 ? placeOf(this.shape, 0, this.width, 0) : placeOf(this.shape, view.open, this.width, t);
    copy.node.style.transform = `translateX(${at}px)`;
    copy.node.style.zIndex = seen.last - t + 1;
    this.tie(copy, t, view, words.length);
  }

  // The edge V from a copy to the next.
  tie(copy, t, view, count) {
    const { lines, hits, pulses, labels } = copy.edges;
    const folded = view.open < 0.02;
    const there = folded || t < count - 1;
    const cut = !view.memory;
    const { path, middle } = carry(this.shape, folded ? 0 : view.open, cut ? 0.36 : 1);
    for (const line of [lines.V, hits.V, pulses.V]) {
      if (line.getAttribute("d") !== path) line.setAttribute("d", path);
      line.style.display = there ? "" : "none";
    }
    lines.V.classList.toggle("cut", cut);
    lines.V.classList.toggle("ahead", t >= view.now - 1 && !folded);
    labels.V.style.display = there ? "" : "none";
    say(labels.V, cut ? "V = 0" : "V");
    place(labels.V, folded ? this.shape.unit + 52 : Math.max(middle[0], this.shape.unit + 8), folded ? this.shape.middle + 6 : middle[1] - 12);
  }

  // The handle rides on the first whole copy's edge.
  steer(seen, open) {
    const t = Math.max(0, seen.lead);
    const at = open < 0.02 ? placeOf(this.shape, 0, this.width, 0) : placeOf(this.shape, open, this.width, t);
    const [x, y] = gripAt(this.shape, open);
    this.grip.style.transform = `translate(${at + x}px, ${y}px)`;
    this.grip.setAttribute("aria-valuenow", Math.round(100 * open));
    this.grip.setAttribute("aria-valuetext", open < 0.02 ? "folded: one unit with a loop" : open > 0.98 ? "unfolded: one copy for each word" : `${Math.round(100 * open)} % unfolded`);
  }

  drop(t, copy) {
    this.pool.delete(t);
    copy.node.hidden = true;
    this.spare.push(copy);
  }

  // Scroll so that copy t is in view, as far left as `lead` of the window.
  reveal(t, smooth) {
    if (!this.shape || t < 0) return;
    const at = placeOf(this.shape, this.model.view.open, this.width, t);
    const left = this.node.scrollLeft;
    const behind = this.width < 520 ? 8 : this.shape.pitch + 28;
    if (at >= left && at + this.shape.unit + 16 <= left + this.width) return;
    this.node.scrollTo({ left: Math.max(0, at - behind), behavior: smooth ? "smooth" : "auto" });
  }

  copyAt(t) {
    return this.pool.get(t);
  }
}

function heads(id) {
  return svg("svg", { width: 0, height: 0, class: "heads", "aria-hidden": "true" }, svg("defs", {},
    ...["U", "V", "W"].map((name) => svg("marker", {
      id: `${id}-${name}`, viewBox: "0 0 8 8", refX: 5, refY: 4, markerWidth: 9, markerHeight: 9,
      markerUnits: "userSpaceOnUse", orient: "auto",
    }, svg("path", { d: "M0 0 8 4 0 8z", class: `head ${name}` })))));
}
