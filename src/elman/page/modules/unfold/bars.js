// The likely next words of one copy, as bars; pressing one writes it into the text.

import { element, say } from "../dom.js";
import { percent } from "../numbers.js";
import { visible } from "../visible.js";
import { NEXT } from "./shape.js";

export class Bars {
  constructor() {
    this.rows = Array.from({ length: NEXT }, () => {
      const bar = element("i", { "aria-hidden": "true" });
      const word = element("span", { class: "word" });
      const share = element("span", { class: "share" });
      const row = element("button", { type: "button", class: "bar", tabindex: -1 }, bar, word, share);
      return { bar, word, share, row };
    });
    this.node = element("div", { class: "next" }, ...this.rows.map(({ row }) => row));
  }

  show(next, chosen) {
    this.rows.forEach(({ bar, word, share, row }, k) => {
      const one = next?.[k];
      row.style.visibility = one ? "" : "hidden";
      if (!one) return;
      say(word, visible(one.word));
      say(share, percent(one.probability));
      bar.style.width = `${Math.max(1.5, 100 * Math.min(1, one.probability))}%`;
      row.classList.toggle("came", one.word === chosen);
      row.dataset.word = one.word;
      row.title = one.word === chosen ? "this is the word that came" : `go on with “${visible(one.word)}”`;
    });
  }
}
