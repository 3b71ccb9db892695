// A line chart that grows while a network learns: plain SVG, drawn anew at most once a frame.
import { svg } from "./page/modules/dom.js";
import { element } from "./element.js";

const WIDTH = 560, HEIGHT = 190;
const LEFT = 48, RIGHT = 10, TOP = 12, BOTTOM = 24;
const MOST = 600; // points drawn of one line; more than a screen's dots show nothing

export class Chart {
  #frame = 0;
  #lines = [];

  /** title and unit in words; log: whether the scale of values is logarithmic. */
  constructor({ title, caption, log = false }) {
    this.log = log;
    this.title = title;
    this.plot = svg("g");
    this.picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title, class: "chart" }, this.plot);
    this.legend = element("span", { class: "legend" });
    this.node = element("figure", { class: "card" }, element("h3", {}, title), this.picture,
      element("figcaption", {}, caption, " ", this.legend));
  }

  /** lines: [{ name, points: [[x, y], …], look }], where look is a class of lab.css; y may be null. */
  show(lines) {
    this.#lines = lines;
    if (!this.#frame) this.#frame = requestAnimationFrame(() => { this.#frame = 0; this.#draw(); });
  }

  #draw() {
    const drawn = this.#lines.map((line) => ({ ...line, points: thin(line.points.filter(([, y]) => y !== null && (!this.log || y > 0))) }));
    const all = drawn.flatMap(({ points }) => points);
    this.plot.replaceChildren();
    if (!all.length) return;
    const x = scale(range(all.map(([step]) => step)), [LEFT, WIDTH - RIGHT]);
    const y = scale(range(all.map(([, value]) => this.#height(value)), 0.06), [HEIGHT - BOTTOM, TOP]);
    for (const value of this.#ticks(all)) {
      const at = y(this.#height(value));
      this.plot.append(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at }), label(LEFT - 6, at + 4, figure(value), "end"));
    }
    const last = Math.max(...all.map(([step]) => step));
    this.plot.append(label(WIDTH - RIGHT, HEIGHT - 6, `step ${last.toLocaleString("en")}`, "end"));
    for (const { points, look } of drawn) {
      if (!points.length) continue;
      const places = points.map(([step, value]) => `${x(step).toFixed(1)},${y(this.#height(value)).toFixed(1)}`);
      if (look.includes("dots")) this.plot.append(...places.map((place) => dot(place, look)));
      else this.plot.append(svg("polyline", { class: `line ${look}`, points: places.join(" ") }));
    }
    const said = this.#lines.filter(({ points }) => points.length).map(({ name, points }) => `${name} ${figure(points.at(-1)[1])}`);
    this.picture.setAttribute("aria-label", `${this.title}. Now: ${said.join(", ")}.`);
    this.legend.replaceChildren(...drawn.filter(({ points }) => points.length).map(({ name, look }) => element("span", { class: `key ${look}` }, name)));
  }

  #height(value) { return this.log ? Math.log10(value) : value; }

  #ticks(points) {
    const values = points.map(([, value]) => value);
    const low = Math.min(...values), high = Math.max(...values);
    if (this.log) {
      const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
      const decades = Array.from({ length: to - from + 1 }, (_, k) => 10 ** (from + k));
      const inside = decades.filter((value) => value >= low / 1.2 && value <= high * 1.2);
      return inside.length > 1 ? inside : [low, high];
    }
    return high === low ? [low] : [low, (low + high) / 2, high];
  }
}

function range(values, margin = 0) {
  const low = Math.min(...values), high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * margin;
  return high === low ? [low - (room || 0.5), high + (room || 0.5)] : [low - room, high + room];
}

function scale([low, high], [from, to]) {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

// Of every few neighbours one, and always the last.
function thin(points) {
  const every = Math.ceil(points.length / MOST);
  return every < 2 ? points : points.filter((_, k) => k % every === 0 || k === points.length - 1);
}

function dot(place, look) {
  const [cx, cy] = place.split(",");
  return svg("circle", { class: look, cx, cy, r: 3 });
}

function label(x, y, text, anchor) {
  return svg("text", { x, y, "text-anchor": anchor, class: "tick" }, text);
}

export function figure(value) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 0.01 ? value.toFixed(2) : value.toExponential(0);
}
