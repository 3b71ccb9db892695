/* What else the word that is looked at may be. */
import { element } from "../../element.js";
import { barsFigure } from "../../figures/bars.js";
import { percent } from "../../page/modules/numbers.js";
import { visible } from "../../page/modules/visible.js";

export function detail({ forward, crf }) {
  const node = element("div", { class: "tag-detail", id: "tag-detail", "aria-label": "the word that is looked at", role: "group" });
  const whole = forward ? "the words up to this one" : "the whole sentence";
  const alone = crf ? "this word and the tags beside it" : "this word alone";
  return {
    node,
    show(word, memory) {
      if (!word) { node.replaceChildren(); return; }
      const { known, likeliest } = word;
      node.replaceChildren(
        element("h3", {}, `“${visible(word.word)}”`, known ? "" : element("small", { class: "soft" }, " not in the training text: its letters say what it may be")),
        barsFigure({
          names: likeliest.map(([name]) => name), values: likeliest.map(([, share]) => share),
          labels: likeliest.map(([, share]) => percent(share)), unit: `probability, given ${memory ? whole : alone}`, colour: "W", most: 1,
        }));
    },
  };
}
