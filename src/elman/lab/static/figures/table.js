/* Rows of words and numbers. */
import { element } from "../element.js";

/** A table for { columns, rows }; the first cell of a row names it. */
export function tableFigure({ columns, rows }) {
  const head = columns.map((name, k) => (name ? element("th", { scope: "col", class: k ? "number" : null }, name) : element("td")));
  const body = rows.map((row) => element("tr", {}, ...row.map((cell, k) =>
    (k ? element("td", { class: "number" }, cell) : element("th", { scope: "row" }, cell)))));
  return element("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "table" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)));
}
