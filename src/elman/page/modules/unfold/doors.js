// Gates as doors: two leaves that slide apart as far as the gate is open.

import { element, say, svg } from "../dom.js";
import { percent } from "../numbers.js";

const WIDTH = 76;
const HEIGHT = 12;

export const MEANING = {
  r: "reset: lets old memory into the new proposal",
  z: "update: keeps the old memory",
  i: "input: lets the new word in",
  f: "forget: keeps the old memory",
  o: "output: shows the memory",
};

export class Door {
  constructor(letter) {
    this.left = svg("rect", { class: "leaf", height: HEIGHT });
    this.right = svg("rect", { class: "leaf", height: HEIGHT });
    this.share = element("span", { class: "share" });
    this.node = element("div", { class: "door", title: MEANING[letter] ?? "gate" },
      element("span", { class: "letter" }, letter),
      svg("svg", { width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
        svg("rect", { class: "way", width: WIDTH, height: HEIGHT, rx: 2 }), this.left, this.right),
      this.share);
  }

  // open: share, or null before anything was read.
  show(open) {
    const leaf = (WIDTH / 2) * (1 - (open ?? 0));
    this.left.setAttribute("width", leaf);
    this.right.setAttribute("width", leaf);
    this.right.setAttribute("x", WIDTH - leaf);
    say(this.share, open == null ? "" : percent(open));
  }
}

export function mean(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
