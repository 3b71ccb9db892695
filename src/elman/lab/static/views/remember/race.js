/* The race: four networks of equal size learn to recall a symbol across a gap that the visitor sets. */
import { isResting, setResting } from "../../busy.js";
import { element } from "../../element.js";
import { curvesFigure } from "../../figures/curves.js";
import { whole } from "../../figures/scales.js";
import { labelled } from "../../labelled.js";

const NAMES = { elman: "Elman", gru: "GRU", lstm: "LSTM", transformer: "transformer" };
const LOOKS = {
  elman: { colour: "V", dash: null },
  gru: { colour: "V", dash: "7 4" },
  lstm: { colour: "V", dash: "2 4" },
  transformer: { colour: "ink", dash: null }, // it has no V
};
const STEPS = 600;

export function racePart(lab) {
  const gap = element("input", { type: "range", id: "race-gap", min: "1", max: "80", value: "20" });
  const said = element("output", { for: "race-gap", class: "mono" }, "20 steps");
  gap.addEventListener("input", () => { said.textContent = `${gap.value} ${gap.value === "1" ? "step" : "steps"}`; });
  const start = element("button", { type: "submit", class: "go" }, "Start the race");
  const stop = element("button", { type: "button" }, "Stop");
  setResting(stop, true);
  const progress = element("progress", { max: String(STEPS), value: "0", "aria-label": "steps of training" });
  const accuracy = curvesFigure({ title: "Right answers by step of training", x: "steps of training", y: "right answers", form: whole });
  const share = curvesFigure({ title: "Share of the gradient by lag", x: "steps back from the question", y: "share of the gradient", logarithmic: true });
  const rows = element("tbody");
  const verdict = element("p", { class: "race-verdict", role: "status" });
  const results = shown({ accuracy, share, rows });
  const race = { lab, results, gap, start, stop, progress, accuracy, share, rows, verdict, seed: 0, running: null };
  const form = element("form", { class: "row", onsubmit: (event) => { event.preventDefault(); if (!isResting(start)) run(race); } },
    labelled("Gap", gap, said), start, stop, progress);
  stop.addEventListener("click", () => { if (!isResting(stop)) race.running.abort(); });
  race.node = element("section", { class: "card part", id: "race", "aria-labelledby": "race-title" },
    element("h3", { id: "race-title" }, "The race"),
    element("p", {}, "A symbol is shown, then noise, then a question: which symbol was it? Four networks of at most 11,000 weights learn it from the same examples. How long a gap can each bridge?"),
    form, verdict, results);
  return { node: race.node, hide() { race.running?.abort(); } };
}

function shown({ accuracy, share, rows }) {
  return element("div", { hidden: true },
    element("div", { class: "pair" },
      element("div", {}, element("h4", {}, "How many answers are right"), accuracy.node),
      element("div", {}, element("h4", {}, "How much of the gradient gets there"), share.node,
        element("p", { class: "soft small" }, "The share of the gradient of the answer's loss that stands so many steps back. What does not get to the symbol cannot be learned."))),
    element("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "How each network stands" },
      element("table", {}, element("thead", {}, element("tr", {}, ...["network", "weights", "steps", "right", ""].map((name, k) =>
        (name ? element("th", { scope: "col", class: k && k < 4 ? "number" : null }, name) : element("td"))))), rows)));
}

async function run(race) {
  race.running?.abort();
  const control = race.running = new AbortController();
  const lanes = new Map();
  const gap = Number(race.gap.value);
  setResting(race.start, true);
  setResting(race.stop, false);
  race.results.hidden = false;
  race.node.dataset.state = "running";
  race.verdict.textContent = `Learning to recall across ${gap} ${gap === 1 ? "step" : "steps"} …`;
  race.rows.replaceChildren();
  draw(race, lanes, gap);
  try {
    const { chance, stopped } = await race.lab.ask("remember.race", { gap, steps: STEPS, seed: race.seed++ }, {
      signal: control.signal,
      onPart: (part) => { take(race, lanes, part); draw(race, lanes, gap); },
    });
    race.node.dataset.state = stopped ? "stopped" : "done";
    race.verdict.textContent = stopped ? `Stopped. ${conclusion(lanes, gap)}` : `${conclusion(lanes, gap)} A guess is right in ${whole(chance)}.`;
  } catch (error) {
    race.node.dataset.state = "failed";
    race.verdict.textContent = error.message;
  }
  race.start.textContent = "Race again";
  setResting(race.start, false);
  setResting(race.stop, true);
}

function take(race, lanes, part) {
  if (part.event === "entrant") {
    const cells = ["weights", "step", "right", "outcome"].map((name) => element("td", { class: name === "outcome" ? "soft" : "number" }));
    lanes.set(part.kind, { ...part, cells, points: [], by_lag: [], outcome: "" });
    race.rows.append(element("tr", { "data-kind": part.kind }, element("th", { scope: "row" }, NAMES[part.kind]), ...cells));
  }
  const lane = lanes.get(part.kind);
  if (part.event === "measure") {
    lane.points.push([part.step, part.accuracy]);
    if (part.by_lag.length) lane.by_lag = part.by_lag;
    Object.assign(lane, { step: part.step, accuracy: part.accuracy });
  }
  if (part.event === "finish") lane.outcome = part.outcome;
  const [weights, step, right, outcome] = lane.cells;
  weights.textContent = lane.weights.toLocaleString("en-GB");
  step.textContent = String(lane.step ?? 0);
  right.textContent = lane.accuracy === undefined ? "–" : whole(lane.accuracy);
  outcome.textContent = lane.outcome === "learned" ? "learned" : lane.outcome;
}

function draw(race, lanes, gap) {
  const all = [...lanes.values()];
  const steps = Math.max(0, ...all.map((lane) => lane.step ?? 0));
  race.progress.value = all.length && all.every((lane) => lane.outcome) ? STEPS : steps;
  const curves = (points) => all.map((lane) => ({ name: NAMES[lane.kind], points: points(lane), ...LOOKS[lane.kind] }));
  race.accuracy.draw({ curves: curves((lane) => lane.points), xRange: [0, Math.max(50, steps)], yRange: [0, 1], levels: [{ y: 0.125, text: "a guess" }] });
  race.share.draw({ curves: curves((lane) => lane.by_lag.map((y, x) => [x, y])), xRange: [0, gap + 1], yRange: [Math.max(1e-18, Math.min(1e-3, ...all.flatMap((lane) => lane.by_lag).filter((y) => y > 0)) / 2), 1], marks: [{ x: gap + 1, text: "the symbol" }] });
}

function conclusion(lanes, gap) {
  const all = [...lanes.values()];
  const learned = all.filter((lane) => lane.outcome === "learned").sort((a, b) => a.step - b.step);
  const others = all.filter((lane) => lane.outcome !== "learned");
  const parts = learned.map((lane) => `${NAMES[lane.kind]} after ${lane.step} steps`);
  const first = parts.length ? `Across a gap of ${gap}, learned by ${list(parts)}.` : `Nobody has learned it across a gap of ${gap}.`;
  if (!parts.length || !others.length) return first;
  return `${first} Not by ${list(others.map((lane) => `${NAMES[lane.kind]} (${whole(lane.accuracy ?? 0)} right)`))}.`;
}

const list = (parts) => (parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0]);
