/* The headline: how far back the model that is looked at remembers. */
import { fillChoice } from "../../choice.js";
import { element } from "../../element.js";
import { labelled } from "../../labelled.js";
import { curvesFigure } from "../../figures/curves.js";
import { written } from "../../figures/scales.js";
import { latest } from "../../latest.js";

export function headlinePart(lab) {
  const choice = element("select", { id: "remember-model", "aria-label": "Model" });
  const number = element("strong", {}, "…");
  const words = element("p", { role: "status" }, "Measuring how far back it looks …");
  const again = element("button", { type: "button" }, "Measure again");
  const progress = element("progress", { max: "1", value: "0", "aria-label": "share of what is measured" });
  const doing = element("p", { class: "soft small horizon-doing" }, progress, " ", element("span"));
  doing.hidden = true;
  const figure = curvesFigure({ title: "Loss by context", x: "steps that it may see", y: "extra loss, nats", height: 210 });
  figure.node.hidden = true;
  const node = element("section", { class: "card part", id: "horizon", "aria-labelledby": "horizon-title" },
    element("h3", { id: "horizon-title" }, "How far back does it remember?"),
    element("div", { class: "pair" },
      element("div", {}, element("div", { class: "row" }, labelled("Model", choice), again), element("div", { class: "headline" }, number, words), doing),
      figure.node));
  let measured = null;

  const show = (found, soFar) => {
    number.textContent = found.steps === null ? `> ${found.extra.length}` : found.said.replace(/ \(.*/, "");
    const said = sentence(found, lab.models.chosen);
    if (!soFar || !words.textContent.startsWith("So far: ")) words.textContent = soFar ? `So far: ${said}` : said; // heard once on the way
    figure.node.hidden = false;
    draw(figure, found);
  };
  const tell = ({ writing, found, share }) => {
    doing.hidden = false;
    progress.value = writing ?? share;
    doing.lastChild.textContent = found
      ? `read on from ${written(found.positions)} of ${written(Math.round(found.positions / share))} places, up to ${found.extra.length} ${found.unit}s each`
      : "its text is not at hand: it writes one of its own first";
    if (found) show(found, true);
  };
  const ask = latest(lab, (signal) => {
    node.dataset.state = "running";
    words.textContent = "Measuring how far back it looks …";
    const onPart = (part) => { if (!signal.aborted) tell(part); };
    return lab.ask("remember.horizon", { model: lab.models.chosen.key }, { signal, onPart });
  }, (found) => {
    doing.hidden = true;
    show(found, false);
    node.dataset.state = "done";
    node.dataset.steps = found.steps ?? "more";
  }, (error) => {
    doing.hidden = true;
    number.textContent = "–";
    words.textContent = error.message;
    node.dataset.state = "failed";
  });

  const follow = () => {
    if (!lab.models.chosen) return;
    const { key, stage } = lab.models.chosen;
    fillChoice(choice, lab.models.list, key);
    if (node.closest("[hidden]") || `${key} ${stage}` === measured) return;
    measured = `${key} ${stage}`;
    ask();
  };
  lab.models.on(follow);
  choice.addEventListener("change", () => {
    lab.models.choose(choice.value);
    lab.ask("unfold.prefer", { model: choice.value }).catch(() => {});
  });
  again.addEventListener("click", ask);
  return { node, show: follow };
}

function sentence({ said, tolerance, source, truth, positions }, { name, stage }) {
  const learning = { waiting: "It has learned nothing yet. ", learning: "It is still learning. " }[stage] ?? "";
  const grammar = truth === null ? "" : ` Whoever knows the grammar needs ${truth}.`;
  return `${name} looks back ${said}. ${learning}What it read before that changes its loss by no more than ${written(tolerance)} nats.${grammar} Measured at ${written(positions)} places of ${source}.`;
}

function draw(figure, { extra, tolerance, steps, unit }) {
  figure.draw({
    curves: [{ name: `nats beyond the full context, by ${unit}s seen`, points: extra.map((y, k) => [k + 1, y]), colour: "V", dash: null }],
    levels: [{ y: tolerance, text: "tolerance" }],
    marks: steps === null ? [] : [{ x: steps, text: `${steps} ${steps === 1 ? unit : `${unit}s`}` }],
    xRange: [1, Math.max(2, extra.length)],
    x: `${unit}s that it may see`,
  });
}
