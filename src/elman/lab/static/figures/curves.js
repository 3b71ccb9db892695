/* A figure of curves that can be drawn again at any time, as wide as its place, with a legend of words. */
import { svg } from "../page/modules/dom.js";
import { element } from "../element.js";
import { linearTicks, logTicks, scale, written } from "./scales.js";

const LEFT = 72, RIGHT = 14, TOP = 12, BOTTOM = 40;
const DASHES = [null, "7 4", "2 4", "9 3 2 3"];
const LOWEST = 1e-15;

/** A figure. `draw({ curves, levels, marks, xRange, yRange, x })` shows what it is given:
    curves  [{ name, points: [[x, y], …], colour, dash, dots }]   y null or not finite breaks the line; dots: no line
    levels  [{ y, text }] dotted lines across, marks [{ x, text }] lines from top to bottom. */
export function curvesFigure({ title, x, y, logarithmic = false, height = 250, form = written }) {
  const image = svg("svg", { role: "img", "aria-label": title, height, width: "100%", class: "curves" });
  const legend = element("ul", { class: "legend", "aria-hidden": "true" });
  const node = element("figure", { class: "figure" }, legend, image);
  let shown = { curves: [] };

  const paint = () => {
    const width = image.clientWidth || 440;
    image.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const frame = framed(shown, width, height, logarithmic);
    const beside = [...(shown.levels ?? []).flatMap((level) => levelLine(frame, level)), ...(shown.marks ?? []).map((mark) => markLine(frame, mark))];
    image.replaceChildren(
      ...grid(frame, { x: shown.x ?? x, y, form, logarithmic }),
      ...beside.map(([rule]) => rule),
      ...shown.curves.flatMap((curve, k) => (curve.points.length ? [line(frame, curve, k)] : [])),
      ...beside.map(([, text]) => text), // over the curves, which may run along a level
    );
    legend.replaceChildren(...(shown.curves.length > 1 ? shown.curves.map(entry) : []));
    image.setAttribute("aria-label", `${title}. ${spoken(shown, frame, form)}.`);
  };
  let waiting = 0;
  const later = () => {
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; paint(); });
  };
  new ResizeObserver(later).observe(image);
  return {
    node,
    draw(what) { shown = { curves: [], ...what }; later(); },
  };
}

function framed({ curves, xRange, yRange }, width, height, logarithmic) {
  const points = curves.flatMap((curve) => curve.points);
  const xs = xRange ?? reach(points.map(([x]) => x), [0, 1]);
  const ys = points.map(([, y]) => y).filter((y) => Number.isFinite(y) && (!logarithmic || y > 0));
  let [low, high] = yRange ?? reach(ys, [0, 1]);
  if (!yRange && logarithmic) [low, high] = [Math.max(LOWEST, Math.min(low, 0.005)) * 0.8, Math.max(high, 1) * 1.3];
  if (!yRange && !logarithmic) [low, high] = [Math.min(0, low), high > 0 ? high * 1.06 : 1];
  const right = width - RIGHT, bottom = height - BOTTOM;
  return {
    width, height, right, bottom, xs, ys: [low, high],
    known: [points.length || xRange, points.length || yRange], // on an empty axis no number would be true
    x: scale(...xs, LEFT, right),
    y: scale(low, high, bottom, TOP, logarithmic),
  };
}

function reach(values, otherwise) {
  if (!values.length) return otherwise;
  const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
  return high > low ? [low, high] : [low, low + 1];
}

function grid(frame, { x, y, form, logarithmic }) {
  const parts = [];
  for (const value of frame.known[1] ? (logarithmic ? logTicks : linearTicks)(...frame.ys) : []) {
    const at = frame.y(value);
    parts.push(svg("line", { x1: LEFT, x2: frame.right, y1: at, y2: at, class: "rule" }));
    parts.push(svg("text", { x: LEFT - 7, y: at + 4, "text-anchor": "end" }, form(value)));
  }
  for (const value of frame.known[0] ? linearTicks(...frame.xs, Math.max(2, Math.floor(frame.width / 80))) : []) {
    if (!Number.isInteger(value)) continue;
    const at = frame.x(value);
    parts.push(svg("line", { x1: at, x2: at, y1: frame.bottom, y2: frame.bottom + 4, class: "rule" }));
    parts.push(svg("text", { x: at, y: frame.bottom + 17, "text-anchor": "middle" }, written(value)));
  }
  const middle = (LEFT + frame.right) / 2, half = (TOP + frame.bottom) / 2;
  parts.push(svg("text", { x: middle, y: frame.height - 6, "text-anchor": "middle" }, x));
  parts.push(svg("text", { x: 12, y: half, "text-anchor": "middle", transform: `rotate(-90 12 ${half})` }, y));
  return parts;
}

