/* A figure from what the lab says of it: a table, bars, or curves (elman/lab/quiz/figures.py). */
import { barsFigure } from "./bars.js";
import { curvesFigure } from "./curves.js";
import { tableFigure } from "./table.js";

export function figureOf(said) {
  if (said.kind === "table") return tableFigure(said);
  if (said.kind === "bars") return barsFigure(said);
  const figure = curvesFigure({ title: said.y, x: said.x, y: said.y, logarithmic: said.logarithmic });
  figure.draw({ curves: said.curves.map(({ name, values }) => ({ name, points: values.map((y, x) => [x, y]) })) });
  return figure.node;
}
