/* Why it forgets: the gradient on its way back, as a sentence grows and as V is turned up and down. */
import { element } from "../../element.js";
import { labelled } from "../../labelled.js";
import { curvesFigure } from "../../figures/curves.js";
import { written } from "../../figures/scales.js";
import { latest } from "../../latest.js";
import { wordsFigure } from "./words.js";

const WRITING = "The text that it was validated on is not at hand: it writes one of its own first …";

export function gradientPart(lab) {
  const text = element("input", { type: "text", id: "gradient-text", value: "the dog that I love chases cats", maxlength: "2000", spellcheck: "false" });
  const scale = element("input", { type: "range", id: "gradient-scale", min: "0", max: "4", step: "0.05", value: "1" });
  const said = element("output", { for: "gradient-scale", class: "mono v" }, "1.00");
  const words = wordsFigure();
  const figure = curvesFigure({ title: "Gradient by lag", x: "steps back", y: "gradient, relative", logarithmic: true });
  figure.node.hidden = true;
  const verdict = element("p", { class: "fading-verdict", role: "status" }, "Waiting for the lab …");
  const node = element("section", { class: "card part", id: "gradient", "aria-labelledby": "gradient-title" },
    element("h3", { id: "gradient-title" }, "Why it forgets: the gradient on its way back"),
    element("p", {}, "After every step the network is told how wrong it was. How much of that reaches the memories before, from which it could learn? Let the sentence grow, and turn V, through which a step back passes; gates open a second way beside it."),
    element("div", { class: "row" }, labelled("Sentence", text), labelled("V ×", scale, said)),
    element("div", { class: "pair" }, words.node,
      element("div", {}, element("h4", {}, "The same, averaged over a text"), figure.node, verdict)));
  let trained = null;

  const model = () => lab.models.chosen?.key;
  const failed = (error) => { verdict.textContent = error.message; node.dataset.state = "failed"; };
  const askSentence = latest(lab, (signal) => lab.ask("remember.sentence", { model: model(), text: text.value, scale: Number(scale.value) }, { signal }),
    (answer) => { words.draw(answer); node.dataset.words = answer.words.length; }, (error) => words.fail(error.message));
  const askFading = latest(lab, async (signal) => {
    node.dataset.state = "running";
    const key = model();
    const onPart = () => { if (!signal.aborted && verdict.textContent !== WRITING) verdict.textContent = WRITING; };
    const now = await lab.ask("remember.fading", { model: key, scale: Number(scale.value) }, { signal, onPart });
    if (!now.stopped && trained?.key !== key) trained = { key, ...await lab.ask("remember.fading", { model: key, scale: 1 }, { signal }) };
    return now;
  }, (now) => {
    figure.node.hidden = false;
    draw(figure, now, trained);
    verdict.textContent = conclusion(now);
    Object.assign(node.dataset, { state: "done", scale: now.scale });
  }, failed);

  text.addEventListener("input", askSentence);
  scale.addEventListener("input", () => { said.textContent = Number(scale.value).toFixed(2); askSentence(); askFading(); });
  let seen = "";
  const follow = () => {
    const { key, stage } = lab.models.chosen ?? {};
    if (!key || node.closest("[hidden]") || seen === `${key} ${stage}`) return;
    seen = `${key} ${stage}`;
    trained = null;
    askSentence();
    askFading();
  };
  lab.models.on(follow);
  return { node, show: follow };
}

function draw(figure, now, trained) {
  const points = ({ relative }) => relative.map((y, x) => [x, y]);
  const several = now.layers.length > 1;
  const named = (layer) => (several ? layer.name : `V × ${now.scale.toFixed(2)}`);
  const curves = now.layers.map((layer) => ({ name: named(layer), points: points(layer) }));
  const before = now.scale === 1 || !trained?.layers ? [] : trained.layers.map((layer) => ({
    name: several ? `${layer.name}, as learned` : "V as learned", points: points(layer), colour: "ink", dash: "1 5",
  }));
  figure.draw({ curves: [...curves, ...before], levels: [{ y: 0.01, text: "1 %" }], x: `${now.unit}s back` });
}

function conclusion({ layers, unit, radius, source, scale }) {
  const top = layers.at(-1), last = top.relative.length - 1;
  const end = top.relative[last];
  const way = end === null || end > 1 ? "explodes" : end < 0.01 ? "fades" : "holds";
  const parts = [`With V × ${scale.toFixed(2)} the gradient ${way}: ${written(end, 2)} of it arrives ${last} ${unit}s back.`];
  if (way === "fades" && top.below_1_percent !== null) parts.push(`It is below 1 % from ${top.below_1_percent} ${top.below_1_percent === 1 ? unit : `${unit}s`} back on.`);
  if (radius !== null) parts.push(`The largest |eigenvalue| of V is ${written(radius, 2)}; tanh fades on top of that.`);
  parts.push(`Averaged over ${source}.`);
  return parts.join(" ");
}
