/* Clipping: what it saves, and what it cannot. */
import { element } from "../../element.js";
import { curvesFigure } from "../../figures/curves.js";
import { labelled } from "../../labelled.js";
import { formula } from "../../formula.js";
import { written } from "../../figures/scales.js";
import { latest } from "../../latest.js";

const MOST = 1e9;

export function clippingPart(lab) {
  const scale = element("input", { type: "range", id: "clip-scale", min: "0.5", max: "1.3", step: "0.05", value: "1.1" });
  const said = element("output", { for: "clip-scale", class: "mono v" }, "1.10");
  const norm = element("select", { id: "clip-norm" }, ...[["0.1", "0.1"], ["1", "1"], ["10", "10"]].map(([value, text]) =>
    element("option", { value, selected: value === "1" }, text)));
  const f = element("select", { id: "clip-f" }, element("option", { value: "identity" }, "none (linear)"), element("option", { value: "tanh" }, "tanh"));
  const figure = curvesFigure({ title: "Loss by step of descent", x: "steps downhill", y: "loss", logarithmic: true });
  figure.node.hidden = true;
  const verdict = element("p", { class: "clip-verdict", role: "status" }, "Waiting for the lab …");
  const node = element("section", { class: "card part", id: "clipping", "aria-labelledby": "clipping-title" },
    element("h3", { id: "clipping-title" }, "Clipping: what it saves, and what it cannot"),
    element("div", { class: "pair" },
      element("div", {},
        element("p", {}, ...formula("A network is to say at step 30 what it read at step 1. At the start V turns h_{t−1} and makes it longer or shorter by the factor below. It walks downhill twice: as it is, and with every gradient clipped.")),
        element("div", { class: "row" }, labelled("V lengthens by", scale, said), labelled("clip to length", norm), labelled("activation f", f)),
        verdict),
      figure.node));

  const ask = latest(lab, (signal) => {
    node.dataset.state = "running";
    return lab.ask("remember.descent", { scale: Number(scale.value), clip: Number(norm.value), f: f.value }, { signal });
  }, (answer) => {
    figure.node.hidden = false;
    show(figure, answer, norm.value);
    verdict.textContent = conclusion(answer);
    node.dataset.state = "done";
  }, (error) => { verdict.textContent = error.message; node.dataset.state = "failed"; });
  const change = () => { said.textContent = Number(scale.value).toFixed(2); ask(); };
  for (const control of [scale, norm, f]) control.addEventListener("input", change);
  return { node, show: ask };
}

function show(figure, { free, held, guess }, norm) {
  const points = ({ losses, diverged }) => [...losses.map((y, x) => [x, Math.min(y, MOST)]), ...(diverged ? [[losses.length, MOST]] : [])];
  const all = [...free.losses, ...held.losses, guess].map((y) => Math.min(y, MOST));
  const high = free.diverged || held.diverged ? MOST : Math.max(...all) * 1.5;
  figure.draw({
    curves: [{ name: "as it is", points: points(free), colour: "ink", dash: "2 4" }, { name: `clipped to ${norm}`, points: points(held), colour: "V", dash: null }],
    xRange: [0, Math.max(free.losses.length, held.losses.length) - 1],
    yRange: [Math.min(...all) / 1.5, high],
    levels: [{ y: guess, text: "a guess" }],
  });
}

function conclusion({ free, held, guess }) {
  const end = (walk) => walk.losses.at(-1);
  const number = (value) => written(value, 2);
  const longest = Math.max(...free.norms.slice(0, 1), ...held.norms.slice(0, 1));
  const start = `The first gradient was ${number(longest)} long. `;
  if (free.diverged && !held.diverged) return `${start}Unclipped, the walk left all numbers behind after ${free.losses.length} ${free.losses.length === 1 ? "step" : "steps"}; clipped, it reached a loss of ${number(end(held))}. That is what clipping saves.`;
  if (end(held) > 0.9 * guess && end(free) > 0.9 * guess) return `${start}Both stay at what a guess is worth: nothing of the first input comes through, and a shorter gradient does not bring it back. That is what clipping cannot do.`;
  if (free.diverged) return `${start}Neither arrived: even clipped, the steps were too long here.`;
  return `${start}Neither walk was lost: ${number(end(free))} as it is, ${number(end(held))} clipped.`;
}
