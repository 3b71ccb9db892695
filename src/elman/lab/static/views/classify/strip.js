/* What the series and the course of the probabilities share: a picture over the steps, uncovered up to the one read last. */
import { svg } from "../../page/modules/dom.js";

export const LEFT = 56, RIGHT = 16;
let strips = 0;

export class Strip {
  /** paint(strip) draws into `strip.ground`, `strip.covered` and `strip.over`; x(t) says where step t stands. */
  constructor({ title, height, paint }) {
    const id = `strip-${strips++}`;
    this.paint = paint;
    this.height = height;
    this.cover = svg("rect", { x: 0, y: 0, width: 0, height: "100%" });
    this.ground = svg("g");
    this.covered = svg("g", { "clip-path": `url(#${id})` });
    this.over = svg("g");
    this.head = svg("line", { class: "playhead" });
    this.node = svg("svg", { class: "strip-figure", role: "img", "aria-label": title, width: "100%", height },
      svg("defs", {}, svg("clipPath", { id }, this.cover)), this.ground, this.covered, this.over, this.head);
    this.steps = this.now = 0;
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.node);
  }

  get width() { return this.node.clientWidth || 600; }

  x(t) { return LEFT + (this.steps > 1 ? t / (this.steps - 1) : 0.5) * (this.width - LEFT - RIGHT); }

  show(steps, height = this.height) {
    this.steps = steps;
    this.height = height;
    this.node.setAttribute("height", height);
    this.draw();
  }

  draw() {
    this.node.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.paint(this);
    this.mark(this.now);
  }

  mark(now) {
    this.now = now;
    const at = now ? this.x(now - 1) : LEFT;
    this.cover.setAttribute("width", now ? at + 1 : 0);
    for (const [name, value] of Object.entries({ x1: at, x2: at, y1: 0, y2: this.height })) this.head.setAttribute(name, value);
    this.head.classList.toggle("gone", !now);
  }

  /** A path through values by step, broken where one is missing; of many that share a dot, the lowest and the highest. */
  path(values, y) {
    const stride = Math.max(1, Math.floor(values.length / this.width));
    let path = "", pen = "M";
    for (let t = 0; t < values.length; t += stride) {
      let low = Infinity, high = -Infinity;
      for (let k = t; k < Math.min(values.length, t + stride); k++) {
        if (values[k] === null) continue;
        low = Math.min(low, y(values[k]));
        high = Math.max(high, y(values[k]));
      }
      if (low > high) { pen = "M"; continue; }
      path += `${pen}${this.x(t).toFixed(1)} ${low.toFixed(1)}`;
      path += high > low ? `V${high.toFixed(1)}` : pen === "M" ? "h0.01" : "";
      pen = "L";
    }
    return path || "M0 0";
  }
}
