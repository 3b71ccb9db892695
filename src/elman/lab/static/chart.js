// A card with a figure of curves that grows while a network learns.
import { element } from "./element.js";
import { curvesFigure } from "./figures/curves.js";

const HEIGHT = 200;
const MOST = 600; // points drawn of one curve; more than a screen's dots show nothing

export class Chart {
  #figure;

  /** title and caption in words; logarithmic: whether the scale of values is; form: how a value is written. */
  constructor({ title, caption, logarithmic = false, form }) {
    this.logarithmic = logarithmic;
    this.#figure = curvesFigure({ title, x: "step", y: title.toLowerCase(), logarithmic, height: HEIGHT, form });
    this.node = element("div", { class: "card chart" }, element("h3", {}, title), this.#figure.node, element("p", { class: "soft small" }, caption));
  }

  /** Curves and levels as figures/curves.js takes them; yRange where it is known. */
  show({ curves, levels = [], yRange }) {
    const drawn = curves.map((curve) => ({ ...curve, points: thin(curve.points) }));
    const some = drawn.some(({ points }) => points.length);
    const values = [...drawn.flatMap(({ points }) => points.map(([, y]) => y)), ...levels.map(({ y }) => y)];
    this.#figure.draw({ curves: drawn, levels: some ? levels : [], yRange: yRange ?? this.#range(values) });
  }

  // From the lowest to the highest, with some room.
  #range(values) {
    const seen = values.filter((y) => Number.isFinite(y) && (!this.logarithmic || y > 0));
    if (!seen.length) return undefined;
    const low = Math.min(...seen), high = Math.max(...seen);
    if (this.logarithmic) return [low / 1.3, high * 1.3];
    const room = 0.08 * (high - low || Math.abs(high) || 1);
    return [low - room, high + room];
  }
}

// Of every few neighbours one, and always the last.
function thin(points) {
  const every = Math.ceil(points.length / MOST);
  return every < 2 ? points : points.filter((_, k) => k % every === 0 || k === points.length - 1);
}
