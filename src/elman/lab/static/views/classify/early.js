/* When the decision could have been taken. */
import { element } from "../../element.js";
import { labelled } from "../../labelled.js";
import { say } from "../../page/modules/dom.js";
import { leader } from "./narration.js";

/** `changed()` is told when the visitor asks for more or less certainty. */
export function early({ classes, names, early: answers, unit }, changed) {
  const sure = element("input", { type: "range", id: "classify-sure", min: 50, max: 99, value: 90 });
  const said = element("output", { for: sure.id, class: "mono" }, "90 %");
  const rule = element("p", { id: "classify-early" });
  const settled = element("p", { class: "soft", id: "classify-settled" });
  const node = element("div", { hidden: !answers }, element("h3", {}, "Could it have decided early?"),
    element("div", { class: "row" }, labelled("Stop as soon as a class has", sure, said)), rule, settled);
  let rows = [], label = null;

  const paint = () => {
    const share = Number(sure.value) / 100;
    say(said, `${sure.value} %`);
    part.stop = firstSure(rows, share);
    const at = part.stop ?? rows.length - 1;
    const best = leader(rows[at]), name = names[best];
    const right = label === null ? "" : classes[best] === label ? ", which is right" : `, which is wrong`;
    say(rule, part.stop === null
      ? `No class ever has ${sure.value} %: all ${rows.length} ${unit}s are read, for “${name}”${right}.`
      : `Whoever stops there has read ${at + 1} of ${rows.length} ${unit}s and says “${name}”${right}.`);
    const from = settledAt(rows);
    say(settled, `In hindsight: from ${unit} ${from + 1} on its answer is “${names[leader(rows.at(-1))]}” to the end.`);
    node.dataset.stop = part.stop === null ? "never" : part.stop + 1;
  };
  sure.addEventListener("input", () => { paint(); changed(); });
  const part = {
    node,
    stop: null, // the step, from 0, at which the rule stops
    level: () => Number(sure.value) / 100,
    show(content, steps) {
      if (!answers) return;
      label = content.label;
      rows = Array.from({ length: steps }, (_, t) => content.shares.subarray(t * classes.length, (t + 1) * classes.length));
      paint();
    },
    mark(now) { node.classList.toggle("ahead", part.stop !== null && now <= part.stop); },
  };
  return part;
}

/** The first step after which a class has at least `share`; null if none ever has. */
export function firstSure(rows, share) {
  const at = rows.findIndex((row) => Math.max(...row) >= share);
  return at < 0 ? null : at;
}

/** The step from which on the likeliest class stays what it is at the end. */
export function settledAt(rows) {
  const last = leader(rows.at(-1));
  let at = rows.length - 1;
  while (at > 0 && leader(rows[at - 1]) === last) at--;
  return at;
}
