// The window onto the chain. Copies come from a small pool: only those in view exist, whatever the length of the text.

import { element, say, svg } from "../dom.js";
import { Copy, place } from "./copy.js";
import { carry, chainWidth, gripAt, pitchAt, placeOf } from "./fold.js";
import { shapeOf } from "./shape.js";

const BESIDE = 1; // copies drawn beyond either edge
const FOLDED = 0.02; // below this there is one unit, not a chain
const CROWDED = 0.3; // below this, copies overlap too much to draw more than a few
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
    }, element("span", { "aria-hidden": "true" }, "⟷"), element("small", { "aria-hidden": "true" }, "pull to unfold"));
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

  // What the geometry depends on.
  get window() {
    return { open: this.folded ? 0 : this.model.view.open, width: this.width, count: this.model.words.length };
  }

  get folded() {
    return this.model.view.open < FOLDED;
  }

  paint() {
    const view = this.window;
    this.pitch = pitchAt(this.shape, view);
    this.list.style.width = `${chainWidth(this.shape, view)}px`;
    this.node.classList.toggle("folded", this.folded);
    this.clear(Math.max(0, Math.min(1, (this.pitch / this.shape.unit - 0.9) * 5)));
    const seen = this.seen(view);
    for (const [t, copy] of this.pool) {
      if (t < seen.first || t > seen.last) this.drop(t, copy);
    }
    for (let t = seen.last; t >= seen.first; t--) this.put(t, seen, view);
    this.steer(seen, view);
  }

  // How much of what stands above and below the units is seen. In few steps: each styles all copies anew.
  clear(share) {
    const seen = this.folded ? 1 : Math.round(5 * share) / 5;
    if (seen !== this.cleared) this.node.style.setProperty("--clear", (this.cleared = seen));
  }

  // Which copies are in view; folded, only the one that reads now.
  seen(view) {
    const present = Math.max(0, Math.min(view.count, this.model.view.now) - 1);
    if (this.folded) return { first: present, last: Math.min(present, view.count - 1), lead: present };
    const left = this.node.scrollLeft;
    const origin = placeOf(this.shape, view, 0);
    let first = Math.max(0, Math.floor((left - origin - this.shape.unit) / this.pitch) + 1 - BESIDE);
    let last = Math.min(view.count - 1, Math.ceil((left + this.width - origin) / this.pitch) - 1 + BESIDE);
    if (view.open < CROWDED) { // the same ones all the way, those about the present
      first = Math.max(first, present - CROWD);
      last = Math.min(last, present + 1);
    }
    const lead = Math.max(first, Math.ceil((left - origin) / this.pitch));
    return { first, last, lead: Math.max(0, Math.min(lead, view.count - 2)) };
  }

  left(view, t) {
    return placeOf(this.shape, view, this.folded ? 0 : t);
  }

  put(t, seen, view) {
    const { words } = this.model;
    let copy = this.pool.get(t);
    if (!copy) {
      copy = this.spare.pop() ?? new Copy(this.shape, this.head);
      this.pool.set(t, copy);
      this.list.append(copy.node);
      copy.node.hidden = false;
    }
    copy.node.classList.toggle("still", !this.folded && copy.t !== t);
    copy.show(t, words[t], this.model.at(t), words[t + 1], this.model.view);
    copy.node.style.transform = `translateX(${this.left(view, t)}px)`;
    copy.node.style.zIndex = seen.last - t + 1;
    this.tie(copy, t, t === seen.lead, view.count);
  }

  // The edge V from a copy to the next.
  tie(copy, t, leads, count) {
    const { lines, hits, pulses, labels } = copy.edges;
    const there = this.folded || t < count - 1;
    const cut = !this.model.view.memory;
    const { path, middle } = carry(this.shape, this.pitch, cut ? 0.4 : 1);
    for (const line of [lines.V, hits.V, pulses.V]) {
      if (line.getAttribute("d") !== path) line.setAttribute("d", path);
      line.style.display = there ? "" : "none";
    }
    lines.V.classList.toggle("cut", cut);
    lines.V.classList.toggle("ahead", t >= this.model.view.now - 1 && !this.folded);
    labels.V.style.display = this.folded || (there && this.pitch > this.shape.unit + 20) ? "" : "none";
    say(labels.V, cut ? "V = 0" : "V");
    if (this.folded) place(labels.V, this.shape.unit + 30, this.shape.middle - 16);
    else place(labels.V, Math.max(middle[0], this.shape.unit + 12), middle[1] - (leads ? 24 : 12));
  }

  // The handle rides on the first whole copy's edge.
  steer(seen, view) {
    const [x, y] = gripAt(this.shape, this.pitch);
    const percent = Math.round(100 * view.open);
    this.grip.hidden = view.count < 2 && !this.folded;
    this.grip.style.transform = `translate(${this.left(view, seen.lead) + x}px, ${y}px)`;
    this.grip.setAttribute("aria-valuenow", percent);
    this.grip.setAttribute("aria-valuetext", this.folded ? "folded: one unit with a loop"
      : percent > 97 ? "unfolded: one copy for each word" : `${percent} % unfolded`);
  }

  drop(t, copy) {
    this.pool.delete(t);
    copy.node.hidden = true;
    this.spare.push(copy);
  }

  // Scroll so that copy t is in view.
  reveal(t, smooth) {
    if (!this.shape || t < 0) return;
    const view = this.window;
    this.list.style.width = `${chainWidth(this.shape, view)}px`;
    const at = placeOf(this.shape, view, t);
    const left = this.node.scrollLeft;
    const behind = this.width < 520 ? 12 : pitchAt(this.shape, view) + 40;
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
