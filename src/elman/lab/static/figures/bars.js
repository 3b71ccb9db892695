/* A few numbers side by side, as bars with their labels in words. */
import { element } from "../element.js";

/** Bars for { names, values, labels, unit }. */
export function barsFigure({ names, values, labels, unit }) {
  const most = Math.max(...values.filter(Number.isFinite), 1e-300);
  const rows = names.map((name, k) => element("tr", {},
    element("th", { scope: "row" }, name),
    element("td", { "aria-hidden": "true" }, bar(Math.max(0, values[k] ?? 0) / most)),
    element("td", { class: "number" }, labels[k])));
  return element("figure", { class: "figure bars" },
    element("table", {}, element("tbody", {}, ...rows)),
    element("figcaption", {}, unit));
}

function bar(share) {
  const made = element("span", { class: "bar" });
  made.style.width = `${100 * share}%`;
  return made;
}