function line(frame, curve, k) {
  if (curve.dots) {
    const seen = curve.points.filter(([, y]) => Number.isFinite(y));
    return svg("g", {}, ...seen.map(([x, y]) => dot(frame.x(x).toFixed(1), frame.y(y).toFixed(1), curve)));
  }
  let path = "", pen = "M";
  for (const [x, y] of curve.points) {
    const fine = Number.isFinite(y) && y !== null;
    if (fine) path += `${pen}${frame.x(x).toFixed(1)} ${frame.y(y).toFixed(1)}`;
    pen = fine ? "L" : "M";
  }
  return svg("path", { d: path || "M0 0", class: `curve ${colourOf(curve)}`, "stroke-dasharray": dashOf(curve, k) });
}

const dot = (cx, cy, curve) => svg("circle", { cx, cy, r: 3.5, class: `dot ${colourOf(curve)}` });
const colourOf = (curve) => `in-${curve.colour ?? "V"}`; // a class: the page allows no inline styles
const dashOf = (curve, k) => (curve.dash === undefined ? DASHES[k % DASHES.length] : curve.dash);

const isWithin = (frame, y) => y >= frame.ys[0] && y <= frame.ys[1];

function levelLine(frame, { y, text }) {
  if (!isWithin(frame, y)) return [];
  const at = frame.y(y);
  return [[
    svg("line", { x1: LEFT, x2: frame.right, y1: at, y2: at, class: "level" }),
    svg("text", { x: frame.right, y: at - 5, "text-anchor": "end", class: "on" }, text),
  ]];
}

function markLine(frame, { x, text }) {
  const at = frame.x(x), left = at > frame.width * 0.6;
  return [
    svg("line", { x1: at, x2: at, y1: TOP, y2: frame.bottom, class: "level" }),
    svg("text", { x: at + (left ? -6 : 6), y: TOP + 12, "text-anchor": left ? "end" : "start", class: "on" }, text),
  ];
}

function entry(curve, k) {
  const sample = curve.dots ? dot(15, 5, curve)
    : svg("line", { x1: 0, x2: 30, y1: 5, y2: 5, class: `curve ${colourOf(curve)}`, "stroke-dasharray": dashOf(curve, k) });
  return element("li", {}, svg("svg", { width: 30, height: 10, "aria-hidden": "true" }, sample), curve.name);
}

// The figure in words: of each curve where it ends, where it began and how far it went, and what else is marked.
function spoken({ curves, levels = [], marks = [] }, frame, form) {
  const valued = (text, value) => (/\d/.test(text) ? text : `${text}: ${value}`); // "3 words" says it already
  const drawn = levels.filter(({ y }) => isWithin(frame, y));
  const beside = [...drawn.map(({ y, text }) => valued(text, form(y))), ...marks.map(({ x, text }) => valued(text, written(x)))];
  return [...(curves.length ? curves.map((curve) => told(curve, form)) : ["nothing yet"]), ...beside].join("; ");
}

function told({ name, points }, form) {
  const seen = points.filter(([, y]) => Number.isFinite(y));
  if (!seen.length) return `${name}: nothing yet`;
  const first = seen[0], last = seen.at(-1), place = ([x, y]) => `${form(y)} at ${written(x)}`;
  const by = (better) => seen.reduce((best, point) => (better(point[1], best[1]) ? point : best));
  const extremes = [["lowest", by((a, b) => a < b)], ["highest", by((a, b) => a > b)]].filter(([, [, y]]) => y !== first[1] && y !== last[1]);
  return [`${name}: ${place(last)}`, ...(seen.length > 1 ? [`from ${place(first)}`] : []), ...extremes.map(([what, point]) => `${what} ${place(point)}`)].join(", ");
}
