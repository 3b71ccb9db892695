/* A few numbers side by side, as bars with their labels in words. */
import { element } from "../element.js";
import { legible } from "../page/modules/visible.js";

/** Bars for { names, values, labels, unit }, in a colour, U, V or W; `most` is the value of a whole bar, and `notes` are
    what stands behind names. */
export function barsFigure({ names, notes = [], values, labels, unit, colour = "V", most = Math.max(...values.filter(Number.isFinite), 1e-300) }) {
  const rows = names.map((name, k) => element("tr", {},
    element("th", { scope: "row" }, element("span", {}, legible(name) + (notes[k] ?? ""))),
    element("td", { "aria-hidden": "true" }, bar(Math.max(0, values[k] ?? 0) / most, colour)),
    element("td", { class: "number" }, labels[k])));
  return element("figure", { class: "figure bars" },
    element("table", {}, element("tbody", {}, ...rows)),
    element("figcaption", {}, unit));
}

function bar(share, colour) {
  const made = element("span", { class: `bar of-${colour}` });
  made.style.width = `${100 * share}%`;
  return made;
}
