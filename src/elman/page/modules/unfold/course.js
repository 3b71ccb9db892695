// The course of one unit over the text: its value at every step, its gates, and which part is in view.

import { element, say, svg } from "../dom.js";
import { signed } from "../numbers.js";

const HEIGHT = 64;
const GATE = 22;
let courses = 0;
const DASHES = ["", "5 3", "1.5 3"];

export class Course {
  // model as in Stage; go(t) moves to step t.
  constructor(model, go) {
    this.model = model;
    this.line = svg("path", { class: "line", fill: "none" });
    this.zero = svg("line", { class: "zero" });
    this.mark = svg("line", { class: "mark" });
    this.dot = svg("circle", { r: 4, class: "dot" });
    this.gates = DASHES.map((dash) => svg("path", { class: "gate", "stroke-dasharray": dash }));
    const id = `elman-course-${courses++}`;
    this.gradient = svg("linearGradient", { id, gradientUnits: "userSpaceOnUse", x1: 0, x2: 0, y1: 2, y2: HEIGHT - 2 },
      svg("stop", { offset: 0, "stop-color": "var(--high)" }), svg("stop", { offset: 0.5, "stop-color": "var(--soft)" }), svg("stop", { offset: 1, "stop-color": "var(--low)" }));
    this.line.style.stroke = `url(#${id})`;
    this.picture = svg("svg", { "aria-hidden": "true", preserveAspectRatio: "none" },
      svg("defs", {}, this.gradient), this.zero, ...this.gates, this.line, this.mark, this.dot);
    this.legend = element("span", { class: "soft" });
    this.node = element("div", { class: "course" }, this.picture);
    this.picture.addEventListener("pointerdown", (event) => {
      const box = this.picture.getBoundingClientRect();
      go(1 + Math.round(((event.clientX - box.left) / box.width) * Math.max(0, this.model.words.length - 1)));
    });
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.node);
  }

  destroy() {
    this.watch.disconnect();
    cancelAnimationFrame(this.frame);
  }

  draw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  paint() {
    const { words, view, source } = this.model;
    const width = this.picture.clientWidth;
    if (!width) return;
    const letters = source.gates ?? [];
    const height = HEIGHT + (letters.length ? GATE + 8 : 0);
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.picture.style.height = `${height}px`;
    const x = (t) => (words.length < 2 ? width / 2 : 5 + (t * (width - 10)) / (words.length - 1));
    const range = view.ranges.h;
    const y = (value) => HEIGHT / 2 - Math.max(-1, Math.min(1, value / range)) * (HEIGHT / 2 - 5);
    const value = (t) => this.model.at(t)?.layers[view.layer]?.h[view.unit];
    const read = Math.min(view.now, words.length);
    this.line.setAttribute("d", trail(read, width, x, (t) => y(value(t)), value));
    this.gates.forEach((path, k) => {
      const gate = (t) => this.model.at(t)?.layers[view.layer]?.gates[letters[k]]?.[view.unit];
      path.setAttribute("d", letters[k] ? trail(read, width, x, (t) => height - 3 - gate(t) * GATE, gate) : "");
    });
    set(this.zero, { x1: 0, x2: width, y1: HEIGHT / 2, y2: HEIGHT / 2 });
    const last = value(read - 1);
    set(this.mark, { x1: x(read - 1), x2: x(read - 1), y1: 0, y2: height });
    this.mark.style.display = this.dot.style.display = last == null ? "none" : "";
    if (last != null) set(this.dot, { cx: x(read - 1), cy: y(last) });
    const names = letters.map((letter, k) => `${letter} ${["—", "– –", "···"][k]}`).join("  ");
    say(this.legend, `over the text${last == null ? "" : `: ${signed(last)} now`}${names && `; its gates below, open is up: ${names}`}`);
  }
}

// A line through the steps; of many steps that share a pixel, the lowest and the highest.
function trail(count, width, x, y, value) {
  let path = "";
  let pen = "M";
  const stride = Math.max(1, Math.floor(count / width));
  for (let t = 0; t < count; t += stride) {
    let low = Infinity, high = -Infinity;
    for (let k = t; k < Math.min(count, t + stride); k++) {
      if (!Number.isFinite(value(k))) continue;
      low = Math.min(low, y(k));
      high = Math.max(high, y(k));
    }
    if (low > high) {
      pen = "M";
      continue;
    }
    path += `${pen}${x(t).toFixed(1)} ${low.toFixed(1)}`;
    if (high > low) path += `V${high.toFixed(1)}`;
    pen = "L";
  }
  return path;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}
