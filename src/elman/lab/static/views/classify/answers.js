/* The probabilities of the classes after the step that was read last, as bars. */
import { element } from "../../element.js";
import { barsFigure } from "../../figures/bars.js";
import { percent } from "../../page/modules/numbers.js";

const MOST = 12; // bars; of more classes the likeliest

export function answers({ classes, names }) {
  const node = element("div", { id: "classify-answers" });
  return {
    node,
    show(shares, label) {
      const all = [...classes.keys()];
      const sure = (k) => shares?.[k] ?? 0;
      const shown = classes.length <= MOST ? all
        : all.sort((a, b) => sure(b) - sure(a)).filter((k, place) => place < MOST - 1 || classes[k] === label);
      node.replaceChildren(barsFigure({
        names: shown.map((k) => names[k]), notes: shown.map((k) => (classes[k] === label ? " (true)" : "")),
        values: shown.map(sure), labels: shown.map((k) => (shares ? percent(shares[k]) : "–")),
        unit: "probability of each class, by what was read so far", colour: "W", most: 1,
      }));
    },
  };
}
