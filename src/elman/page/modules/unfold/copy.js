// One copy of the unit: next words above, the memory with its gates, the word that enters, what is still held.

import { element, say, svg } from "../dom.js";
import { mayMove } from "../motion.js";
import { visible } from "../visible.js";
import { Bars } from "./bars.js";
import { Door, mean } from "./doors.js";
import { Strip } from "./strip.js";

export class Copy {
  constructor(shape, head) {
    this.shape = shape;
    this.t = -1;
    this.shown = [];
    this.bars = new Bars();
    this.strips = shape.parts.map((part) => new Strip(shape, part));
    this.doors = shape.doors.map((letter) => new Door(letter));
    this.step = element("div", { class: "when" });
    this.chip = element("div", { class: "chip" });
    this.held = element("p", { class: "held" });
    this.edges = edges(shape, head);
    this.node = element("li", { class: "copy" }, this.edges.node, this.step, this.bars.node,
      element("div", { class: "unit" },
        ...this.strips.flatMap((strip) => [strip.node, element("span", { class: "part" }, strip.part)]),
        ...this.doors.map((door) => door.node)),
      this.chip, this.held);
  }

  // step: what the source gave, or null if it is not there yet; view: what the visitor chose.
  show(t, word, step, after, view) {
    const wanted = [t, word, step, after, view.now, view.layer, view.unit, view.ranges];
    if (wanted.every((each, k) => each === this.shown[k])) return; // only its place has changed
    this.shown = wanted;
    const read = t < view.now && step;
    this.t = t;
    this.node.classList.toggle("ahead", !read);
    this.node.classList.toggle("now", t === view.now - 1);
    this.node.classList.toggle("unknown", Boolean(step && !step.known));
    say(this.step, `t = ${t + 1}`);
    say(this.chip, visible(word));
    this.chip.title = step && !step.known ? `“${visible(word)}” is not in the vocabulary; it is read as <unk>` : "";
    this.bars.show(read ? step.next : null, after);
    const layer = read ? step.layers[view.layer] : null;
    for (const strip of this.strips) strip.show(layer?.[strip.part], view.ranges[strip.part], view.unit);
    this.doors.forEach((door, k) => door.show(layer ? mean(layer.gates[this.shape.doors[k]]) : null));
    this.tell(read ? step.remembered : null);
  }

  tell(remembered) {
    const text = remembered == null ? "" : remembered.map((word) => (word == null ? "·" : visible(word))).join(" ");
    say(this.held, text || (remembered ? "nothing for sure" : ""));
    this.held.classList.toggle("nothing", Boolean(remembered) && !text);
  }

  // The memory travels in: U and V at once, then W.
  enter() {
    if (!mayMove()) return;
    const run = (path, delay) => path.animate(
      [{ strokeDashoffset: 0.24, opacity: 1 }, { strokeDashoffset: -1, opacity: 1 }],
      { duration: 420, delay, easing: "ease-in-out" });
    run(this.edges.pulses.U, 0);
    run(this.edges.pulses.W, 320);
  }

  leave() {
    if (mayMove()) {
      this.edges.pulses.V.animate([{ strokeDashoffset: 0.24, opacity: 1 }, { strokeDashoffset: -1, opacity: 1 }],
        { duration: 420, easing: "ease-in-out" });
    }
  }
}

// The three arrows of a copy. Each has a wide unseen twin that catches the pointer, and one that pulses.
function edges(shape, head) {
  const x = shape.unit / 2;
  const paths = {
    U: `M${x} ${shape.chipTop - 3}V${shape.unitTop + shape.unitHeight + 8}`,
    W: `M${x} ${shape.unitTop - 2}V${shape.unitTop - 36}`,
    V: "",
  };
  const lines = {}, hits = {}, pulses = {}, labels = {};
  const node = svg("svg", { class: "edges", width: shape.unit, height: shape.height, "aria-hidden": "true" });
  for (const [name, d] of Object.entries(paths)) {
    lines[name] = svg("path", { class: `edge ${name}`, d, "marker-end": `url(#${head}-${name})` });
    pulses[name] = svg("path", { class: `pulse ${name}`, d, pathLength: 1 });
    hits[name] = svg("path", { class: "hit", d, "data-edge": name });
    labels[name] = svg("text", { class: `label ${name}` }, name);
    node.append(lines[name], pulses[name], hits[name], labels[name]);
  }
  place(labels.U, x + 11, shape.chipTop - 19);
  place(labels.W, x + 11, shape.unitTop - 14);
  return { node, lines, hits, pulses, labels };
}

export function place(label, x, y) {
  label.setAttribute("x", x);
  label.setAttribute("y", y);
}
