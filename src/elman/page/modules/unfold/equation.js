// The equations of a cell, beside the picture; each U, V and W in them is a button that lights up all its copies.

import { element } from "../dom.js";

const sub = (base, index) => [base, element("sub", {}, index)];
const key = (name, index) => element("button", { type: "button", class: `key ${name}`, "data-edge": name, "aria-pressed": "false" },
  name, index ? element("sub", {}, index) : null);
const inside = (gate) => [key("U", gate), ...sub("x", "t"), " + ", key("V", gate), ...sub("h", "t−1")];

// Two equations side by side; their line may break between them and nowhere else.
const beside = (...equations) => equations.flatMap((parts, k) => [k ? "   " : "", element("span", { class: "whole" }, ...parts)]);

const LINES = {
  elman: (f) => [[...sub("h", "t"), ` = ${f}(`, ...inside(), " + b)"]],
  gru: () => [
    beside([...sub("r", "t"), " = σ(", ...inside("r"), ")"], [...sub("z", "t"), " = σ(", ...inside("z"), ")"]),
    [...sub("n", "t"), " = tanh(", key("U", "n"), ...sub("x", "t"), " + ", ...sub("r", "t"), "⊙", key("V", "n"), ...sub("h", "t−1"), ")"],
    [...sub("h", "t"), " = (1 − ", ...sub("z", "t"), ")⊙", ...sub("n", "t"), " + ", ...sub("z", "t"), "⊙", ...sub("h", "t−1")],
  ],
  lstm: () => [
    beside([...sub("i", "t"), ", ", ...sub("f", "t"), ", ", ...sub("o", "t"), " = σ(", ...inside(), ")"], [...sub("g", "t"), " = tanh(", ...inside(), ")"]),
    [...sub("c", "t"), " = ", ...sub("f", "t"), "⊙", ...sub("c", "t−1"), " + ", ...sub("i", "t"), "⊙", ...sub("g", "t")],
    [...sub("h", "t"), " = ", ...sub("o", "t"), "⊙tanh(", ...sub("c", "t"), ")"],
  ],
};

export function equation(source) {
  const lines = LINES[source.cell](source.activation ?? "tanh");
  const says = [...sub("o", "t"), ` = ${source.fixed ? "g" : "softmax"}(`, key("W"), ...sub("h", "t"), ")"];
  return element("div", { class: "equation", role: "group", "aria-label": "the network's equations; each letter lights up its copies" },
    ...[...lines, says].map((line) => element("div", {}, ...line)));
}
