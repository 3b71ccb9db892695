/* The probabilities of the classes over the steps: the likeliest now in violet, the true one dashed. */
import { element } from "../../element.js";
import { percent } from "../../page/modules/numbers.js";
import { svg } from "../../page/modules/dom.js";
import { leader } from "./narration.js";
import { LEFT, RIGHT, Strip } from "./strip.js";

const HEIGHT = 170, TOP = 10, BOTTOM = 22;
const y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);

export function course({ classes, names, early, unit }) {
  let shares = new Float32Array(), label = null, stop = null, best = null;
  const strip = new Strip({ title: "probabilities by step", height: HEIGHT, paint });

  function paint({ ground, covered, over, width, steps }) {
    ground.replaceChildren(...[0, 0.5, 1].flatMap((share) => [
      svg("line", { class: "rule", x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share) }),
      svg("text", { x: LEFT - 8, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`)]),
      svg("text", { x: LEFT, y: HEIGHT - 4 }, `${unit} 1`), svg("text", { x: width - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, String(steps)));
    const curves = classes.map((name, k) => {
      const values = Array.from({ length: steps }, (_, t) => shares[t * classes.length + k]);
      return svg("path", { d: strip.path(values, y), class: `share-curve${name === label ? " true" : ""}`, "data-class": k });
    });
    covered.replaceChildren(...curves.filter((curve) => curve));
    const said = svg("text", { class: "on", y: y(0.6), "text-anchor": "end" });
    over.replaceChildren(svg("line", { class: "level stop" }), said);
    follow();
  }

  // What changes with the step.
  function follow() {
    const { covered, over, now } = strip;
    const lead = [...covered.children].find((curve) => curve.dataset.class === String(best));
    for (const curve of covered.children) curve.classList.toggle("leads", curve === lead);
    if (lead && covered.lastChild !== lead) covered.append(lead);
    const [line, said] = over.children;
    if (!line) return;
    const passed = stop !== null && now > stop;
    line.classList.toggle("gone", !passed);
    said.textContent = passed ? "could stop here" : "";
    if (!passed) return;
    const at = strip.x(stop), left = at < strip.width / 2;
    for (const [name, value] of Object.entries({ x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM })) line.setAttribute(name, value);
    said.setAttribute("x", at + (left ? 6 : -6));
    said.setAttribute("text-anchor", left ? "start" : "end");
  }

  return {
    node: element("figure", { hidden: !early }, strip.node,
      element("figcaption", {}, `Probability of each class after every ${unit}: the likeliest now in violet, the true one dashed.`)),
    show(content, steps) {
      ({ shares, label } = content);
      if (early) strip.show(steps);
    },
    mark(now, row, at) {
      if (!early) return;
      stop = at;
      best = row ? leader(row) : null;
      strip.mark(now);
      follow();
      strip.node.setAttribute("aria-label", row ? `Probabilities by ${unit}. After ${now}: ${names[best]} ${percent(row[best])}.` : `Probabilities by ${unit}: nothing read yet.`);
    },
  };
}
